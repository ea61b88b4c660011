import { api, body, type Schemas } from '../../api/client';
import type { BegunUpload, PartsStore, StoredPart } from './parts_transfer';
import { refusal, sendBody } from './send_body';
import { whenSignedIn } from './signed_in';
import { TransferError } from './transfer';

/** So many parts are one page of S3's list of them, whose URL is signed for that page alone. */
const PARTS_MAX = 1_000;

/** Uploads in parts over S3's own requests, for each of which the API signs a URL. */
export const s3Parts: PartsStore = {
  async begin(file, signal) {
    const place = await whenSignedIn(signal, () =>
      body(
        api.POST('/upload/multipart', {
          body: { filename: file.name, ...(file.type ? { content_type: file.type } : {}) },
          signal,
        }),
      ),
    );
    const answer = await ask(place.create_url, { method: 'POST', headers: place.headers, signal });
    const uploadId = answer.querySelector('UploadId')?.textContent;
    if (!uploadId) throw new TransferError('The object store began no upload.', true);
    const partBytes = Math.max(place.part_bytes, Math.ceil(file.size / PARTS_MAX));
    return { fileKey: place.file_key, uploadId, partBytes };
  },

  async list(upload, signal) {
    let urls: Schemas['PartsUrls'];
    try {
      urls = await signed(upload, [], signal);
    } catch (error) {
      // Begun by whoever was signed in before.
      if (error instanceof TransferError && !error.mayPass) return undefined;
      throw error;
    }
    const answer = await get(urls.list_url, { signal });
    if (answer.status === 404) return undefined;
    const text = await answer.text();
    if (!answer.ok) throw refusal(answer.status, text);
    return [...parse(text).querySelectorAll('Part')].map(storedPart);
  },

  async put(upload, number, bytes, signal, onProgress) {
    const { parts } = await signed(upload, [number], signal);
    const url = parts[0]?.upload_url ?? '';
    await sendBody(url, {}, bytes, signal, onProgress);
  },

  async complete(upload, parts, signal) {
    const { complete_url } = await signed(upload, [], signal);
    const list = parts.map(
      ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
    );
    const answer = await ask(complete_url, {
      method: 'POST',
      body: `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`,
      signal,
    });
    // S3 answers 200 before it knows how that ends.
    if (answer.documentElement.nodeName === 'Error') {
      throw refusal(500, new XMLSerializer().serializeToString(answer));
    }
  },

  abort(upload) {
    const nobody = new AbortController().signal;
    // What is not aborted goes by itself after some days.
    void signed(upload, [], nobody)
      .then(({ abort_url }) => fetch(abort_url, { method: 'DELETE' }))
      .catch(() => undefined);
  },
};

function signed(upload: BegunUpload, part_numbers: number[], signal: AbortSignal) {
  return whenSignedIn(signal, () =>
    body(
      api.POST('/upload/multipart/urls', {
        body: { file_key: upload.fileKey, upload_id: upload.uploadId, part_numbers },
        signal,
      }),
    ),
  );
}

async function get(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw init.signal.reason;
    throw new TransferError(`The connection broke: ${String(error)}`, true);
  }
}

async function ask(url: string, init: RequestInit): Promise<Document> {
  const answer = await get(url, init);
  const text = await answer.text();
  if (!answer.ok) throw refusal(answer.status, text);
  return parse(text);
}

const parse = (text: string) => new DOMParser().parseFromString(text, 'application/xml');

const storedPart = (part: Element): StoredPart => ({
  number: Number(part.querySelector('PartNumber')?.textContent),
  sizeBytes: Number(part.querySelector('Size')?.textContent),
  etag: part.querySelector('ETag')?.textContent ?? '',
});
