import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import ContentLayout from '@cloudscape-design/components/content-layout';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs, { type TabsProps } from '@cloudscape-design/components/tabs';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState, useSyncExternalStore } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router-dom';
import type { Job, JobFile } from '../../api/client';
import { explain } from '../../api/errors';
import { isNotFound, jobQuery, type OutputKind, outputQuery, refreshing } from '../../api/queries';
import { refreshesItself, subscribeRefresh } from '../../app/refresh';
import { bytes, count, duration } from '../../components/format';
import { useNarrow } from '../../components/narrow';
import { ServiceDown } from '../../components/ServiceDown';
import { StatusBadge } from '../../components/StatusBadge';
import { useDownload } from '../job/download_output';
import { remedyFor } from '../job/remedies';
import { Source, sourceKind } from './Source';
import './document.css';

const Markdown = lazy(async () => ({ default: (await import('./Markdown')).Markdown }));
const Chunks = lazy(async () => ({ default: (await import('./Chunks')).Chunks }));

export function DocumentPage() {
  const { jobId = '', n = '' } = useParams();
  const navigate = useNavigate();
  const automatic = useSyncExternalStore(subscribeRefresh, refreshesItself);
  const job = useQuery({ ...jobQuery(jobId), ...refreshing(automatic) });
  const file = job.data?.files[Number(n)];

  if (isNotFound(job.error) || (job.data && !file)) {
    return (
      <Alert
        type="error"
        header="There is no such document"
        action={<Button onClick={() => navigate('/jobs')}>All jobs</Button>}
      >
        The address may be incomplete, or the job is somebody else’s.
      </Alert>
    );
  }
  if (!job.data || !file) {
    return job.error ? <ServiceDown error={job.error} updatedAt={0} /> : <Spinner size="large" />;
  }
  return <Document key={`${jobId}/${n}`} job={job.data} file={file} n={Number(n)} />;
}

function Document({ job, file, n }: { job: Job; file: JobFile; n: number }) {
  const navigate = useNavigate();
  const download = useDownload(file);
  const go = (to: number) => navigate(`/jobs/${job.job_id}/documents/${to}`);
  const sourcePath = `/jobs/${job.job_id}/documents/${n}/source`;
  const facts = [
    bytes(file.size_bytes),
    file.pages ? count(file.pages, 'page') : '',
    file.words ? count(file.words, 'word') : '',
    file.duration_ms === null ? '' : `read in ${duration(file.duration_ms)}`,
  ].filter(Boolean);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={
            <SpaceBetween direction="horizontal" size="s">
              <StatusBadge status={file.status} />
              <span>{facts.join(', ')}</span>
            </SpaceBetween>
          }
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button
                iconName="angle-left"
                ariaLabel="Previous document"
                disabled={n === 0}
                onClick={() => go(n - 1)}
              />
              <Button
                iconName="angle-right"
                ariaLabel="Next document"
                disabled={n + 1 >= job.files.length}
                onClick={() => go(n + 1)}
              />
              <ButtonDropdown
                items={[
                  { id: 'markdown', text: 'Markdown', disabled: !file.links },
                  { id: 'sidecar', text: 'Sidecar (JSON)', disabled: !file.links },
                  { id: 'chunks', text: 'Chunks (JSON lines)', disabled: !file.links },
                  { id: 'source', text: 'Original' },
                ]}
                onItemClick={({ detail }) =>
                  void (detail.id === 'source'
                    ? download.original(sourcePath)
                    : download.output(detail.id as OutputKind))
                }
              >
                Download
              </ButtonDropdown>
            </SpaceBetween>
          }
        >
          {file.filename}
        </Header>
      }
    >
      {file.error && (
        <Alert type="error" header="This document could not be read">
          {file.error.message}. {remedyFor(file.error.code)}
        </Alert>
      )}
      {!file.links && !file.error && (
        <Alert type="info">The result appears here as soon as the document is completed.</Alert>
      )}
      {file.links && <Result job={job} file={file} n={n} sourcePath={sourcePath} />}
    </ContentLayout>
  );
}

interface ResultProps {
  job: Job;
  file: JobFile;
  n: number;
  sourcePath: string;
}

function Result({ job, file, n, sourcePath }: ResultProps) {
  const narrow = useNarrow();
  const [parameters, setParameters] = useSearchParams();
  const [page, setPage] = useState(1);
  const kind = sourceKind(file.content_type);
  const beside = kind !== undefined && !narrow;
  const source = kind && (
    <Source path={sourcePath} kind={kind} filename={file.filename} page={page} />
  );
  const shown = parameters.get('show') ?? 'rendered';
  const tabs: TabsProps.Tab[] = [
    {
      id: 'rendered',
      label: 'Rendered',
      content: <Output job={job} n={n} kind="markdown" draw={(text) => <Markdown text={text} />} />,
    },
    {
      id: 'markdown',
      label: 'Markdown',
      content: <Output job={job} n={n} kind="markdown" draw={(text) => <Plain text={text} />} />,
    },
    {
      id: 'chunks',
      label: 'Chunks',
      content: (
        <Output
          job={job}
          n={n}
          kind="chunks"
          draw={(lines) => (
            <Chunks lines={lines} onPage={beside && kind === 'pdf' ? setPage : undefined} />
          )}
        />
      ),
    },
  ];
  if (source && !beside) tabs.push({ id: 'source', label: 'Original', content: source });
  const active = tabs.some(({ id }) => id === shown) ? shown : 'rendered';
  return (
    <div className={beside ? 'side-by-side' : undefined}>
      {beside && <section aria-label="Original">{source}</section>}
      <section aria-label="Result">
        <Tabs
          activeTabId={active}
          onChange={({ detail }) => setParameters({ show: detail.activeTabId }, { replace: true })}
          tabs={tabs.map((tab) => ({ ...tab, content: tab.id === active && tab.content }))}
        />
      </section>
    </div>
  );
}

interface OutputProps {
  job: Job;
  n: number;
  kind: OutputKind;
  draw: (text: string) => React.ReactNode;
}

function Output({ job, n, kind, draw }: OutputProps) {
  const { data, error } = useQuery(outputQuery(job.job_id, n, kind));
  if (error) {
    return (
      <Alert type="error" header="The result could not be loaded">
        {explain(error)}
      </Alert>
    );
  }
  const loading = (
    <Box>
      <Spinner /> Loading
    </Box>
  );
  if (data === undefined) return loading;
  if (!data.trim()) return <Box color="text-body-secondary">The document holds no text.</Box>;
  return <Suspense fallback={loading}>{draw(data)}</Suspense>;
}

function Plain({ text }: { text: string }) {
  return (
    <SpaceBetween size="s">
      <CopyToClipboard
        textToCopy={text}
        copyButtonText="Copy"
        copySuccessText="Copied"
        copyErrorText="Not copied"
      />
      <pre className="plain">{text}</pre>
    </SpaceBetween>
  );
}
