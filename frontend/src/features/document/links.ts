/**
 * The address that a link of a document may lead to, or undefined. Only addresses of other places are let
 * through: a relative one would lead into this page, and schemes such as `javascript:` run what they name.
 */
export function safeLink(address: string | undefined): string | undefined {
  if (!address) return undefined;
  let target: URL;
  try {
    target = new URL(address);
  } catch {
    return undefined;
  }
  return ['http:', 'https:', 'mailto:'].includes(target.protocol) ? target.href : undefined;
}
