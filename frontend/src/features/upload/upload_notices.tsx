import Button from '@cloudscape-design/components/button';
import type { FlashbarProps } from '@cloudscape-design/components/flashbar';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import { useQueries } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLocation, useNavigate } from 'react-router-dom';
import type { Job } from '../../api/client';
import { jobQuery, refreshing } from '../../api/queries';
import { notify } from '../../app/notices';
import { count, number } from '../../components/format';
import { RouteLink } from '../../components/RouteLink';
import { progressOf } from './engine';
import { useBatches } from './uploads';

/** Uploads under way, for the pages that do not show them. */
export function useUploadNotices(): FlashbarProps.MessageDefinition[] {
  const batches = useBatches();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  if (pathname === '/upload') return [];
  return batches
    .filter(({ state }) => state !== 'submitted')
    .map((batch) => {
      const progress = progressOf(batch);
      const ready = progress.uploaded === progress.files;
      const troubled = progress.broken > 0 || batch.state === 'refused';
      return {
        id: batch.id,
        type: troubled ? 'warning' : ready ? 'info' : 'in-progress',
        action: <Button onClick={() => navigate('/upload')}>{ready ? 'Go on' : 'Show'}</Button>,
        content: ready ? (
          `${batch.name || 'Your upload'}: ${count(progress.files, 'document')} uploaded, not yet processed.`
        ) : (
          <ProgressBar
            variant="flash"
            label={`Uploading ${batch.name}`}
            value={(100 * progress.sentBytes) / Math.max(1, progress.totalBytes)}
            additionalInfo={`${number(progress.uploaded)} of ${count(progress.files, 'file')}${
              progress.broken > 0 ? `, ${number(progress.broken)} failed` : ''
            }`}
          />
        ),
      };
    });
}

const isEnded = (job: Job | undefined): boolean => job !== undefined && job.finished_at !== null;

/** Tells the end of the jobs that were submitted from this page, wherever the user is by then. */
export function useFinishedUploads(): void {
  const submitted = useBatches().flatMap(({ jobId }) => (jobId ? [jobId] : []));
  const told = useRef(new Set<string>());
  const jobs = useQueries({
    queries: submitted.map((jobId) => ({
      ...jobQuery(jobId),
      ...refreshing(true),
      enabled: !told.current.has(jobId),
    })),
    combine: (results) => results.flatMap(({ data }) => (isEnded(data) && data ? [data] : [])),
  });
  useEffect(() => {
    for (const job of jobs) {
      if (told.current.has(job.job_id)) continue;
      told.current.add(job.job_id);
      const failed = job.files.filter(({ status }) => status === 'failed').length;
      notify({
        id: job.job_id,
        type: job.status === 'completed' ? 'success' : job.status === 'failed' ? 'error' : 'info',
        content: (
          <>
            Job{' '}
            <RouteLink variant="info" to={`/jobs/${job.job_id}`}>
              {job.job_name || job.job_id}
            </RouteLink>{' '}
            {job.status === 'completed'
              ? 'is completed.'
              : job.status === 'failed'
                ? `has failed: ${count(failed, 'document')} could not be read.`
                : 'was cancelled.'}
          </>
        ),
      });
    }
  }, [jobs]);
}
