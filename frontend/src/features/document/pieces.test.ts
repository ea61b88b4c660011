import { describe, expect, it } from 'vitest';
import { piecesOf } from './pieces';

const paragraph = 'word '.repeat(20).trim();

describe('piecesOf', () => {
  it('leaves a short document whole', () => expect(piecesOf('# A\n\nb\n')).toEqual(['# A\n\nb\n']));

  it('loses nothing', () => {
    const book = Array.from({ length: 200 }, (_, n) => `## ${n}\n\n${paragraph}\n`).join('\n');
    const pieces = piecesOf(book, 1000);
    expect(pieces.length).toBeGreaterThan(10);
    expect(pieces.join('\n')).toBe(book);
    for (const piece of pieces.slice(1)) expect(piece).toMatch(/^\S/);
  });

  it.each([
    ['fenced code', `\`\`\`\`\n${'x\n\n```\n\n'.repeat(300)}\`\`\`\``],
    ['a table', `| a |\n| - |\n${'| b |\n'.repeat(300)}`.trim()],
    ['a list', `${'- item\n\n  more of it\n\n'.repeat(300)}`.trim()],
  ])('never cuts %s', (_, block) => {
    const pieces = piecesOf(`${paragraph}\n\n${block}\n\n${paragraph}`, 200);
    expect(pieces.some((piece) => piece.includes(block))).toBe(true);
  });
});
