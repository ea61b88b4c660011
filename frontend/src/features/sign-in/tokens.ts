/** What an issuer answers to the code of a sign-in (RFC 6749 section 5.1, OpenID Connect Core 1.0 section 3.1.3.3). */
export interface IssuedTokens {
  access_token?: string;
  id_token?: string;
}

export interface Claims {
  aud?: unknown;
  client_id?: unknown;
  email?: string;
  username?: string;
  sub?: string;
}

/** The claims of a JSON Web Token, unverified: that is the server's business. */
export function claimsOf(token: string): Claims | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const claims = JSON.parse(atob((parts[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')));
    return typeof claims === 'object' && claims !== null ? claims : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The token to show to the service. An access token is for whom its issuer says: with many issuers it is opaque, or for
 * an API of their own, and only the ID token says to this client who has signed in.
 */
export function tokenToShow(tokens: IssuedTokens, clientId: string): string | undefined {
  const claims = claimsOf(tokens.access_token ?? '');
  const audiences = [claims?.aud, claims?.client_id].flat();
  if (audiences.includes(clientId)) return tokens.access_token;
  return tokens.id_token ?? tokens.access_token;
}
