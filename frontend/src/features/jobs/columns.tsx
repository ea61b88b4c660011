import Box from '@cloudscape-design/components/box';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import type { JobSummary } from '../../api/client';
import { number } from '../../components/format';
import { RelativeTime } from '../../components/RelativeTime';
import { RouteLink } from '../../components/RouteLink';
import { StatusBadge } from '../../components/StatusBadge';
import { Ran, Waited } from '../../components/times';

function Documents({ job }: { job: JobSummary }) {
  const text = `${number(job.documents_processed)} of ${number(job.total_documents)}`;
  if (job.status !== 'processing' || job.total_documents === 1) return <>{text}</>;
  return (
    <ProgressBar
      ariaLabel={`Documents of ${job.job_name}`}
      value={(100 * job.documents_processed) / job.total_documents}
      additionalInfo={text}
    />
  );
}

function Name({ job }: { job: JobSummary }) {
  return <RouteLink to={`/jobs/${job.job_id}`}>{job.job_name || job.job_id}</RouteLink>;
}

function Status({ job }: { job: JobSummary }) {
  return (
    <>
      <StatusBadge status={job.status} />
      {job.error && (
        <Box fontSize="body-s" color="text-body-secondary">
          <span className="excerpt" title={job.error}>
            {job.error}
          </span>
        </Box>
      )}
    </>
  );
}

const name: TableProps.ColumnDefinition<JobSummary> = {
  id: 'name',
  header: 'Name',
  isRowHeader: true,
  width: 340,
  minWidth: 200,
  cell: (job) => <Name job={job} />,
};

export const COLUMNS: TableProps.ColumnDefinition<JobSummary>[] = [
  name,
  { id: 'status', header: 'Status', minWidth: 160, cell: (job) => <Status job={job} /> },
  { id: 'documents', header: 'Documents', minWidth: 130, cell: (job) => <Documents job={job} /> },
  {
    id: 'created',
    header: 'Created',
    minWidth: 120,
    cell: (job) => <RelativeTime at={job.created_at} />,
  },
  { id: 'waited', header: 'Waited', minWidth: 90, cell: (job) => <Waited job={job} /> },
  { id: 'ran', header: 'Ran', minWidth: 90, cell: (job) => <Ran job={job} /> },
  {
    id: 'attempts',
    header: 'Attempts',
    minWidth: 100,
    cell: (job) => number(job.attempts_count),
  },
];

/** Everything a telephone has room for, in one column. */
export const NARROW_COLUMNS: TableProps.ColumnDefinition<JobSummary>[] = [
  {
    ...name,
    header: 'Job',
    width: undefined,
    minWidth: 0,
    cell: (job) => (
      <SpaceBetween size="xxs">
        <Name job={job} />
        <Status job={job} />
        <Box fontSize="body-s" color="text-body-secondary">
          {number(job.documents_processed)} of {number(job.total_documents)} done,{' '}
          <RelativeTime at={job.created_at} />
        </Box>
      </SpaceBetween>
    ),
  },
];
