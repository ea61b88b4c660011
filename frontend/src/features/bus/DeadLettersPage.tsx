import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useQuery } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import {
  type DeadLetter,
  deadLetterQuery,
  deadLettersQuery,
  deleteDeadLetters,
  redrive,
  type Selection,
} from '../../api/bus';
import { refreshing } from '../../api/queries';
import { refreshesItself, subscribeRefresh } from '../../app/refresh';
import { Confirm } from '../../components/Confirm';
import { EmptyState } from '../../components/EmptyState';
import { absoluteTime, count, number } from '../../components/format';
import { useNarrow } from '../../components/narrow';
import { RelativeTime } from '../../components/RelativeTime';
import { RouteLink } from '../../components/RouteLink';
import { ServiceDown } from '../../components/ServiceDown';
import { act } from './act';
import { BusHeader } from './BusHeader';
import { describeArn, indented } from './names';
import './bus.css';

/** What is to be deleted, as it was when that was asked: the list goes on changing behind the question. */
interface Deletion {
  letters: Selection;
  question: string;
}

/** What somebody may look for, in one text. */
const textOf = (letter: DeadLetter): string =>
  [
    letter.rule,
    letter.target_arn,
    letter.error_code,
    letter.error_message,
    letter.event_id,
    letter.job_id,
  ]
    .join('\n')
    .toLowerCase();

export function DeadLettersPage() {
  const narrow = useNarrow();
  const automatic = useSyncExternalStore(subscribeRefresh, refreshesItself);
  const letters = useQuery({ ...deadLettersQuery(), ...refreshing(automatic) });
  const [search, setSearch] = useState('');
  const [selectedIds, setSelectedIds] = useState<readonly number[]>([]);
  const [shownId, setShownId] = useState<number>();
  const [asked, setAsked] = useState<Deletion>();
  const [busy, setBusy] = useState(false);

  const wanted = search.trim().toLowerCase();
  const shown = (letters.data ?? []).filter((letter) => textOf(letter).includes(wanted));
  const selected = shown.filter(({ id }) => selectedIds.includes(id));
  // Without a selection the buttons are for all: what a search found, or all that there are.
  const meant = selected.length > 0 ? selected : shown;
  const selection: Selection =
    selected.length === 0 && !wanted ? { all: true } : { ids: meant.map(({ id }) => id) };
  const label = (verb: string) => {
    if (selected.length > 0) return `${verb} ${number(selected.length)}`;
    return wanted ? `${verb} all matches` : `${verb} all`;
  };

  const run = async (does: () => Promise<string>, failure: string) => {
    setAsked(undefined);
    setBusy(true);
    if (await act(does, failure)) setSelectedIds([]);
    setBusy(false);
  };
  const redriveMeant = () =>
    run(
      async () => `${count(await redrive(selection), 'dead letter')} delivered again`,
      'The dead letters could not be redriven',
    );
  const remove = ({ letters }: Deletion) =>
    run(
      async () => `${count(await deleteDeadLetters(letters), 'dead letter')} deleted`,
      'The dead letters could not be deleted',
    );

  const columns = narrow ? narrowColumns(setShownId) : wideColumns(setShownId);
  return (
    <SpaceBetween size="s">
      <ServiceDown error={letters.error} updatedAt={letters.dataUpdatedAt} />
      <BusHeader
        title="Dead letters"
        description="Deliveries that were given up. Mend the cause, then redrive them; they are kept for 14 days."
        updatedAt={letters.dataUpdatedAt}
        busy={letters.isFetching && !letters.isPending}
      />
      <Table
        variant="container"
        trackBy="id"
        items={shown}
        columnDefinitions={columns}
        loading={letters.isPending && !letters.error}
        loadingText="Loading the dead letters"
        selectionType="multi"
        selectedItems={selected}
        onSelectionChange={({ detail }) => setSelectedIds(detail.selectedItems.map(({ id }) => id))}
        stickyHeader={!narrow}
        wrapLines
        ariaLabels={{
          tableLabel: 'Dead letters',
          selectionGroupLabel: 'Selection of dead letters',
          allItemsSelectionLabel: () => 'Select all dead letters',
          itemSelectionLabel: (_, { id }) => `Select dead letter ${id}`,
        }}
        filter={
          <div className="bus-filter">
            <TextFilter
              filteringText={search}
              filteringPlaceholder="Find by rule, target, error or event"
              filteringAriaLabel="Find dead letters by rule, target, error or event"
              countText={wanted ? count(shown.length, 'dead letter') : ''}
              onChange={({ detail }) => setSearch(detail.filteringText)}
            />
            <SpaceBetween direction="horizontal" size="xs">
              <Button
                disabled={meant.length === 0}
                loading={busy}
                onClick={() => void redriveMeant()}
              >
                {label('Redrive')}
              </Button>
              <Button
                disabled={meant.length === 0}
                loading={busy}
                onClick={() =>
                  setAsked({
                    letters: selection,
                    question: `${label('Delete')} dead letter${meant.length === 1 ? '' : 's'}?`,
                  })
                }
              >
                {label('Delete')}
              </Button>
            </SpaceBetween>
          </div>
        }
        empty={
          letters.data && (
            <EmptyState title={wanted ? 'No dead letter matches' : 'There are no dead letters'}>
              Every event reached its targets, or is still on its way.
            </EmptyState>
          )
        }
      />
      {shownId !== undefined && <Letter id={shownId} onDismiss={() => setShownId(undefined)} />}
      {asked && (
        <Confirm
          question={asked.question}
          verb="Delete"
          onConfirm={() => void remove(asked)}
          onDismiss={() => setAsked(undefined)}
        >
          Their events will never reach their targets. There is no way back.
        </Confirm>
      )}
    </SpaceBetween>
  );
}

