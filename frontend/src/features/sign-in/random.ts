export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}

/** 256 bits as text, for PKCE's verifier and state. */
export function randomText(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}
