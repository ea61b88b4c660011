import { api, body, type Schemas } from '../../api/client';

export type EarlierDocument = Schemas['FoundDocument'];

interface Waiting {
  resolve: (sha256: string) => void;
  reject: (error: Error) => void;
}

let worker: Worker | undefined;
let nextId = 0;
const waiting = new Map<number, Waiting>();

/** SHA-256 of a file's content, in hex, taken piece by piece in a worker: files of any size, one at a time. */
export function fingerprint(file: File): Promise<string> {
  worker ??= startWorker();
  const id = nextId++;
  worker.postMessage({ id, file });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

function startWorker(): Worker {
  const started = new Worker(new URL('./fingerprint_worker.ts', import.meta.url), {
    type: 'module',
  });
  started.addEventListener('message', ({ data }: MessageEvent<{ id: number; sha256?: string }>) => {
    const entry = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.sha256) entry?.resolve(data.sha256);
    else entry?.reject(new Error('The file could not be read.'));
  });
  return started;
}

/** The caller's earlier documents with that content, newest first. */
export async function earlierDocuments(sha256: string): Promise<EarlierDocument[]> {
  return (await body(api.GET('/documents', { params: { query: { sha256 } } }))).documents;
}
