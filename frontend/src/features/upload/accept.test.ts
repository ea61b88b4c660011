import { describe, expect, it } from 'vitest';
import { extensionOf, isClutter, type Rules, reasonToRefuse } from './accept';
import { proposeJobName } from './job_name';

const rules: Rules = {
  limits: {
    files_in_job_max: 1000,
    file_bytes_max: 5 * 1024 ** 3,
    job_name_chars_max: 256,
    filename_chars_max: 20,
    upload_url_seconds: 900,
  },
  accepted: [
    { extension: '.pdf', content_type: 'application/pdf', name: 'PDF' },
    { extension: '.md', content_type: 'text/markdown', name: 'Markdown' },
  ],
};

describe('reasonToRefuse', () => {
  it.each([
    ['takes what is read', 'report.pdf', 10, undefined],
    ['does not care for case', 'REPORT.PDF', 10, undefined],
    [
      'names what is read instead',
      'a.exe',
      10,
      'Files of type .exe are not read. Supported: PDF, Markdown.',
    ],
    [
      'wants an extension',
      'Makefile',
      10,
      'A file name without an extension is not taken. Supported: PDF, Markdown.',
    ],
    ['refuses nothing', 'a.pdf', 0, 'The file is empty.'],
    [
      'names the limit of size',
      'a.pdf',
      6 * 1024 ** 3,
      'The file has 6.0 GB; at most 5.0 GB are taken.',
    ],
    [
      'counts the bytes of a name',
      `${'ö'.repeat(10)}.pdf`,
      10,
      'The file name is longer than 20 bytes; rename the file.',
    ],
  ])('%s', (_, name, size, reason) => {
    expect(reasonToRefuse({ name, size }, rules)).toBe(reason);
  });
});

describe('extensionOf', () => {
  it.each([
    ['a.tar.gz', '.gz'],
    ['.profile', ''],
    ['noext', ''],
  ])('of %s is "%s"', (name, extension) => expect(extensionOf(name)).toBe(extension));
});

describe('isClutter', () => {
  it.each([
    ['.DS_Store', true],
    ['~$draft.docx', true],
    ['Thumbs.db', true],
    ['report.pdf', false],
  ])('of %s is %s', (name, clutter) => expect(isClutter(name)).toBe(clutter));
});

describe('proposeJobName', () => {
  const named = (path: string) => ({ path, name: path.split('/').at(-1) ?? '' });
  it.each([
    [[], ''],
    [['report.final.pdf'], 'report.final'],
    [['a.pdf', 'b.pdf', 'c.pdf'], 'a and 2 more'],
    [['Minutes/2024/a.pdf', 'Minutes/b.pdf'], 'Minutes'],
    [['One/a.pdf', 'Two/b.pdf'], 'a and 1 more'],
    [['One/a.pdf', 'b.pdf'], 'a and 1 more'],
  ])('of %j is "%s"', (paths, name) => {
    expect(proposeJobName(paths.map(named))).toBe(name);
  });
});
