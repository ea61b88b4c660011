import { api, body } from '../../api/client';
import { ApiError, explain, mayPass } from '../../api/errors';
import { session } from '../../api/session';
import { type OpenTransfer, type Transfer, TransferError } from './transfer';

/** Sends a file with one PUT to a presigned URL. */
export const openPutTransfer: OpenTransfer = (file): Transfer => ({
  async run({ signal, onProgress }) {
    // Asked for anew with each try: the URL of the last one may have run out.
    const place = await presigned(file, signal);
    await put(place.upload_url, place.headers, file, signal, onProgress);
    return place.file_key;
  },
  // A PUT that did not end leaves nothing behind.
  abandon() {},
});

async function presigned(file: File, signal: AbortSignal) {
  for (;;) {
    await session.whenSignedIn(signal);
    try {
      return await body(
        api.POST('/upload/presigned-url', {
          body: { filename: file.name, ...(file.type ? { content_type: file.type } : {}) },
          signal,
        }),
      );
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof ApiError && error.status === 401) continue;
      throw new TransferError(explain(error), mayPass(error));
    }
  }
}

// XMLHttpRequest, since fetch does not tell how much of a body has been sent.
function put(
  url: string,
  headers: Record<string, string>,
  file: File,
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
      else reject(refusal(request));
    });
    request.addEventListener('error', () =>
      // A file that was changed or moved since it was chosen fails in the same way as a broken connection.
      reject(new TransferError('The connection broke, or the file changed on the disk.', true)),
    );
    request.addEventListener('abort', () => reject(signal.reason));
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    signal.addEventListener('abort', abort);
    request.send(file);
  });
}

function refusal(request: XMLHttpRequest): TransferError {
  const xml = new DOMParser().parseFromString(request.responseText, 'application/xml');
  const message = xml.querySelector('Message')?.textContent;
  const { status } = request;
  // 403 is mostly a URL that has run out while the file waited; the next try gets a new one.
  const passing = status >= 500 || status === 403 || status === 408 || status === 429;
  return new TransferError(message ?? `The object store answered ${status}.`, passing);
}
