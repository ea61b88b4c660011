import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { BusRule, RuleKey } from '../../api/bus';
import { number } from '../../components/format';
import { RouteLink } from '../../components/RouteLink';
import { describeArn, totalsOf } from './names';

export const pathOf = ({ bus, name }: RuleKey): string =>
  `/bus/rule?${new URLSearchParams({ bus, name })}`;

function Name({ rule }: { rule: BusRule }) {
  return (
    <>
      <RouteLink to={pathOf(rule)}>{rule.name}</RouteLink>
      {rule.managed_by && (
        <Box fontSize="body-s" color="text-body-secondary">
          Managed by {rule.managed_by === 'template' ? 'the template' : 'an archive'}
        </Box>
      )}
    </>
  );
}

function State({ rule }: { rule: BusRule }) {
  return (
    <StatusIndicator type={rule.enabled ? 'success' : 'stopped'}>
      {rule.enabled ? 'Enabled' : 'Disabled'}
    </StatusIndicator>
  );
}

function Trigger({ rule }: { rule: BusRule }) {
  return (
    <>
      {rule.schedule && <code className="bus-code">{rule.schedule}</code>}
      {rule.event_pattern && (
        <code className="bus-code bus-code-excerpt" title={rule.event_pattern}>
          {rule.event_pattern}
        </code>
      )}
    </>
  );
}

function Targets({ rule }: { rule: BusRule }) {
  if (rule.targets.length === 0) return <StatusIndicator type="warning">None</StatusIndicator>;
  return (
    <>
      {rule.targets.map(({ id, arn }) => (
        <div key={id} title={arn}>
          {describeArn(arn)}
        </div>
      ))}
    </>
  );
}

const Failures = ({ count }: { count: number }) =>
  count > 0 ? <StatusIndicator type="error">{number(count)}</StatusIndicator> : <>0</>;

const name: TableProps.ColumnDefinition<BusRule> = {
  id: 'name',
  header: 'Name',
  isRowHeader: true,
  width: 220,
  minWidth: 160,
  cell: (rule) => <Name rule={rule} />,
};

export const RULE_COLUMNS: TableProps.ColumnDefinition<BusRule>[] = [
  name,
  { id: 'bus', header: 'Bus', minWidth: 120, cell: ({ bus }) => bus },
  { id: 'state', header: 'State', minWidth: 135, cell: (rule) => <State rule={rule} /> },
  {
    id: 'trigger',
    header: 'Pattern or schedule',
    minWidth: 180,
    cell: (rule) => <Trigger rule={rule} />,
  },
  { id: 'targets', header: 'Targets', minWidth: 140, cell: (rule) => <Targets rule={rule} /> },
  { id: 'matched', header: 'Matched', minWidth: 95, cell: (rule) => number(rule.matched) },
  {
    id: 'delivered',
    header: 'Delivered',
    minWidth: 100,
    cell: (rule) => number(totalsOf(rule).delivered),
  },
  {
    id: 'failed',
    header: 'Failed tries',
    minWidth: 95,
    cell: (rule) => number(totalsOf(rule).failed),
  },
  {
    id: 'dead',
    header: 'Given up',
    minWidth: 95,
    cell: (rule) => <Failures count={totalsOf(rule).dead_lettered} />,
  },
];

/** Everything a telephone has room for, in one column. */
export const NARROW_RULE_COLUMNS: TableProps.ColumnDefinition<BusRule>[] = [
  {
    ...name,
    header: 'Rule',
    width: undefined,
    minWidth: 0,
    cell: (rule) => (
      <SpaceBetween size="xxs">
        <Name rule={rule} />
        <State rule={rule} />
        <Targets rule={rule} />
        <Box fontSize="body-s" color="text-body-secondary">
          {number(rule.matched)} matched, {number(totalsOf(rule).delivered)} delivered,{' '}
          {number(totalsOf(rule).dead_lettered)} given up
        </Box>
      </SpaceBetween>
    ),
  },
];
