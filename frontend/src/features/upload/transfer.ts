/**
 * One file on its way to the object store. The engine knows nothing else of how bytes travel, so that a
 * transfer in resumable parts takes the place of a single PUT without a change to it.
 */
export interface Transfer {
  /**
   * Sends what the store does not have yet and resolves with the file's key. May be called again after it
   * has failed. Rejects with TransferError, or with the signal's reason.
   */
  run(options: { signal: AbortSignal; onProgress: (sentBytes: number) => void }): Promise<string>;
  /** Frees what the store keeps of an unfinished file; the transfer is not used afterwards. */
  abandon(): void;
}

export type OpenTransfer = (file: File) => Transfer;

export class TransferError extends Error {
  constructor(
    message: string,
    /** Whether the same transfer may succeed without the user's doing. */
    readonly mayPass: boolean,
  ) {
    super(message);
    this.name = 'TransferError';
  }
}
