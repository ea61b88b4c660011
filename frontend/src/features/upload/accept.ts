import type { Service } from '../../api/client';
import { bytes, number } from '../../components/format';

export type Rules = Pick<Service, 'limits' | 'accepted'>;

/** Why a file is not sent at all; undefined where it may be. The server checks everything again. */
export function reasonToRefuse(
  file: Pick<File, 'name' | 'size'>,
  rules: Rules,
): string | undefined {
  const extension = extensionOf(file.name);
  if (!rules.accepted.some((kind) => kind.extension === extension)) {
    const kinds = [...new Set(rules.accepted.map((kind) => kind.name))].join(', ');
    return extension
      ? `Files of type ${extension} are not read. Supported: ${kinds}.`
      : `A file name without an extension is not taken. Supported: ${kinds}.`;
  }
  if (file.size === 0) return 'The file is empty.';
  if (file.size > rules.limits.file_bytes_max) {
    return `The file has ${bytes(file.size)}; at most ${bytes(rules.limits.file_bytes_max)} are taken.`;
  }
  if (new TextEncoder().encode(file.name).length > rules.limits.filename_chars_max) {
    return `The file name is longer than ${number(rules.limits.filename_chars_max)} bytes; rename the file.`;
  }
  return undefined;
}

/** ".pdf" of "Report.PDF"; "" where there is none. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot).toLowerCase() : '';
}

/** What desktops leave in every folder and nobody means to upload. */
export const isClutter = (name: string): boolean =>
  name.startsWith('.') || name.startsWith('~$') || ['Thumbs.db', 'desktop.ini'].includes(name);
