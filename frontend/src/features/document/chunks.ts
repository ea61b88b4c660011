/** What the page shows of a chunk record. */
export interface Chunk {
  id: string;
  text: string;
  pages: number[];
  headings: string[];
  tokens: number;
  index: number;
}

/** Reads chunk records, one JSON object a line. */
export function parseChunks(lines: string): Chunk[] {
  return lines
    .split('\n')
    .filter((line) => line.trim())
    .map((line) => {
      const { id, text, metadata } = JSON.parse(line);
      return {
        id,
        text,
        pages: metadata.page_numbers ?? [],
        headings: metadata.headings ?? [],
        tokens: metadata.num_tokens ?? 0,
        index: metadata.chunk_index,
      };
    });
}

/** "Page 3", "Pages 3–5", "" where the format has none. */
export function pagesText(pages: number[]): string {
  const [first] = pages;
  const last = pages.at(-1);
  if (first === undefined) return '';
  return first === last ? `Page ${first}` : `Pages ${first}–${last}`;
}
