import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import {
  type Archive,
  archivesQuery,
  cancelReplay,
  deleteArchive,
  type Replay,
  replaysQuery,
} from '../../api/bus';
import { refreshing } from '../../api/queries';
import { refreshesItself, subscribeRefresh } from '../../app/refresh';
import { Confirm } from '../../components/Confirm';
import { EmptyState } from '../../components/EmptyState';
import { absoluteTime, bytes, count, number } from '../../components/format';
import { useNarrow } from '../../components/narrow';
import { RelativeTime } from '../../components/RelativeTime';
import { ServiceDown } from '../../components/ServiceDown';
import { ArchiveDialog } from './ArchiveDialog';
import { act } from './act';
import { BusHeader } from './BusHeader';
import { ReplayDialog } from './ReplayDialog';
import './bus.css';

type Asking = 'create' | 'edit' | 'replay' | 'delete';

/** A replay that is under way is looked at more often, so that its progress is seen. */
const PROGRESS_MS = 2_000;
const isActive = ({ state }: Replay) => ['starting', 'running', 'cancelling'].includes(state);

export function ArchivesPage() {
  const narrow = useNarrow();
  const automatic = useSyncExternalStore(subscribeRefresh, refreshesItself);
  const archives = useQuery({ ...archivesQuery(), ...refreshing(automatic) });
  const replays = useQuery({
    ...replaysQuery(),
    refetchInterval: (query) =>
      automatic && query.state.data?.some(isActive)
        ? PROGRESS_MS
        : refreshing(automatic).refetchInterval(query),
  });
  const [selectedName, setSelectedName] = useState<string>();
  const [asking, setAsking] = useState<Asking>();

  const selected = archives.data?.find(({ name }) => name === selectedName);
  const done = () => setAsking(undefined);
  const remove = async (name: string) => {
    done();
    await act(async () => {
      await deleteArchive(name);
      return `Archive ${name} is deleted`;
    }, 'The archive could not be deleted');
  };
  const forOne = (label: string, what: Asking) => (
    <Button
      disabled={!selected}
      disabledReason="Select an archive first."
      onClick={() => setAsking(what)}
    >
      {label}
    </Button>
  );

  return (
    <SpaceBetween size="m">
      <ServiceDown error={archives.error ?? replays.error} updatedAt={archives.dataUpdatedAt} />
      <BusHeader
        title="Archives and replays"
        description="Events that are kept, to be put on their bus again."
        updatedAt={archives.dataUpdatedAt}
        busy={archives.isFetching && !archives.isPending}
      >
        <Button variant="primary" onClick={() => setAsking('create')}>
          Create an archive
        </Button>
      </BusHeader>
      <Table
        variant="container"
        header={
          <Header
            variant="h2"
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                {forOne('Edit', 'edit')}
                {forOne('Delete', 'delete')}
                {forOne('Start a replay', 'replay')}
              </SpaceBetween>
            }
          >
            Archives
          </Header>
        }
        trackBy="name"
        items={archives.data ?? []}
        columnDefinitions={narrow ? NARROW_ARCHIVE_COLUMNS : ARCHIVE_COLUMNS}
        loading={archives.isPending && !archives.error}
        loadingText="Loading the archives"
        selectionType="single"
        selectedItems={selected ? [selected] : []}
        onSelectionChange={({ detail }) => setSelectedName(detail.selectedItems[0]?.name)}
        wrapLines
        ariaLabels={{
          tableLabel: 'Archives',
          selectionGroupLabel: 'Selection of an archive',
          itemSelectionLabel: (_, { name }) => `Select ${name}`,
        }}
        empty={
          archives.data && (
            <EmptyState title="There are no archives">
              An archive keeps the events of a bus from the time that it is created.
            </EmptyState>
          )
        }
      />
      <Table
        variant="container"
        header={<Header variant="h2">Replays</Header>}
        trackBy="name"
        items={[...(replays.data ?? [])].sort((a, b) => b.started_at.localeCompare(a.started_at))}
        columnDefinitions={narrow ? NARROW_REPLAY_COLUMNS : REPLAY_COLUMNS}
        loading={replays.isPending && !replays.error}
        loadingText="Loading the replays"
        wrapLines
        ariaLabels={{ tableLabel: 'Replays' }}
        empty={
          replays.data && (
            <EmptyState title="There are no replays">
              Select an archive, and start one of it.
            </EmptyState>
          )
        }
      />
      {asking === 'create' && <ArchiveDialog onDone={done} />}
      {asking === 'edit' && selected && <ArchiveDialog known={selected} onDone={done} />}
      {asking === 'replay' && selected && <ReplayDialog archive={selected} onDone={done} />}
      {asking === 'delete' && selected && (
        <Confirm
          question={`Delete the archive ${selected.name}?`}
          verb="Delete"
          onConfirm={() => void remove(selected.name)}
          onDismiss={done}
        >
          It goes with its {count(selected.events, 'event')}. There is no way back.
        </Confirm>
      )}
    </SpaceBetween>
  );
}

