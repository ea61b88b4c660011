import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';

const PIECE_BYTES = 4 << 20;

async function digest(file: File): Promise<string> {
  const hash = sha256.create();
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    hash.update(new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer()));
  }
  return bytesToHex(hash.digest());
}

// One file after the other: hashing all of a folder side by side would only fight over the disk.
let last: Promise<void> = Promise.resolve();
self.addEventListener('message', ({ data }: MessageEvent<{ id: number; file: File }>) => {
  last = last.then(async () => {
    try {
      self.postMessage({ id: data.id, sha256: await digest(data.file) });
    } catch {
      self.postMessage({ id: data.id });
    }
  });
});
