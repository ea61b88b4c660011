import { TransferError } from './transfer';

/**
 * PUTs bytes to a presigned URL. XMLHttpRequest, since fetch does not tell how much of a body has been sent.
 * Rejects with TransferError, or with the signal's reason.
 */
export function sendBody(
  url: string,
  headers: Record<string, string>,
  bytes: Blob,
  signal: AbortSignal,
  onProgress: (sentBytes: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', (event) => onProgress(event.loaded));
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(refusal(request.status, request.responseText));
    });
    request.addEventListener('error', () =>
      // A file that was changed or moved since it was chosen fails in the same way as a broken connection.
      reject(new TransferError('The connection broke, or the file changed on the disk.', true)),
    );
    request.addEventListener('abort', () => reject(signal.reason));
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    signal.addEventListener('abort', abort);
    request.send(bytes);
  });
}

/** What the object store's answer says, for the user. */
export function refusal(status: number, text: string): TransferError {
  const xml = new DOMParser().parseFromString(text, 'application/xml');
  const message = xml.querySelector('Message')?.textContent;
  // 403 is mostly a URL that has run out while the file waited; the next try gets a new one.
  const passing = status >= 500 || status === 403 || status === 408 || status === 429;
  return new TransferError(message ?? `The object store answered ${status}.`, passing);
}