const retention = ({ retention_days }: Archive) =>
  retention_days === 0 ? 'For ever' : count(retention_days, 'day');

const archiveName: TableProps.ColumnDefinition<Archive> = {
  id: 'name',
  header: 'Name',
  isRowHeader: true,
  minWidth: 160,
  cell: ({ name }) => name,
};

const ARCHIVE_COLUMNS: TableProps.ColumnDefinition<Archive>[] = [
  archiveName,
  { id: 'bus', header: 'Bus', minWidth: 150, cell: ({ bus }) => bus },
  {
    id: 'pattern',
    header: 'Keeps',
    minWidth: 200,
    cell: ({ event_pattern }) =>
      event_pattern ? (
        <code className="bus-code bus-code-excerpt" title={event_pattern}>
          {event_pattern}
        </code>
      ) : (
        'Every event'
      ),
  },
  { id: 'retention', header: 'For', minWidth: 100, cell: retention },
  { id: 'events', header: 'Events', minWidth: 100, cell: ({ events }) => number(events) },
  { id: 'bytes', header: 'Size', minWidth: 100, cell: (archive) => bytes(archive.bytes) },
  {
    id: 'created',
    header: 'Created',
    minWidth: 120,
    cell: ({ created_at }) => <RelativeTime at={created_at} />,
  },
];

const NARROW_ARCHIVE_COLUMNS: TableProps.ColumnDefinition<Archive>[] = [
  {
    ...archiveName,
    header: 'Archive',
    minWidth: 0,
    cell: (archive) => (
      <>
        {archive.name}
        <br />
        {count(archive.events, 'event')}, {retention(archive).toLowerCase()}
      </>
    ),
  },
];

const STATES: Record<
  Replay['state'],
  { type: 'pending' | 'in-progress' | 'success' | 'stopped' | 'error'; label: string }
> = {
  starting: { type: 'pending', label: 'Starting' },
  running: { type: 'in-progress', label: 'Running' },
  cancelling: { type: 'in-progress', label: 'Cancelling' },
  completed: { type: 'success', label: 'Completed' },
  cancelled: { type: 'stopped', label: 'Cancelled' },
  failed: { type: 'error', label: 'Failed' },
};

function State({ replay }: { replay: Replay }) {
  const { type, label } = STATES[replay.state];
  return (
    <>
      <StatusIndicator type={type}>{label}</StatusIndicator>
      {replay.state_reason && <div>{replay.state_reason}</div>}
    </>
  );
}

function Progress({ replay }: { replay: Replay }) {
  return (
    <ProgressBar
      ariaLabel={`Progress of ${replay.name}`}
      value={replay.progress_percent}
      additionalInfo={
        replay.replayed_to ? `up to ${absoluteTime(replay.replayed_to)}` : 'No event yet'
      }
    />
  );
}

function Cancel({ replay }: { replay: Replay }) {
  const [busy, setBusy] = useState(false);
  if (replay.state !== 'starting' && replay.state !== 'running') return <>–</>;
  const cancel = async () => {
    setBusy(true);
    await act(async () => {
      await cancelReplay(replay.name);
      return `Replay ${replay.name} is being cancelled`;
    }, 'The replay could not be cancelled');
    setBusy(false);
  };
  return (
    <Button
      variant="inline-link"
      ariaLabel={`Cancel ${replay.name}`}
      loading={busy}
      onClick={() => void cancel()}
    >
      Cancel
    </Button>
  );
}

const replayName: TableProps.ColumnDefinition<Replay> = {
  id: 'name',
  header: 'Name',
  isRowHeader: true,
  minWidth: 150,
  cell: ({ name }) => name,
};

const REPLAY_COLUMNS: TableProps.ColumnDefinition<Replay>[] = [
  replayName,
  { id: 'archive', header: 'Archive', minWidth: 130, cell: ({ archive }) => archive },
  {
    id: 'window',
    header: 'Events from … to',
    minWidth: 210,
    cell: ({ from, to }) => (
      <>
        {absoluteTime(from)}
        <br />
        {absoluteTime(to)}
      </>
    ),
  },
  { id: 'state', header: 'State', minWidth: 120, cell: (replay) => <State replay={replay} /> },
  {
    id: 'progress',
    header: 'Progress',
    minWidth: 220,
    cell: (replay) => <Progress replay={replay} />,
  },
  {
    id: 'started',
    header: 'Started',
    minWidth: 110,
    cell: ({ started_at }) => <RelativeTime at={started_at} />,
  },
  { id: 'cancel', header: 'Action', minWidth: 90, cell: (replay) => <Cancel replay={replay} /> },
];

const NARROW_REPLAY_COLUMNS: TableProps.ColumnDefinition<Replay>[] = [
  {
    ...replayName,
    header: 'Replay',
    minWidth: 0,
    cell: (replay) => (
      <SpaceBetween size="xxs">
        {replay.name}
        <State replay={replay} />
        <Progress replay={replay} />
        <Cancel replay={replay} />
      </SpaceBetween>
    ),
  },
];
