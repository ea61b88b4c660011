import { describe, expect, it } from 'vitest';
import { claimsOf, tokenToShow } from './tokens';

const part = (value: unknown) =>
  btoa(JSON.stringify(value)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const jwt = (claims: unknown) => `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;

describe('tokenToShow', () => {
  const id = jwt({ aud: 'web', sub: 'ada' });
  const ours = jwt({ aud: ['api', 'web'] });
  const cognitos = jwt({ client_id: 'web' });
  const foreign = jwt({ aud: 'account', azp: 'web' });
  it.each([
    ['an access token for this client', { access_token: ours, id_token: id }, ours],
    ['an access token of Cognito', { access_token: cognitos, id_token: id }, cognitos],
    ['an access token for somebody else', { access_token: foreign, id_token: id }, id],
    ['an opaque access token', { access_token: 'ya29.opaque', id_token: id }, id],
    ['an encrypted access token', { access_token: 'a.b.c.d.e', id_token: id }, id],
    ['an access token alone', { access_token: foreign }, foreign],
    ['an ID token alone', { id_token: id }, id],
    ['nothing', {}, undefined],
  ])('%s', (_, tokens, shown) => expect(tokenToShow(tokens, 'web')).toBe(shown));
});

describe('claimsOf', () => {
  it.each(['', 'opaque', 'a.b', 'a.b.c', `${part({})}.${part(7)}.c`])('%s has none', (token) =>
    expect(claimsOf(token)).toBeUndefined(),
  );
});
