import { useSyncExternalStore } from 'react';
import { api, body } from '../../api/client';
import { ApiError, explain } from '../../api/errors';
import { queryClient, refreshJobs, serviceQuery } from '../../api/queries';
import { session } from '../../api/session';
import { notify } from '../../app/notices';
import { type Rules, reasonToRefuse } from './accept';
import type { ChosenFile } from './chosen';
import { UploadEngine } from './engine';
import { earlierDocuments, fingerprint } from './fingerprint';
import { openTransfer } from './open_transfer';

let rules: Rules | undefined;

/** The page's uploads. They go on while the user looks at other pages. */
export const uploads = new UploadEngine({
  openTransfer,
  reasonToRefuse: (file) => rules && reasonToRefuse(file, rules),
  fingerprint,
  earlierDocuments,
  createJob: async (key, name, files) => {
    for (;;) {
      await session.whenSignedIn();
      try {
        const job = await body(
          api.POST('/upload/process-s3-files', {
            params: { header: { 'Idempotency-Key': key } },
            body: { job_name: name || null, files },
          }),
        );
        void refreshJobs();
        return job.job_id;
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) continue;
        throw new Error(explain(error));
      }
    }
  },
  // Not crypto.randomUUID, which plain http pages of other machines do not have.
  newId: () =>
    [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join(''),
  random: Math.random,
});

/** Adds files to the open batch, after the server has said what it takes. Where it does not, a notice says so. */
export async function addFiles(chosen: readonly ChosenFile[]): Promise<void> {
  try {
    rules = await queryClient.ensureQueryData(serviceQuery());
  } catch (error) {
    notify({ type: 'error', header: 'The files were not taken', content: explain(error) });
    return;
  }
  uploads.add(chosen);
}

window.addEventListener('beforeunload', (event) => {
  if (uploads.hasUnfinishedWork()) event.preventDefault();
});

session.subscribe(() => {
  if (session.current().state !== 'signed-out') return;
  for (const batch of uploads.snapshot()) uploads.discard(batch.id);
});

// Progress comes many times a second from every transfer; a person sees ten changes a second as smooth.
const DRAWN_EVERY_MS = 100;

function subscribe(listener: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = uploads.subscribe(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      listener();
    }, DRAWN_EVERY_MS);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

export const useBatches = () => useSyncExternalStore(subscribe, uploads.snapshot);
