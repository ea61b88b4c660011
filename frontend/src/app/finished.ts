import type { QueryCache } from '@tanstack/react-query';
import type { Job, JobSummary } from '../api/client';
import { STATUS } from '../components/StatusBadge';
import { announce } from './notices';

type Known = Pick<JobSummary, 'job_id' | 'job_name' | 'status' | 'created_at' | 'finished_at'>;

// Jobs that end together are said in one sentence: a live region that is overwritten is not read to its end.
const GATHERED_MS = 300;

/**
 * Says the end of jobs to those who do not see a row change, whichever way the page learned of it: a refresh,
 * the event stream, another page's query. Returns what ends the watch.
 */
export function announceEndings(cache: QueryCache, since = Date.now()): () => void {
  const active = new Set<string>();
  const told = new Set<string>();
  let ended: Known[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const look = (job: Known) => {
    if (job.finished_at === null) {
      active.add(job.job_id);
      told.delete(job.job_id);
      return;
    }
    const news = active.delete(job.job_id) || Date.parse(job.created_at) >= since;
    if (!news || told.has(job.job_id)) return;
    told.add(job.job_id);
    ended.push(job);
    timer ??= setTimeout(() => {
      timer = undefined;
      announce(sentence(ended));
      ended = [];
    }, GATHERED_MS);
  };

  const stop = cache.subscribe(({ type, query }) => {
    if (type !== 'updated' || query.state.status !== 'success') return;
    const [kind] = query.queryKey;
    if (kind === 'jobs')
      for (const job of (query.state.data as { jobs: JobSummary[] }).jobs) look(job);
    if (kind === 'job') look(query.state.data as Job);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

function sentence(jobs: Known[]): string {
  const [only] = jobs;
  if (only && jobs.length === 1) {
    return `Job ${only.job_name || only.job_id}: ${STATUS[only.status].label}.`;
  }
  const failed = jobs.filter(({ status }) => status === 'failed').length;
  return `${jobs.length} jobs have ended, ${failed === 0 ? 'none' : failed} of them failed.`;
}
