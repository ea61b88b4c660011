import { api, body } from '../../api/client';
import { sendBody } from './send_body';
import { whenSignedIn } from './signed_in';
import type { OpenTransfer, Transfer } from './transfer';

/** Sends a file with one PUT to a presigned URL. */
export const openPutTransfer: OpenTransfer = (file): Transfer => ({
  async run({ signal, onProgress }) {
    // Asked for anew with each try: the URL of the last one may have run out.
    const place = await whenSignedIn(signal, () =>
      body(
        api.POST('/upload/presigned-url', {
          body: { filename: file.name, ...(file.type ? { content_type: file.type } : {}) },
          signal,
        }),
      ),
    );
    await sendBody(place.upload_url, place.headers, file, signal, onProgress);
    return place.file_key;
  },
  // A PUT that did not end leaves nothing behind.
  abandon() {},
});
