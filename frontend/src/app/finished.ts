import type { JobSummary } from '../api/client';
import { announce } from './notices';

/** Says the end of a job to those who do not see its row change. */
export function announceJob(job: JobSummary): void {
  const ends: Partial<Record<JobSummary['status'], string>> = {
    completed: 'is completed',
    failed: 'has failed',
    cancelled: 'was cancelled',
  };
  const end = ends[job.status];
  if (end) announce(`Job ${job.job_name || job.job_id} ${end}.`);
}
