import { describe, expect, it } from 'vitest';
import { isToken, secretIn } from './secret';

describe('secretIn', () => {
  it.each([
    ['http://127.0.0.1:8080/app/#code=abc-_1', 'abc-_1'],
    ['  http://127.0.0.1:8080/app/#code=a%2Bb  ', 'a+b'],
    [' abc ', 'abc'],
  ])('of %s', (pasted, secret) => expect(secretIn(pasted)).toBe(secret));
});

describe('isToken', () => {
  it.each([
    ['eyJh.eyJz.c2ln', true],
    ['eyJh', false],
    ['abc.def.ghi', false],
  ])('%s: %s', (secret, token) => expect(isToken(secret)).toBe(token));
});
