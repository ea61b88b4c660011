import Box from '@cloudscape-design/components/box';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { Job, JobFile } from '../../api/client';
import type { OutputKind } from '../../api/queries';
import { bytes, duration, number } from '../../components/format';
import { useNarrow } from '../../components/narrow';
import { RouteLink } from '../../components/RouteLink';
import { StatusBadge } from '../../components/StatusBadge';
import { useDownload } from './download_output';
import { remedyFor } from './remedies';

const PAGE_SIZE = 25;

interface Row {
  n: number;
  file: JobFile;
}

export function Documents({ job }: { job: Job }) {
  const narrow = useNarrow();
  const [page, setPage] = useState(1);
  // What needs attention comes first; the rest stays in the order of the upload.
  const rows = job.files
    .map((file, n) => ({ n, file }))
    .sort(
      (a, b) =>
        Number(b.file.status === 'failed') - Number(a.file.status === 'failed') || a.n - b.n,
    );
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_SIZE));
  return (
    <Table
      variant="container"
      trackBy={(row) => String(row.n)}
      items={rows.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)}
      columnDefinitions={columns(job, narrow)}
      wrapLines
      ariaLabels={{ tableLabel: 'Documents' }}
      header={
        <Header variant="h2" counter={`(${number(rows.length)})`}>
          Documents
        </Header>
      }
      pagination={
        pages > 1 && (
          <Pagination
            currentPageIndex={page}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        )
      }
    />
  );
}

function columns(job: Job, narrow: boolean): TableProps.ColumnDefinition<Row>[] {
  const name: TableProps.ColumnDefinition<Row> = {
    id: 'name',
    header: 'Document',
    isRowHeader: true,
    minWidth: narrow ? 0 : 220,
    cell: ({ n, file }) => (
      <SpaceBetween size="xxs">
        <RouteLink to={`/jobs/${job.job_id}/documents/${n}`}>{file.filename}</RouteLink>
        {narrow && <State file={file} />}
      </SpaceBetween>
    ),
  };
  const outputs: TableProps.ColumnDefinition<Row> = {
    id: 'outputs',
    header: 'Outputs',
    width: narrow ? 90 : 130,
    cell: ({ file }) => <Outputs file={file} narrow={narrow} />,
  };
  if (narrow) return [name, outputs];
  return [
    name,
    { id: 'status', header: 'Status', minWidth: 280, cell: ({ file }) => <State file={file} /> },
    {
      id: 'pages',
      header: 'Pages',
      width: 90,
      cell: ({ file }) => (file.pages ? number(file.pages) : '–'),
    },
    {
      id: 'words',
      header: 'Words',
      width: 100,
      cell: ({ file }) => (file.words ? number(file.words) : '–'),
    },
    { id: 'size', header: 'Size', width: 110, cell: ({ file }) => bytes(file.size_bytes) },
    {
      id: 'time',
      header: 'Time',
      width: 100,
      cell: ({ file }) => (file.duration_ms === null ? '–' : duration(file.duration_ms)),
    },
    outputs,
  ];
}

function State({ file }: { file: JobFile }) {
  if (file.status === 'processing' && file.pages) {
    return (
      <ProgressBar
        ariaLabel={`Pages of ${file.filename}`}
        value={(100 * file.pages_done) / file.pages}
        additionalInfo={`Page ${number(file.pages_done)} of ${number(file.pages)}`}
      />
    );
  }
  return (
    <>
      <StatusBadge status={file.status} />
      {file.error && (
        <Box fontSize="body-s" color="text-body-secondary">
          <div className="anywhere">{sentence(file.error.message)}</div>
          <div>{remedyFor(file.error.code)}</div>
        </Box>
      )}
    </>
  );
}

const sentence = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');

function Outputs({ file, narrow }: { file: JobFile; narrow: boolean }) {
  const download = useDownload(file);
  if (!file.links) return <>–</>;
  return (
    <ButtonDropdown
      variant={narrow ? 'icon' : 'inline-icon'}
      ariaLabel={`Download outputs of ${file.filename}`}
      expandToViewport
      items={[
        { id: 'markdown', text: 'Markdown', iconName: 'download' },
        { id: 'sidecar', text: 'Sidecar (JSON)', iconName: 'download' },
        { id: 'chunks', text: 'Chunks (JSON lines)', iconName: 'download' },
      ]}
      onItemClick={({ detail }) => void download.output(detail.id as OutputKind)}
    />
  );
}
