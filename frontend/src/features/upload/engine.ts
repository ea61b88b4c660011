import type { ChosenFile } from './chosen';
import type { EarlierDocument } from './fingerprint';
import { proposeJobName } from './job_name';
import { type OpenTransfer, type Transfer, TransferError } from './transfer';

/*
 * How it works: files join the open batch and are sent at once, a few side by side. `submit` asks for a job
 * of them; it is created as soon as every file that was not refused or removed has arrived. A new batch is
 * then opened by the next file. The engine lives as long as the page and knows nothing of React: whoever
 * shows it subscribes and reads `snapshot()`, a value that changes identity with every change.
 */

export type FileState =
  | 'refused' // never sent; `problem` says why
  | 'waiting' // for its turn
  | 'uploading'
  | 'pausing' // broke, goes on by itself after a pause
  | 'uploaded'
  | 'broken' // gave up; waits for the user
  | 'cancelled';

export interface UploadFile {
  id: string;
  path: string;
  name: string;
  sizeBytes: number;
  state: FileState;
  sentBytes: number;
  /** Tries since the user last asked. */
  tries: number;
  problem?: string;
  fileKey?: string;
  sha256?: string;
  /** Where the same content was before: in an earlier job, or in this batch. */
  earlier?: EarlierDocument;
  sameAs?: string;
}

export type BatchState =
  | 'open' // takes files; nothing was asked for yet
  | 'submitting' // asked for; created once all files have arrived
  | 'refused' // the server did not take it; `problem` says why
  | 'submitted';

export interface Batch {
  id: string;
  state: BatchState;
  /** What the user wrote; until then the proposal. */
  name: string;
  named: boolean;
  files: readonly UploadFile[];
  jobId?: string;
  problem?: string;
}

export interface Ports {
  openTransfer: OpenTransfer;
  reasonToRefuse: (file: File) => string | undefined;
  fingerprint: (file: File) => Promise<string>;
  earlierDocuments: (sha256: string) => Promise<EarlierDocument[]>;
  /** Creates the job and returns its id. `key` is the same for every try of a batch. */
  createJob: (
    key: string,
    name: string,
    files: { file_key: string; filename: string }[],
  ) => Promise<string>;
  newId: () => string;
  /** 0 to 1, for the jitter of pauses. */
  random: () => number;
}

export interface Settings {
  sideBySide: number;
  /** Pauses before the tries that follow the first, in milliseconds; their number bounds the tries. */
  pausesMs: readonly number[];
  /** A transfer that sends nothing for so long is broken off. */
  stallMs: number;
  /** The same while the store has all bytes and has not answered: it may be writing gigabytes to a disk. */
  settleMs: number;
  filesMax: number;
}

export const DEFAULT_SETTINGS: Settings = {
  // Browsers open six HTTP/1.1 connections to a host; the rest is for the API and the event stream.
  sideBySide: 3,
  pausesMs: [1_000, 4_000, 10_000],
  stallMs: 20_000,
  settleMs: 120_000,
  filesMax: 1_000,
};

interface Work {
  file: File;
  transfer: Transfer;
  abort?: AbortController;
  pause?: ReturnType<typeof setTimeout>;
}

