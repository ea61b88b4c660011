import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { api, body, type Job } from '../../api/client';
import { explain } from '../../api/errors';
import { queryClient, refreshJobs } from '../../api/queries';
import { notify } from '../../app/notices';
import { downloadArchive } from './downloads';

export function JobActions({ job }: { job: Job }) {
  const path = { params: { path: { job_id: job.job_id } } };
  const options = (what: string) => ({
    onSuccess: (changed: Job) => {
      queryClient.setQueryData(['job', job.job_id], changed);
      void refreshJobs();
    },
    onError: (error: Error) =>
      notify({ type: 'error', header: `The job could not be ${what}`, content: explain(error) }),
  });
  const retry = useMutation({
    mutationFn: () => body(api.POST('/jobs/{job_id}/retry', path)) as Promise<Job>,
    ...options('retried'),
  });
  const cancel = useMutation({
    mutationFn: () => body(api.POST('/jobs/{job_id}/cancel', path)) as Promise<Job>,
    ...options('cancelled'),
  });
  const download = useMutation({
    mutationFn: () => downloadArchive(job),
    onError: (error: Error) =>
      notify({ type: 'error', header: 'The archive was not made', content: explain(error) }),
  });

  const active = job.status === 'queued' || job.status === 'processing';
  const completed = job.files.filter((file) => file.links).length;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {active && (
        <Button loading={cancel.isPending} onClick={() => cancel.mutate()}>
          Cancel job
        </Button>
      )}
      <Button
        iconName="download"
        disabled={completed === 0}
        disabledReason="No document is completed yet."
        loading={download.isPending}
        onClick={() => download.mutate()}
      >
        Download all
      </Button>
      {(job.status === 'failed' || job.status === 'cancelled') && (
        <Button variant="primary" loading={retry.isPending} onClick={() => retry.mutate()}>
          Retry failed
        </Button>
      )}
    </SpaceBetween>
  );
}
