import { useEffect, useRef } from 'react';
import { useLocation } from 'react-router-dom';
import { announce } from './notices';

/**
 * Names the browser's tab after the page, and moves the focus to a new page's start, as loading it would: the
 * next Tab then begins there and screen readers read on from there.
 */
export function PageTitle({ title }: { title: string }) {
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    document.title = `${title} · agent2-ingestor`;
  }, [title]);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
    announce(title);
  }, [pathname, title]);
  return null;
}
