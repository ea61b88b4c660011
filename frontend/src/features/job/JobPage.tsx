import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useNavigate, useParams } from 'react-router-dom';
import { addressOf, type Job } from '../../api/client';
import { isNotFound, jobQuery, refreshing, refreshJobs } from '../../api/queries';
import { refreshesItself, subscribeRefresh } from '../../app/refresh';
import { number } from '../../components/format';
import { RefreshControl } from '../../components/RefreshControl';
import { RelativeTime } from '../../components/RelativeTime';
import { ServiceDown } from '../../components/ServiceDown';
import { StatusBadge } from '../../components/StatusBadge';
import { Ran, Waited } from '../../components/times';
import { curlFor } from './curl';
import { Documents } from './Documents';
import { JobActions } from './JobActions';
import { Timeline } from './Timeline';

export function JobPage() {
  const { jobId = '' } = useParams();
  const navigate = useNavigate();
  const automatic = useSyncExternalStore(subscribeRefresh, refreshesItself);
  const job = useQuery({ ...jobQuery(jobId), ...refreshing(automatic) });

  if (isNotFound(job.error)) {
    return (
      <Box padding={{ vertical: 'xxl' }}>
        <Alert
          type="error"
          header="There is no such job"
          action={<Button onClick={() => navigate('/jobs')}>All jobs</Button>}
        >
          The address may be incomplete, or the job is somebody else’s.
        </Alert>
      </Box>
    );
  }
  if (!job.data) {
    return job.error ? <ServiceDown error={job.error} updatedAt={0} /> : <Spinner size="large" />;
  }
  return (
    <ContentLayout
      header={
        <SpaceBetween size="s">
          <ServiceDown error={job.error} updatedAt={job.dataUpdatedAt} />
          <Header
            variant="h1"
            actions={<JobActions job={job.data} />}
            description={
              <RefreshControl
                updatedAt={job.dataUpdatedAt}
                busy={job.isFetching && !job.isPending}
                onRefresh={refreshJobs}
              />
            }
          >
            {job.data.job_name || 'Unnamed job'}
          </Header>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        {job.data.waiting_reason && (
          <Alert type="info" header="The job waits for the service">
            {job.data.waiting_reason}. It goes on by itself once that is over.
          </Alert>
        )}
        {job.data.status === 'failed' && !job.data.files.some(({ error }) => error) && (
          <Alert type="error" header="The job failed">
            {job.data.error}
          </Alert>
        )}
        <Overview job={job.data} />
        <Documents job={job.data} />
        <Timeline job={job.data} />
      </SpaceBetween>
    </ContentLayout>
  );
}

function Overview({ job }: { job: Job }) {
  const waiting = job.queue_position;
  return (
    <Container>
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'Status', value: <StatusBadge status={job.status} /> },
          {
            label: 'Documents',
            value: `${number(job.documents_processed)} of ${number(job.total_documents)}`,
          },
          { label: 'Created', value: <RelativeTime at={job.created_at} /> },
          waiting === null
            ? { label: 'Waited', value: <Waited job={job} /> }
            : {
                label: 'In the queue',
                value:
                  waiting === 0
                    ? 'Next'
                    : `${waiting >= 1000 ? '1,000 or more' : number(waiting)} before it`,
              },
          { label: 'Ran', value: <Ran job={job} /> },
          { label: 'Attempts', value: number(job.attempts_count) },
          {
            label: 'Job id',
            value: (
              <CopyToClipboard
                variant="inline"
                textToCopy={job.job_id}
                copyButtonAriaLabel="Copy the job id"
                copySuccessText="Copied"
                copyErrorText="Not copied"
              />
            ),
          },
          {
            label: 'From a terminal',
            value: (
              <CopyToClipboard
                textToCopy={curlFor(addressOf(`/jobs/${job.job_id}`))}
                copyButtonText="Copy curl"
                copySuccessText="Copied"
                copyErrorText="Not copied"
              />
            ),
          },
        ]}
      />
    </Container>
  );
}
