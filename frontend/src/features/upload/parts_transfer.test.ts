import { beforeEach, describe, expect, it } from 'vitest';
import {
  type BegunUpload,
  openPartsTransfer,
  type PartsMemory,
  type PartsStore,
  type StoredPart,
} from './parts_transfer';
import { TransferError } from './transfer';

/** A store that keeps parts, and breaks where the test says. */
class MemoryStore implements PartsStore {
  uploads = new Map<string, Map<number, string>>();
  objects = new Map<string, string>();
  sent: number[] = [];
  breaksAt?: number | 'complete' | 'answer';

  async begin(file: File): Promise<BegunUpload> {
    const uploadId = `upload-${this.uploads.size + 1}`;
    this.uploads.set(uploadId, new Map());
    return { fileKey: `uploads/ann/${file.name}`, uploadId, partBytes: 4 };
  }
  async list({ uploadId }: BegunUpload): Promise<StoredPart[] | undefined> {
    const parts = this.uploads.get(uploadId);
    return (
      parts &&
      [...parts].map(([number, text]) => ({ number, sizeBytes: text.length, etag: `"${text}"` }))
    );
  }
  async put(
    { uploadId }: BegunUpload,
    number: number,
    bytes: Blob,
    _signal: AbortSignal,
    onProgress: (sentBytes: number) => void,
  ): Promise<void> {
    onProgress(1);
    if (this.breaksAt === number) throw new TransferError('broke', true);
    this.sent.push(number);
    this.uploads.get(uploadId)?.set(number, await bytes.text());
    onProgress(bytes.size);
  }
  async complete({ uploadId, fileKey }: BegunUpload, parts: StoredPart[]): Promise<void> {
    if (this.breaksAt === 'complete') throw new TransferError('broke', true);
    const stored = this.uploads.get(uploadId);
    this.objects.set(fileKey, parts.map(({ number }) => stored?.get(number)).join(''));
    this.uploads.delete(uploadId);
    if (this.breaksAt === 'answer') throw new TransferError('broke', true);
  }
  abort({ uploadId }: BegunUpload): void {
    this.uploads.delete(uploadId);
  }
}

class MapMemory implements PartsMemory {
  kept = new Map<string, BegunUpload>();
  recall = async (file: File) => this.kept.get(file.name);
  keep = async (file: File, upload: BegunUpload) => void this.kept.set(file.name, upload);
  forget = async (file: File) => void this.kept.delete(file.name);
}

describe('a transfer in parts', () => {
  const file = new File(['one two three'], 'a.txt');
  let store: MemoryStore;
  let memory: MapMemory;
  let progress: number[];
  const run = (transfer = openPartsTransfer(file, store, memory)) =>
    transfer.run({
      signal: new AbortController().signal,
      onProgress: (sent) => progress.push(sent),
    });

  beforeEach(() => {
    store = new MemoryStore();
    memory = new MapMemory();
    progress = [];
  });

  it('sends every part and puts them together', async () => {
    expect(await run()).toBe('uploads/ann/a.txt');
    expect(store.objects.get('uploads/ann/a.txt')).toBe('one two three');
    expect(store.sent).toEqual([1, 2, 3, 4]);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(13);
    expect(memory.kept.size).toBe(0);
  });

  it('goes on where it broke, after a reload too', async () => {
    store.breaksAt = 3;
    await expect(run()).rejects.toThrow('broke');
    store.breaksAt = undefined;
    progress = [];
    expect(await run()).toBe('uploads/ann/a.txt');
    expect(store.sent).toEqual([1, 2, 3, 4]);
    expect(progress[0]).toBe(8);
    expect(store.objects.get('uploads/ann/a.txt')).toBe('one two three');
  });

  it('goes on within the page without its memory', async () => {
    const transfer = openPartsTransfer(file, store, memory);
    store.breaksAt = 2;
    await expect(run(transfer)).rejects.toThrow('broke');
    store.breaksAt = undefined;
    memory.kept.clear();
    await run(transfer);
    expect(store.sent).toEqual([1, 2, 3, 4]);
  });

  it('sends a part again that came in half', async () => {
    store.breaksAt = 3;
    await expect(run()).rejects.toThrow('broke');
    store.uploads.get('upload-1')?.set(2, 'tw');
    store.breaksAt = undefined;
    await run();
    expect(store.sent).toEqual([1, 2, 2, 3, 4]);
    expect(store.objects.get('uploads/ann/a.txt')).toBe('one two three');
  });

  it('begins again where the store has forgotten the upload', async () => {
    store.breaksAt = 4;
    await expect(run()).rejects.toThrow('broke');
    store.uploads.clear();
    store.breaksAt = undefined;
    await run();
    expect(store.objects.get('uploads/ann/a.txt')).toBe('one two three');
  });

  it('asks again for an end that failed, and sends nothing twice', async () => {
    store.breaksAt = 'complete';
    await expect(run()).rejects.toThrow('broke');
    store.breaksAt = undefined;
    expect(await run()).toBe('uploads/ann/a.txt');
    expect(store.sent).toEqual([1, 2, 3, 4]);
  });

  it('knows an end whose answer was lost', async () => {
    store.breaksAt = 'answer';
    await expect(run()).rejects.toThrow('broke');
    store.breaksAt = undefined;
    expect(await run()).toBe('uploads/ann/a.txt');
    expect(store.sent).toEqual([1, 2, 3, 4]);
    expect(memory.kept.size).toBe(0);
  });

  it('frees what the store keeps when it is abandoned', async () => {
    const transfer = openPartsTransfer(file, store, memory);
    store.breaksAt = 2;
    await expect(run(transfer)).rejects.toThrow('broke');
    transfer.abandon();
    expect(store.uploads.size).toBe(0);
    expect(memory.kept.size).toBe(0);
  });
});
