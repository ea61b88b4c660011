import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Delivery, Try } from '../../api/bus';
import { absoluteTime, duration } from '../../components/format';
import { RelativeTime } from '../../components/RelativeTime';
import { describeArn, OUTCOMES } from './names';

interface Routed {
  bus: string;
  rule: string;
  target_id: string;
  target_arn: string;
}

function Route({ of }: { of: Routed }) {
  return (
    <>
      {of.rule}
      <Box fontSize="body-s" color="text-body-secondary">
        <span title={of.target_arn}>
          {of.target_id}: {describeArn(of.target_arn)}
        </span>
      </Box>
    </>
  );
}

function Event({ of }: { of: { event_id: string; detail_type?: string; source?: string } }) {
  return (
    <>
      {of.detail_type && (
        <>
          {of.detail_type}, of {of.source}
        </>
      )}
      <Box fontSize="body-s" color="text-body-secondary">
        {of.event_id}
      </Box>
    </>
  );
}

/** The code and what it means here; nothing where nothing failed. */
function Reason({ code, message }: { code: string | null; message: string | null }) {
  if (!code && !message) return <>–</>;
  return (
    <>
      {code}
      <Box fontSize="body-s" color="text-body-secondary">
        {message}
      </Box>
    </>
  );
}

const When = ({ at }: { at: string }) => <time dateTime={at}>{absoluteTime(at)}</time>;

function State({ of }: { of: Delivery }) {
  if (of.since) return <StatusIndicator type="in-progress">With its target</StatusIndicator>;
  return (
    <>
      <StatusIndicator type="pending">Waits for a retry</StatusIndicator>
      {of.next_at && (
        <Box fontSize="body-s" color="text-body-secondary">
          at <When at={of.next_at} />
        </Box>
      )}
    </>
  );
}

function OutcomeOf({ of }: { of: Try }) {
  const { type, label } = OUTCOMES[of.outcome];
  return (
    <>
      <StatusIndicator type={type}>{label}</StatusIndicator>
      {of.next_at && (
        <Box fontSize="body-s" color="text-body-secondary">
          at <When at={of.next_at} />
        </Box>
      )}
    </>
  );
}

/** "0.4 ms" where it is less than one. */
const latency = (ms: number): string => (ms < 1 ? `${ms.toFixed(1)} ms` : duration(ms));

const event: TableProps.ColumnDefinition<Delivery> = {
  id: 'event',
  header: 'Event',
  isRowHeader: true,
  minWidth: 220,
  cell: (delivery) => <Event of={delivery} />,
};

export const DELIVERY_COLUMNS: TableProps.ColumnDefinition<Delivery>[] = [
  event,
  { id: 'route', header: 'Rule and target', minWidth: 200, cell: (each) => <Route of={each} /> },
  { id: 'state', header: 'State', minWidth: 180, cell: (each) => <State of={each} /> },
  { id: 'attempts', header: 'Failed tries', minWidth: 90, cell: ({ attempts }) => attempts },
  {
    id: 'reason',
    header: 'Reason',
    minWidth: 220,
    cell: (each) => <Reason code={each.error_code} message={each.error_message} />,
  },
  {
    id: 'created',
    header: 'Matched',
    minWidth: 110,
    cell: ({ created_at }) => <RelativeTime at={created_at} />,
  },
];

export const NARROW_DELIVERY_COLUMNS: TableProps.ColumnDefinition<Delivery>[] = [
  {
    ...event,
    header: 'Delivery',
    minWidth: 0,
    cell: (each) => (
      <SpaceBetween size="xxs">
        <Route of={each} />
        <State of={each} />
        <Reason code={each.error_code} message={each.error_message} />
      </SpaceBetween>
    ),
  },
];

export const tryId = (each: Try): string =>
  `${each.at} ${each.event_id} ${each.bus} ${each.rule} ${each.target_id} ${each.stage} ${each.attempt}`;

const at: TableProps.ColumnDefinition<Try> = {
  id: 'at',
  header: 'Time',
  isRowHeader: true,
  minWidth: 110,
  cell: (each) => <RelativeTime at={each.at} />,
};

export const TRY_COLUMNS: TableProps.ColumnDefinition<Try>[] = [
  at,
  { id: 'event', header: 'Event', minWidth: 200, cell: (each) => <Event of={each} /> },
  { id: 'route', header: 'Rule and target', minWidth: 200, cell: (each) => <Route of={each} /> },
  {
    id: 'attempt',
    header: 'Try',
    minWidth: 70,
    cell: ({ attempt, stage }) => (
      <>
        {attempt}
        {stage === 'invocation' && (
          <Box fontSize="body-s" color="text-body-secondary">
            of the function
          </Box>
        )}
      </>
    ),
  },
  { id: 'outcome', header: 'Outcome', minWidth: 180, cell: (each) => <OutcomeOf of={each} /> },
  {
    id: 'reason',
    header: 'Reason',
    minWidth: 200,
    cell: (each) => <Reason code={each.error_code} message={each.error_message} />,
  },
  { id: 'status', header: 'HTTP', minWidth: 70, cell: ({ status }) => status ?? '–' },
  {
    id: 'latency',
    header: 'Latency',
    minWidth: 90,
    cell: ({ latency_ms }) => latency(latency_ms),
  },
];

export const NARROW_TRY_COLUMNS: TableProps.ColumnDefinition<Try>[] = [
  {
    ...at,
    header: 'Try',
    minWidth: 0,
    cell: (each) => (
      <SpaceBetween size="xxs">
        <Route of={each} />
        <OutcomeOf of={each} />
        {each.error_code && <Reason code={each.error_code} message={each.error_message} />}
        <Box fontSize="body-s" color="text-body-secondary">
          {latency(each.latency_ms)}, <RelativeTime at={each.at} />
        </Box>
      </SpaceBetween>
    ),
  },
];
