import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Job, JobFile } from '../../api/client';
import { bytes } from '../../components/format';
import { RouteLink } from '../../components/RouteLink';
import { StatusBadge } from '../../components/StatusBadge';
import type { Batch, UploadFile } from './engine';
import { uploads } from './uploads';

type Column = TableProps.ColumnDefinition<UploadFile>;

export function fileColumns(batch: Batch, job: Job | undefined, narrow: boolean): Column[] {
  const processed = new Map(job?.files.map((file) => [file.file_key, file]));
  const submitted = batch.state === 'submitted';
  const ofJob = (file: UploadFile) => (file.fileKey ? processed.get(file.fileKey) : undefined);

  const name: Column = {
    id: 'name',
    header: 'File',
    isRowHeader: true,
    cell: (file) => (
      <>
        <span className="file-name">{file.path}</span>
        <Notes file={file} />
        {narrow && (
          <Box padding={{ top: 'xxs' }}>
            {submitted ? <Work file={ofJob(file)} /> : <Upload file={file} />}
          </Box>
        )}
      </>
    ),
  };
  const actions: Column = {
    id: 'actions',
    header: 'Actions',
    width: 110,
    cell: (file) => (submitted ? null : <Actions file={file} />),
  };
  if (narrow) return submitted ? [name] : [name, actions];
  return [
    name,
    { id: 'size', header: 'Size', width: 100, cell: (file) => bytes(file.sizeBytes) },
    { id: 'upload', header: 'Upload', width: 240, cell: (file) => <Upload file={file} /> },
    {
      id: 'processing',
      header: 'Processing',
      width: 190,
      cell: (file) => (submitted ? <Work file={ofJob(file)} /> : '–'),
    },
    ...(submitted ? [] : [actions]),
  ];
}

function Notes({ file }: { file: UploadFile }) {
  return (
    <Box fontSize="body-s" color="text-body-secondary">
      {file.earlier && (
        <div>
          Same content as{' '}
          <RouteLink to={`/jobs/${file.earlier.job_id}/documents/${file.earlier.n}`}>
            {file.earlier.filename}
          </RouteLink>{' '}
          in {file.earlier.job_name || 'an earlier job'}
        </div>
      )}
      {file.sameAs && <div>Same content as {file.sameAs} in this list</div>}
    </Box>
  );
}

function Upload({ file }: { file: UploadFile }) {
  const percent = file.sizeBytes > 0 ? (100 * file.sentBytes) / file.sizeBytes : 0;
  switch (file.state) {
    case 'refused':
      return (
        <Problem type="error" label="Not taken">
          {file.problem}
        </Problem>
      );
    case 'waiting':
      return <StatusIndicator type="pending">Waiting</StatusIndicator>;
    case 'uploading':
      return <ProgressBar ariaLabel={`Upload of ${file.name}`} value={percent} />;
    case 'pausing':
      return (
        <Problem type="warning" label="Interrupted, going on by itself">
          {file.problem}
        </Problem>
      );
    case 'uploaded':
      return <StatusIndicator type="success">Uploaded</StatusIndicator>;
    case 'broken':
      return (
        <Problem type="error" label="Upload failed">
          {file.problem}
        </Problem>
      );
    case 'cancelled':
      return <StatusIndicator type="stopped">Cancelled</StatusIndicator>;
  }
}

interface ProblemProps {
  type: 'error' | 'warning';
  label: string;
  children: React.ReactNode;
}

function Problem({ type, label, children }: ProblemProps) {
  return (
    <>
      <StatusIndicator type={type}>{label}</StatusIndicator>
      <Box fontSize="body-s" color="text-body-secondary">
        {children}
      </Box>
    </>
  );
}

function Work({ file }: { file: JobFile | undefined }) {
  if (!file) return <>–</>;
  return (
    <>
      <StatusBadge status={file.status} />
      {file.error && (
        <Box fontSize="body-s" color="text-body-secondary">
          {file.error.message}
        </Box>
      )}
    </>
  );
}

function Actions({ file }: { file: UploadFile }) {
  const moving = ['waiting', 'uploading', 'pausing'].includes(file.state);
  const again = ['broken', 'cancelled'].includes(file.state);
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      {moving && (
        <Button
          variant="inline-icon"
          iconName="close"
          ariaLabel={`Cancel the upload of ${file.name}`}
          onClick={() => uploads.cancel(file.id)}
        />
      )}
      {again && (
        <Button
          variant="inline-icon"
          iconName="refresh"
          ariaLabel={`Upload ${file.name} again`}
          onClick={() => uploads.retry(file.id)}
        />
      )}
      {!moving && (
        <Button
          variant="inline-icon"
          iconName="remove"
          ariaLabel={`Remove ${file.name}`}
          onClick={() => uploads.remove(file.id)}
        />
      )}
    </SpaceBetween>
  );
}
