/**
 * Cuts Markdown at empty lines into pieces of about `piece_chars`, so that a book is drawn piece by piece as
 * it is read. Fenced code and tables are never cut, nor an item of a list from what belongs to it.
 */
export function piecesOf(markdown: string, pieceChars = 20_000): string[] {
  if (markdown.length <= pieceChars) return [markdown];
  const pieces: string[] = [];
  let piece: string[] = [];
  let chars = 0;
  let fence = '';
  for (const line of markdown.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark && !fence) fence = mark;
    else if (mark && fence && mark.startsWith(fence) && line.trim() === mark) fence = '';
    const startsBlock = !fence && !mark && /^\S/.test(line) && !/^([-*+]|\d+[.)])\s/.test(line);
    if (chars >= pieceChars && startsBlock && piece.at(-1) === '') {
      pieces.push(piece.join('\n'));
      piece = [];
      chars = 0;
    }
    piece.push(line);
    chars += line.length + 1;
  }
  pieces.push(piece.join('\n'));
  return pieces;
}