function Letter({ id, onDismiss }: { id: number; onDismiss: () => void }) {
  const letter = useQuery(deadLetterQuery(id));
  return (
    <Modal
      visible
      size="large"
      header={`Dead letter ${id}`}
      closeAriaLabel="Close"
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <Button onClick={onDismiss}>Close</Button>
        </Box>
      }
    >
      <ServiceDown error={letter.error} updatedAt={0} />
      {!letter.data && !letter.error && <Spinner />}
      {letter.data && (
        <SpaceBetween size="m">
          <Alert type="error" header={letter.data.error_code}>
            {letter.data.error_message}
          </Alert>
          <KeyValuePairs
            columns={3}
            items={[
              { label: 'Rule', value: letter.data.rule },
              { label: 'Target', value: letter.data.target_arn },
              { label: 'Failed tries', value: number(letter.data.attempts) },
              {
                label: 'Given up',
                value: `${count(letter.data.times, 'time')}, last ${absoluteTime(letter.data.dead_at)}`,
              },
              { label: 'Because of', value: letter.data.exhausted ?? 'an error that stays' },
              {
                label: 'Job',
                value: letter.data.job_id ?? '–',
              },
            ]}
          />
          {letter.data.event === null ? (
            <Box>Its event cannot be read any more: the database was damaged.</Box>
          ) : (
            <pre className="bus-code">{indented(letter.data.event)}</pre>
          )}
        </SpaceBetween>
      )}
    </Modal>
  );
}

type Columns = TableProps.ColumnDefinition<DeadLetter>[];

function ErrorOf({ letter }: { letter: DeadLetter }) {
  return (
    <>
      {letter.error_code}
      <Box fontSize="body-s" color="text-body-secondary">
        {letter.error_message}
      </Box>
    </>
  );
}

function EventOf({ letter, onShow }: { letter: DeadLetter; onShow: (id: number) => void }) {
  return (
    <>
      <Button
        variant="inline-link"
        ariaLabel={`Show dead letter ${letter.id}`}
        onClick={() => onShow(letter.id)}
      >
        {letter.detail_type || 'Unreadable event'}
      </Button>
      <Box fontSize="body-s" color="text-body-secondary">
        of {letter.source || 'an unknown source'}
      </Box>
    </>
  );
}

const wideColumns = (onShow: (id: number) => void): Columns => [
  {
    id: 'event',
    header: 'Event',
    isRowHeader: true,
    minWidth: 210,
    cell: (letter) => <EventOf letter={letter} onShow={onShow} />,
  },
  {
    id: 'route',
    header: 'Rule and target',
    minWidth: 210,
    cell: (letter) => (
      <>
        {letter.rule}
        <Box fontSize="body-s" color="text-body-secondary">
          <span title={letter.target_arn}>{describeArn(letter.target_arn)}</span>
        </Box>
      </>
    ),
  },
  { id: 'error', header: 'Error', minWidth: 240, cell: (letter) => <ErrorOf letter={letter} /> },
  {
    id: 'attempts',
    header: 'Failed tries',
    minWidth: 90,
    cell: ({ attempts }) => number(attempts),
  },
  { id: 'times', header: 'Given up', minWidth: 90, cell: ({ times }) => count(times, 'time') },
  {
    id: 'at',
    header: 'Last',
    minWidth: 110,
    cell: ({ dead_at }) => <RelativeTime at={dead_at} />,
  },
  {
    id: 'job',
    header: 'Job',
    minWidth: 90,
    // Jobs are their user's alone, so that an operator may not see this one.
    cell: ({ job_id }) =>
      job_id ? <RouteLink to={`/jobs/${job_id}`}>{job_id.slice(0, 8)}</RouteLink> : '–',
  },
];

const narrowColumns = (onShow: (id: number) => void): Columns => [
  {
    id: 'letter',
    header: 'Dead letter',
    isRowHeader: true,
    cell: (letter) => (
      <SpaceBetween size="xxs">
        <EventOf letter={letter} onShow={onShow} />
        <ErrorOf letter={letter} />
        <Box fontSize="body-s" color="text-body-secondary">
          {letter.rule}, <RelativeTime at={letter.dead_at} />
        </Box>
      </SpaceBetween>
    ),
  },
];
