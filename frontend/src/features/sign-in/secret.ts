/** What signs in, out of what a person pasted: the code of a link, or the text itself. */
export function secretIn(pasted: string): string {
  const code = /[#&]code=([^&\s]+)/.exec(pasted)?.[1];
  return code ? decodeURIComponent(code) : pasted.trim();
}

/** Whether it has the form of a JSON Web Token rather than that of a code. */
export const isToken = (secret: string): boolean => /^ey[\w-]+\.[\w-]+\.[\w-]+$/.test(secret);
