import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { api, body, type Job } from '../../api/client';
import { explain } from '../../api/errors';
import { queryClient, refreshJobs } from '../../api/queries';
import { notify } from '../../app/notices';
import { downloadArchive } from './downloads';

export function JobActions({ job }: { job: Job }) {
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
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
  const remove = useMutation({
    mutationFn: () => api.DELETE('/jobs/{job_id}', path),
    onSuccess: () => {
      notify({ type: 'success', header: `“${job.job_name}” is deleted` });
      navigate('/jobs');
      // Only now, or this page would ask for what is gone.
      queryClient.removeQueries({ queryKey: ['job', job.job_id] });
      void refreshJobs();
    },
    onError: options('deleted').onError,
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
      {!active && (
        <Button loading={remove.isPending} onClick={() => setAsking(true)}>
          Delete job
        </Button>
      )}
      {(job.status === 'failed' || job.status === 'cancelled') && (
        <Button variant="primary" loading={retry.isPending} onClick={() => retry.mutate()}>
          Retry failed
        </Button>
      )}
      {asking && (
        <Modal
          visible
          onDismiss={() => setAsking(false)}
          header="Delete this job?"
          footer={
            <Box float="right">
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="link" onClick={() => setAsking(false)}>
                  Leave it
                </Button>
                <Button
                  variant="primary"
                  onClick={() => {
                    setAsking(false);
                    remove.mutate();
                  }}
                >
                  Delete
                </Button>
              </SpaceBetween>
            </Box>
          }
        >
          It goes with its documents and all that was made of them. There is no way back.
        </Modal>
      )}
    </SpaceBetween>
  );
}
