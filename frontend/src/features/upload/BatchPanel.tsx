import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Pagination from '@cloudscape-design/components/pagination';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import type { Job } from '../../api/client';
import { jobQuery, refreshing } from '../../api/queries';
import { bytes, count, number } from '../../components/format';
import { useNarrow } from '../../components/narrow';
import { RouteLink } from '../../components/RouteLink';
import { StatusBadge } from '../../components/StatusBadge';
import { type Batch, type Progress, progressOf } from './engine';
import { fileColumns } from './file_columns';
import { uploads } from './uploads';

const PAGE_SIZE = 25;

interface Props {
  batch: Batch;
  folded?: boolean;
}

/** One batch of files from the first byte to the job's end. */
export function BatchPanel({ batch, folded }: Props) {
  const job = useQuery({
    ...jobQuery(batch.jobId ?? ''),
    ...refreshing(true),
    enabled: batch.jobId !== undefined,
  });
  if (folded) {
    return (
      <ExpandableSection
        variant="container"
        headerText={batch.name || 'Unnamed job'}
        headerInfo={job.data && <StatusBadge status={job.data.status} />}
      >
        <Files batch={batch} job={job.data} />
      </ExpandableSection>
    );
  }
  return (
    <SpaceBetween size="m">
      {batch.state === 'submitted' ? (
        <Submitted batch={batch} job={job.data} />
      ) : (
        <Preparing batch={batch} progress={progressOf(batch)} />
      )}
      <Files batch={batch} job={job.data} />
    </SpaceBetween>
  );
}

function Preparing({ batch, progress }: { batch: Batch; progress: Progress }) {
  const submitting = batch.state === 'submitting';
  const done = progress.uploaded === progress.files;
  return (
    <SpaceBetween size="m">
      {batch.state === 'refused' && (
        <Alert type="error" header="The job was not created">
          {batch.problem}
        </Alert>
      )}
      {progress.broken > 0 && (
        <Alert
          type="warning"
          header={`${count(progress.broken, 'file')} could not be uploaded`}
          action={<Button onClick={() => uploads.retryBroken(batch.id)}>Try again</Button>}
        >
          Send them again, or remove them to create the job without them.
        </Alert>
      )}
      <div className="batch-form">
        <FormField label="Job name" stretch>
          <Input
            value={batch.name}
            disabled={submitting}
            ariaLabel="Job name"
            onChange={({ detail }) => uploads.rename(batch.id, detail.value)}
          />
        </FormField>
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={() => uploads.discard(batch.id)}>Discard</Button>
          <Button
            variant="primary"
            loading={submitting}
            loadingText={done ? 'Creating the job' : 'Starts when all files are there'}
            disabled={progress.files === 0}
            disabledReason="None of the files can be taken."
            onClick={() => uploads.submit(batch.id)}
          >
            {submitting && !done
              ? 'Starts when all files are there'
              : `Process ${count(progress.files, 'document')}`}
          </Button>
        </SpaceBetween>
      </div>
      <ProgressBar
        label="Upload"
        status={done && progress.files > 0 ? 'success' : 'in-progress'}
        value={progress.totalBytes > 0 ? (100 * progress.sentBytes) / progress.totalBytes : 0}
        resultText={`${count(progress.files, 'file')} uploaded`}
        additionalInfo={`${number(progress.uploaded)} of ${count(progress.files, 'file')}, ${bytes(
          progress.sentBytes,
        )} of ${bytes(progress.totalBytes)}`}
      />
    </SpaceBetween>
  );
}

function Submitted({ batch, job }: { batch: Batch; job: Job | undefined }) {
  const navigate = useNavigate();
  const ended = job && ['completed', 'failed', 'cancelled'].includes(job.status);
  const type = !ended ? 'info' : job.status === 'completed' ? 'success' : 'warning';
  return (
    <Alert
      type={type}
      header={
        <>
          Job <RouteLink to={`/jobs/${batch.jobId}`}>{batch.name || batch.jobId}</RouteLink>{' '}
          {ended ? `is ${job.status}` : 'is under way'}
        </>
      }
      action={<Button onClick={() => navigate(`/jobs/${batch.jobId}`)}>Open the job</Button>}
    >
      {job
        ? `${number(job.documents_processed)} of ${count(job.total_documents, 'document')} processed.`
        : 'The documents are in the queue.'}{' '}
      You may leave this page; the job goes on.
    </Alert>
  );
}

function Files({ batch, job }: { batch: Batch; job: Job | undefined }) {
  const narrow = useNarrow();
  const [page, setPage] = useState(1);
  const pages = Math.max(1, Math.ceil(batch.files.length / PAGE_SIZE));
  const at = Math.min(page, pages);
  return (
    <Table
      variant="container"
      trackBy="id"
      items={batch.files.slice((at - 1) * PAGE_SIZE, at * PAGE_SIZE)}
      columnDefinitions={fileColumns(batch, job, narrow)}
      wrapLines
      header={
        <Header variant="h2" counter={`(${number(batch.files.length)})`}>
          Files
        </Header>
      }
      pagination={
        pages > 1 && (
          <Pagination
            currentPageIndex={at}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        )
      }
      ariaLabels={{ tableLabel: 'Files' }}
      empty={<Box>No files</Box>}
    />
  );
}
