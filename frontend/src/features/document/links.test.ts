import { describe, expect, it } from 'vitest';
import { safeLink } from './links';

describe('safeLink', () => {
  it.each([
    ['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d'],
    ['http://example.org', 'http://example.org/'],
    ['mailto:ada@example.org', 'mailto:ada@example.org'],
  ])('lets %s through', (address, target) => expect(safeLink(address)).toBe(target));

  it.each([
    'javascript:alert(1)',
    ' java\nscript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'blob:https://example.org/x',
    'file:///etc/passwd',
    '/auth/session',
    '//evil.example',
    '#code=stolen',
    '',
    undefined,
  ])('stops %s', (address) => expect(safeLink(address)).toBeUndefined());
});
