import { fingerprint } from './fingerprint';
import type { BegunUpload, PartsMemory } from './parts_transfer';

const STORED_AS = 'agent2-ingestor.uploads';
/** The store forgets them after seven days. */
const KEPT_MS = 6 * 24 * 60 * 60 * 1_000;
const UPLOADS_MAX = 100;
/** A file is known again by its name, size and time, and by how it begins. */
const BEGIN_BYTES = 1 << 20;

interface Remembered {
  upload: BegunUpload;
  at: number;
}

/** Uploads that have begun, in the browser's storage. Where that is not to be had, nothing is kept. */
export const partsMemory: PartsMemory = {
  async recall(file) {
    return read()[await nameOf(file)]?.upload;
  },
  async keep(file, upload) {
    write({ ...read(), [await nameOf(file)]: { upload, at: Date.now() } });
  },
  async forget(file) {
    const { [await nameOf(file)]: gone, ...others } = read();
    if (gone) write(others);
  },
};

async function nameOf(file: File): Promise<string> {
  const begin = new File([file.slice(0, BEGIN_BYTES)], file.name);
  return `${file.name} ${file.size} ${file.lastModified} ${await fingerprint(begin)}`;
}

function read(): Record<string, Remembered> {
  try {
    const all: Record<string, Remembered> = JSON.parse(localStorage.getItem(STORED_AS) ?? '{}');
    const fresh = Object.entries(all).filter(([, { at }]) => Date.now() - at < KEPT_MS);
    return Object.fromEntries(fresh);
  } catch {
    return {};
  }
}

function write(uploads: Record<string, Remembered>): void {
  const newest = Object.entries(uploads)
    .sort(([, a], [, b]) => b.at - a.at)
    .slice(0, UPLOADS_MAX);
  try {
    localStorage.setItem(STORED_AS, JSON.stringify(Object.fromEntries(newest)));
  } catch {
    return;
  }
}
