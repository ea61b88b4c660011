import type { JobSummary } from '../api/client';
import { duration, ranMs, waitedMs } from './format';
import { useNow } from './now';

type Times = Pick<JobSummary, 'created_at' | 'started_at' | 'finished_at' | 'status'>;

export function Waited({ job }: { job: Times }) {
  const ms = waitedMs(job, useNow());
  return <>{ms === null ? '–' : duration(ms)}</>;
}

export function Ran({ job }: { job: Times }) {
  const ms = ranMs(job, useNow());
  return <>{ms === null ? '–' : duration(ms)}</>;
}