export class UploadEngine {
  private batches: readonly Batch[] = [];
  private readonly work = new Map<string, Work>();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly ports: Ports,
    private readonly settings: Settings = DEFAULT_SETTINGS,
  ) {}

  /** Newest first. */
  readonly snapshot = (): readonly Batch[] => this.batches;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Whether leaving the page now would lose something. */
  hasUnfinishedWork(): boolean {
    return this.batches.some(
      (batch) => batch.state !== 'submitted' && batch.files.some((file) => isKept(file)),
    );
  }

  /** Adds files to the open batch and begins to send them. */
  add(chosen: readonly ChosenFile[]): void {
    if (chosen.length === 0) return;
    const open = this.batches[0];
    const batch: Batch =
      open && open.state !== 'submitted'
        ? open
        : { id: this.ports.newId(), state: 'open', name: '', named: false, files: [] };
    const files = [...batch.files];
    let kept = files.filter(isKept).length;
    for (const { file, path } of chosen) {
      const full =
        kept >= this.settings.filesMax
          ? `A job holds at most ${this.settings.filesMax} documents.`
          : undefined;
      const problem = this.ports.reasonToRefuse(file) ?? full;
      const id = this.ports.newId();
      files.push({
        id,
        path,
        name: file.name,
        sizeBytes: file.size,
        state: problem ? 'refused' : 'waiting',
        sentBytes: 0,
        tries: 0,
        problem,
      });
      if (problem) continue;
      kept += 1;
      this.work.set(id, { file, transfer: this.ports.openTransfer(file) });
    }
    // A batch that the server refused, or that waits for files, takes further ones and may be asked for again.
    const state = batch.state === 'refused' ? 'open' : batch.state;
    const next = withProposal({ ...batch, state, files });
    this.batches = batch === open ? [next, ...this.batches.slice(1)] : [next, ...this.batches];
    this.tell();
    for (const file of next.files) {
      if (file.state === 'waiting' && !file.sha256) void this.compare(file.id);
    }
    this.pump();
  }

  rename(batchId: string, name: string): void {
    this.changeBatch(batchId, { name, named: true });
  }

  /** Asks for the job. Files that are still on their way are waited for. */
  submit(batchId: string): void {
    this.changeBatch(batchId, { state: 'submitting', problem: undefined });
    this.settle();
  }

  /** Breaks a file off; it stays in the list and can be sent again. */
  cancel(fileId: string): void {
    this.stop(fileId);
    this.change(fileId, { state: 'cancelled', sentBytes: 0, problem: undefined });
    this.pump();
    this.settle();
  }

  /** Sends a broken or cancelled file again. */
  retry(fileId: string): void {
    this.change(fileId, { state: 'waiting', tries: 0, problem: undefined });
    this.pump();
  }

  retryBroken(batchId: string): void {
    for (const file of this.batches.find(({ id }) => id === batchId)?.files ?? []) {
      if (file.state === 'broken') this.retry(file.id);
    }
  }

  /** Takes a file out of its batch. */
  remove(fileId: string): void {
    this.stop(fileId);
    this.work.get(fileId)?.transfer.abandon();
    this.work.delete(fileId);
    this.batches = this.batches
      .map((batch) =>
        batch.files.some(({ id }) => id === fileId)
          ? withProposal({ ...batch, files: batch.files.filter(({ id }) => id !== fileId) })
          : batch,
      )
      .filter((batch) => batch.files.length > 0);
    this.tell();
    this.pump();
    this.settle();
  }

  /** Takes a whole batch out; what it sent is left to the store's clean-up. */
  discard(batchId: string): void {
    for (const { id } of this.batches.find((batch) => batch.id === batchId)?.files ?? []) {
      this.stop(id);
      this.work.get(id)?.transfer.abandon();
      this.work.delete(id);
    }
    this.batches = this.batches.filter((batch) => batch.id !== batchId);
    this.tell();
    this.pump();
  }

  private pump(): void {
    const files = this.batches.flatMap((batch) => batch.files);
    let free = this.settings.sideBySide - files.filter(({ state }) => state === 'uploading').length;
    for (const file of files) {
      if (free <= 0) return;
      if (file.state !== 'waiting') continue;
      free -= 1;
      void this.send(file.id);
    }
  }

  private async send(fileId: string): Promise<void> {
    const work = this.work.get(fileId);
    const file = this.find(fileId);
    if (!work || !file) return;
    const abort = new AbortController();
    work.abort = abort;
    const tries = file.tries + 1;
    this.change(fileId, { state: 'uploading', sentBytes: 0, tries, problem: undefined });

    const stalled = () => abort.abort(new TransferError('The transfer stood still.', true));
    let watchdog = setTimeout(stalled, this.settings.stallMs);
    const onProgress = (sentBytes: number) => {
      if (abort.signal.aborted) return;
      clearTimeout(watchdog);
      const arrived = sentBytes >= work.file.size;
      watchdog = setTimeout(stalled, arrived ? this.settings.settleMs : this.settings.stallMs);
      this.change(fileId, { sentBytes: Math.min(sentBytes, work.file.size) });
    };
    try {
      const fileKey = await work.transfer.run({ signal: abort.signal, onProgress });
      this.change(fileId, { state: 'uploaded', sentBytes: work.file.size, fileKey });
    } catch (error) {
      // Cancelled or removed meanwhile: whoever did that has said what the file is now.
      if (this.work.get(fileId)?.abort === abort) this.broke(fileId, tries, error);
    } finally {
      clearTimeout(watchdog);
      if (work.abort === abort) work.abort = undefined;
      this.pump();
      this.settle();
    }
  }

  private broke(fileId: string, tries: number, error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    const pause = this.settings.pausesMs[tries - 1];
    const passing = error instanceof TransferError && error.mayPass;
    const work = this.work.get(fileId);
    if (!passing || pause === undefined || !work) {
      this.change(fileId, { state: 'broken', problem });
      return;
    }
    this.change(fileId, { state: 'pausing', problem });
    work.pause = setTimeout(
      () => {
        this.change(fileId, { state: 'waiting' });
        this.pump();
      },
      pause * (0.75 + 0.5 * this.ports.random()),
    );
  }

  private stop(fileId: string): void {
    const work = this.work.get(fileId);
    if (!work) return;
    clearTimeout(work.pause);
    const abort = work.abort;
    work.abort = undefined;
    abort?.abort(new DOMException('cancelled', 'AbortError'));
  }

  /** Creates the jobs that were asked for and whose files are all there. */
  private settle(): void {
    for (const batch of this.batches) {
      if (batch.state !== 'submitting') continue;
      const kept = batch.files.filter(isKept);
      if (kept.length === 0) this.changeBatch(batch.id, { state: 'open' });
      else if (kept.every(({ state }) => state === 'uploaded')) void this.create(batch, kept);
    }
  }

  private readonly creating = new Set<string>();

  private async create(batch: Batch, kept: readonly UploadFile[]): Promise<void> {
    if (this.creating.has(batch.id)) return;
    this.creating.add(batch.id);
    try {
      const jobId = await this.ports.createJob(
        // Other documents are another request, which the key of the first would refuse.
        `${batch.id}-${kept.length}-${kept.at(-1)?.id}`,
        batch.name.trim(),
        kept.map(({ fileKey = '', name }) => ({ file_key: fileKey, filename: name })),
      );
      this.changeBatch(batch.id, { state: 'submitted', jobId });
      for (const { id } of batch.files) this.work.delete(id);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      this.changeBatch(batch.id, { state: 'refused', problem });
    } finally {
      this.creating.delete(batch.id);
    }
  }

  /** Looks for the same content; that this cannot be told is no reason to bother anybody. */
  private async compare(fileId: string): Promise<void> {
    const work = this.work.get(fileId);
    if (!work) return;
    try {
      const sha256 = await this.ports.fingerprint(work.file);
      const batch = this.batches.find(({ files }) => files.some(({ id }) => id === fileId));
      const twin = batch?.files.find((file) => file.sha256 === sha256 && file.id !== fileId);
      this.change(fileId, { sha256, sameAs: twin?.path });
      const [earlier] = await this.ports.earlierDocuments(sha256);
      if (earlier) this.change(fileId, { earlier });
    } catch {
      return;
    }
  }

  private find(fileId: string): UploadFile | undefined {
    for (const { files } of this.batches) {
      const file = files.find(({ id }) => id === fileId);
      if (file) return file;
    }
    return undefined;
  }

  private change(fileId: string, change: Partial<UploadFile>): void {
    this.batches = this.batches.map((batch) =>
      batch.files.some(({ id }) => id === fileId)
        ? {
            ...batch,
            files: batch.files.map((file) => (file.id === fileId ? { ...file, ...change } : file)),
          }
        : batch,
    );
    this.tell();
  }

  private changeBatch(batchId: string, change: Partial<Batch>): void {
    this.batches = this.batches.map((batch) =>
      batch.id === batchId ? { ...batch, ...change } : batch,
    );
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** Part of the job to be, as far as anybody knows. */
export const isKept = (file: UploadFile): boolean =>
  file.state !== 'refused' && file.state !== 'cancelled';

function withProposal(batch: Batch): Batch {
  return batch.named ? batch : { ...batch, name: proposeJobName(batch.files.filter(isKept)) };
}

export interface Progress {
  files: number;
  uploaded: number;
  broken: number;
  totalBytes: number;
  sentBytes: number;
}

export function progressOf(batch: Batch): Progress {
  const kept = batch.files.filter(isKept);
  return {
    files: kept.length,
    uploaded: kept.filter(({ state }) => state === 'uploaded').length,
    broken: kept.filter(({ state }) => state === 'broken').length,
    totalBytes: kept.reduce((sum, file) => sum + file.sizeBytes, 0),
    sentBytes: kept.reduce((sum, file) => sum + file.sentBytes, 0),
  };
}
