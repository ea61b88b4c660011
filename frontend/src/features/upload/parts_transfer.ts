import { type Transfer, TransferError } from './transfer';

/** An upload in parts that has begun at the store. */
export interface BegunUpload {
  fileKey: string;
  uploadId: string;
  partBytes: number;
  /** It was asked for once that the store puts the parts together; the answer may have been lost. */
  completing?: boolean;
}

export interface StoredPart {
  number: number;
  sizeBytes: number;
  etag: string;
}

/** The object store's uploads in parts. All reject with TransferError, or with the signal's reason. */
export interface PartsStore {
  begin(file: File, signal: AbortSignal): Promise<BegunUpload>;
  /** The parts that are there; undefined: the store knows of no such upload. */
  list(upload: BegunUpload, signal: AbortSignal): Promise<StoredPart[] | undefined>;
  put(
    upload: BegunUpload,
    number: number,
    bytes: Blob,
    signal: AbortSignal,
    onProgress: (sentBytes: number) => void,
  ): Promise<void>;
  complete(upload: BegunUpload, parts: StoredPart[], signal: AbortSignal): Promise<void>;
  abort(upload: BegunUpload): void;
}

/** Keeps what has begun over reloads of the page, by file. */
export interface PartsMemory {
  recall(file: File): Promise<BegunUpload | undefined>;
  keep(file: File, upload: BegunUpload): Promise<void>;
  forget(file: File): Promise<void>;
}

/** Sends a file in parts, one after the other; what the store has already is not sent again. */
export function openPartsTransfer(file: File, store: PartsStore, memory: PartsMemory): Transfer {
  let begun: BegunUpload | undefined;

  async function begin(signal: AbortSignal): Promise<BegunUpload> {
    const upload = await store.begin(file, signal);
    begun = upload;
    await memory.keep(file, upload);
    return upload;
  }

  async function forget(): Promise<void> {
    begun = undefined;
    await memory.forget(file);
  }

  async function sendMissing(
    upload: BegunUpload,
    stored: StoredPart[],
    signal: AbortSignal,
    onProgress: (sentBytes: number) => void,
  ): Promise<void> {
    const there = new Map(stored.map((part) => [part.number, part.sizeBytes]));
    const missing = partsOf(file, upload).filter(
      ({ number, bytes }) => there.get(number) !== bytes.size,
    );
    let sent = file.size - missing.reduce((sum, { bytes }) => sum + bytes.size, 0);
    for (const { number, bytes } of missing) {
      const before = sent;
      onProgress(before);
      await store.put(upload, number, bytes, signal, (now) => onProgress(before + now));
      sent += bytes.size;
    }
    onProgress(file.size);
  }

  return {
    async run({ signal, onProgress }) {
      begun ??= await memory.recall(file);
      let stored = begun && (await store.list(begun, signal));
      if (begun && !stored) {
        const { completing, fileKey } = begun;
        await forget();
        // It went by being completed.
        if (completing) return fileKey;
      }
      const upload = begun ?? (await begin(signal));
      await sendMissing(upload, stored ?? [], signal, onProgress);
      stored = await store.list(upload, signal);
      const wanted = partsOf(file, upload);
      const complete = wanted.every(({ number, bytes }) =>
        stored?.some((part) => part.number === number && part.sizeBytes === bytes.size),
      );
      if (!stored || !complete) throw new TransferError('The object store has lost a part.', true);
      begun = { ...upload, completing: true };
      await memory.keep(file, begun);
      await store.complete(upload, stored.slice(0, wanted.length), signal);
      await forget();
      return upload.fileKey;
    },
    abandon() {
      if (begun) store.abort(begun);
      void forget();
    },
  };
}

function partsOf(file: File, { partBytes }: BegunUpload): { number: number; bytes: Blob }[] {
  const count = Math.max(1, Math.ceil(file.size / partBytes));
  return Array.from({ length: count }, (_, place) => ({
    number: place + 1,
    bytes: file.slice(place * partBytes, (place + 1) * partBytes),
  }));
}
