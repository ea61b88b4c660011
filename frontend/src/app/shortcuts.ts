import { useEffect } from 'react';

export const SHORTCUTS: { key: string; does: string }[] = [
  { key: '/', does: 'Search the jobs' },
  { key: 'j', does: 'All jobs' },
  { key: 'u', does: 'Upload documents' },
  { key: 'r', does: 'Refresh now' },
  { key: '?', does: 'Show this help' },
];

/** Single keys never act while somebody types, nor together with a modifier of the browser's own shortcuts. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}

/** Runs `action` when `key` is pressed outside of inputs and dialogs. */
export function useShortcut(key: string, action: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== key || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.defaultPrevented || isTyping(event.target)) return;
      if (document.querySelector('[role="dialog"][aria-modal="true"]')) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [key, action]);
}
