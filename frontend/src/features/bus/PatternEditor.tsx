import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import Textarea from '@cloudscape-design/components/textarea';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { patternTestQuery, type RecentEvent, recentEventsQuery } from '../../api/bus';
import { explain } from '../../api/errors';
import { count, number } from '../../components/format';
import { RelativeTime } from '../../components/RelativeTime';
import { indented } from './names';
import './bus.css';

interface Props {
  bus: string;
  value: string;
  fault: string | undefined;
  hint?: string;
  readOnly: boolean;
  onChange: (pattern: string) => void;
}

/** How long the test waits for further letters. */
const TEST_DELAY_MS = 300;
const SHOWN_EVENTS = 10;

/** A pattern, tried on the last events of its bus as it is typed. */
export function PatternEditor({ bus, value, fault, hint, readOnly, onChange }: Props) {
  const tested = useDelayed(value, TEST_DELAY_MS);
  const events = useQuery(recentEventsQuery(bus));
  const test = useQuery({
    ...patternTestQuery(bus, tested),
    enabled: Boolean(tested.trim()),
  });
  const result = tested.trim() ? test.data : undefined;
  return (
    <SpaceBetween size="s">
      <FormField
        label="Event pattern"
        description="JSON: each name that stands in it must have one of the values listed."
        constraintText={hint}
        errorText={fault ?? result?.reason}
        stretch
      >
        <div className="bus-pattern">
          <Textarea
            value={value}
            rows={10}
            spellcheck={false}
            readOnly={readOnly}
            onChange={({ detail }) => onChange(detail.value)}
          />
        </div>
      </FormField>
      <div role="status" aria-live="polite">
        {test.error && <StatusIndicator type="error">{explain(test.error)}</StatusIndicator>}
        {result && (
          <Verdict reason={result.reason} matched={result.matched.length} tested={result.tested} />
        )}
      </div>
      {events.data && events.data.events.length > 0 && (
        <ExpandableSection
          headerText={`Last ${count(Math.min(events.data.events.length, SHOWN_EVENTS), 'event')} of this bus`}
          defaultExpanded={!readOnly}
        >
          <Table
            variant="embedded"
            wrapLines
            ariaLabels={{ tableLabel: 'Recent events' }}
            trackBy="event_id"
            items={events.data.events.slice(0, SHOWN_EVENTS)}
            columnDefinitions={columnsFor(result?.reason ? [] : (result?.matched ?? []))}
          />
        </ExpandableSection>
      )}
      {events.data && events.data.too_large > 0 && (
        <Box fontSize="body-s" color="text-body-secondary">
          {count(events.data.too_large, 'event')} of this bus{' '}
          {events.data.too_large === 1 ? 'was' : 'were'} too large to be kept for this test.
        </Box>
      )}
    </SpaceBetween>
  );
}

function Verdict({
  reason,
  matched,
  tested,
}: {
  reason: string | null;
  matched: number;
  tested: number;
}) {
  if (reason) return <StatusIndicator type="error">This is no event pattern</StatusIndicator>;
  if (tested === 0) {
    return (
      <StatusIndicator type="info">
        The pattern is sound. This bus has had no event since the server started.
      </StatusIndicator>
    );
  }
  return (
    <StatusIndicator type={matched > 0 ? 'success' : 'warning'}>
      Matches {number(matched)} of the last {count(tested, 'event')}
    </StatusIndicator>
  );
}

const columnsFor = (matched: readonly string[]) => [
  {
    id: 'matches',
    header: 'Pattern',
    cell: ({ event_id }: RecentEvent) =>
      matched.includes(event_id) ? (
        <StatusIndicator type="success">Matches</StatusIndicator>
      ) : (
        <StatusIndicator type="stopped">Does not</StatusIndicator>
      ),
  },
  {
    id: 'what',
    header: 'Event',
    isRowHeader: true,
    cell: (event: RecentEvent) => (
      <ExpandableSection headerText={`${event.detail_type}, of ${event.source}`}>
        <pre className="bus-code">{indented(event.event)}</pre>
      </ExpandableSection>
    ),
  },
  {
    id: 'time',
    header: 'Time',
    cell: ({ time }: RecentEvent) => <RelativeTime at={time} />,
  },
];

/** The value as it was when it last rested for so long. */
function useDelayed(value: string, ms: number): string {
  const [delayed, setDelayed] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return delayed;
}
