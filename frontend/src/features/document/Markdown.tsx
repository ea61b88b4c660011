import { memo, useEffect, useMemo, useRef, useState } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { safeLink } from './links';
import { piecesOf } from './pieces';
import './markdown.css';

// Documents are strangers. Raw HTML in them is shown as text, links lead to other places only and in a tab of
// their own, and an image would tell its host who reads what: its description stands in its place.
const components: Components = {
  // The page has its own first heading, so that a document's begin at the second level.
  h1: ({ children }) => <h2 className="level-1">{children}</h2>,
  h2: ({ children }) => <h3 className="level-2">{children}</h3>,
  h3: ({ children }) => <h4 className="level-3">{children}</h4>,
  h4: ({ children }) => <h5>{children}</h5>,
  h5: ({ children }) => <h6>{children}</h6>,
  a: ({ href, children }) => {
    const target = safeLink(href);
    if (!target) return <span>{children}</span>;
    return (
      <a href={target} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    );
  },
  img: ({ alt }) => <span className="image">Image{alt ? `: ${alt}` : ''}</span>,
  input: ({ checked }) => <span>{checked ? '☑ ' : '☐ '}</span>,
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keyboard too
    <section className="wide" tabIndex={0} aria-label="Table">
      <table>{children}</table>
    </section>
  ),
};
const plugins = [remarkGfm];

const Piece = memo(function Piece({ text }: { text: string }) {
  return (
    <ReactMarkdown
      remarkPlugins={plugins}
      components={components}
      // Ids made from a document's words must not meet those of the page.
      remarkRehypeOptions={{ clobberPrefix: 'document-' }}
      urlTransform={(address) => address}
    >
      {text}
    </ReactMarkdown>
  );
});

export function Markdown({ text }: { text: string }) {
  const pieces = useMemo(() => piecesOf(text), [text]);
  const [shown, setShown] = useState(1);
  const end = useRef<HTMLDivElement>(null);
  const more = shown < pieces.length;

  useEffect(() => {
    const target = end.current;
    if (!more || !target) return;
    const observer = new IntersectionObserver(
      ([entry]) => entry?.isIntersecting && setShown(shown + 1),
      { rootMargin: '1500px' },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [more, shown]);

  return (
    <article className="markdown">
      {pieces.slice(0, shown).map((piece, index) => (
        <Piece key={index} text={piece} />
      ))}
      <div ref={end} />
    </article>
  );
}
