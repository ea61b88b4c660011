import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useSearchParams } from 'react-router-dom';
import {
  type BusRule,
  deliveriesQuery,
  type Outcome,
  type RouteFilter,
  rulesQuery,
  triesQuery,
} from '../../api/bus';
import { refreshing } from '../../api/queries';
import { refreshesItself, subscribeRefresh } from '../../app/refresh';
import { EmptyState } from '../../components/EmptyState';
import { number } from '../../components/format';
import { useNarrow } from '../../components/narrow';
import { ServiceDown } from '../../components/ServiceDown';
import { BusHeader } from './BusHeader';
import {
  DELIVERY_COLUMNS,
  NARROW_DELIVERY_COLUMNS,
  NARROW_TRY_COLUMNS,
  TRY_COLUMNS,
  tryId,
} from './delivery_columns';
import { OUTCOMES } from './names';
import './bus.css';

export function DeliveriesPage() {
  const [parameters, setParameters] = useSearchParams();
  const narrow = useNarrow();
  const automatic = useSyncExternalStore(subscribeRefresh, refreshesItself);
  const filter: RouteFilter = {
    bus: parameters.get('bus') ?? '',
    rule: parameters.get('rule') ?? '',
    target_id: parameters.get('target') ?? '',
  };
  const named = parameters.get('outcome') ?? '';
  const outcome = named in OUTCOMES ? (named as Outcome) : undefined;
  const rules = useQuery(rulesQuery());
  const deliveries = useQuery({ ...deliveriesQuery(filter), ...refreshing(automatic) });
  const tries = useQuery({ ...triesQuery(filter, outcome), ...refreshing(automatic) });

  const narrowTo = (change: Record<string, string>) =>
    setParameters((before) => {
      for (const [name, value] of Object.entries(change)) {
        if (value) before.set(name, value);
        else before.delete(name);
      }
      return before;
    });
  const underWay = [...(deliveries.data?.running ?? []), ...(deliveries.data?.retrying ?? [])];

  return (
    <SpaceBetween size="m">
      <ServiceDown error={deliveries.error ?? tries.error} updatedAt={deliveries.dataUpdatedAt} />
      <BusHeader
        title="Deliveries"
        description="Events on their way to the targets of rules, and how their last tries ended."
        updatedAt={deliveries.dataUpdatedAt}
        busy={deliveries.isFetching && !deliveries.isPending}
      />
      <Container>
        <SpaceBetween size="m">
          <Filters filter={filter} outcome={outcome} rules={rules.data ?? []} onChange={narrowTo} />
          {deliveries.data && (
            <KeyValuePairs
              columns={3}
              items={[
                { label: 'With their targets', value: number(deliveries.data.running_count) },
                { label: 'Waiting for a retry', value: number(deliveries.data.retrying_count) },
                { label: 'Waiting for their turn', value: number(deliveries.data.queued_count) },
              ]}
            />
          )}
        </SpaceBetween>
      </Container>
      <Table
        variant="container"
        header={<Header variant="h2">Under way</Header>}
        trackBy="id"
        items={underWay}
        columnDefinitions={narrow ? NARROW_DELIVERY_COLUMNS : DELIVERY_COLUMNS}
        loading={deliveries.isPending && !deliveries.error}
        loadingText="Loading the deliveries"
        wrapLines
        ariaLabels={{ tableLabel: 'Deliveries under way' }}
        empty={
          deliveries.data && (
            <EmptyState title="Nothing is under way">
              No target is being called, and none is waited for.
            </EmptyState>
          )
        }
      />
      <Table
        variant="container"
        header={
          <Header variant="h2" description="Of each target the last 64; a restart empties it.">
            Last tries
          </Header>
        }
        trackBy={tryId}
        items={tries.data ?? []}
        columnDefinitions={narrow ? NARROW_TRY_COLUMNS : TRY_COLUMNS}
        loading={tries.isPending && !tries.error}
        loadingText="Loading the last tries"
        wrapLines
        ariaLabels={{ tableLabel: 'Last tries' }}
        empty={
          tries.data && (
            <EmptyState title="No tries">
              Nothing was delivered since the server started.
            </EmptyState>
          )
        }
      />
    </SpaceBetween>
  );
}

interface FiltersProps {
  filter: RouteFilter;
  outcome: Outcome | undefined;
  rules: BusRule[];
  onChange: (change: Record<string, string>) => void;
}

const ANY_RULE = { label: 'All rules', value: '' };
const ANY_TARGET = { label: 'All targets', value: '' };
const ANY_OUTCOME = { label: 'Any outcome', value: '' };

function Filters({ filter, outcome, rules, onChange }: FiltersProps) {
  const chosen = rules.find(({ bus, name }) => bus === filter.bus && name === filter.rule);
  const ruleOptions = rules.map(({ bus, name }, index) => ({
    label: name,
    value: String(index),
    description: bus,
  }));
  const outcomes = Object.entries(OUTCOMES).map(([value, { label }]) => ({ value, label }));
  return (
    <ColumnLayout columns={3}>
      <Select
        ariaLabel="Rule"
        filteringType="auto"
        filteringAriaLabel="Find a rule"
        selectedOption={filter.rule ? { label: filter.rule, value: filter.rule } : ANY_RULE}
        options={[ANY_RULE, ...ruleOptions]}
        onChange={({ detail }) => {
          const rule = rules[Number(detail.selectedOption.value || 'none')];
          onChange({ bus: rule?.bus ?? '', rule: rule?.name ?? '', target: '' });
        }}
      />
      <Select
        ariaLabel="Target"
        disabled={!chosen}
        selectedOption={
          filter.target_id ? { label: filter.target_id, value: filter.target_id } : ANY_TARGET
        }
        options={[
          ANY_TARGET,
          ...(chosen?.targets ?? []).map(({ id, arn }) => ({
            label: id,
            value: id,
            description: arn,
          })),
        ]}
        onChange={({ detail }) => onChange({ target: detail.selectedOption.value ?? '' })}
      />
      <Select
        ariaLabel="Outcome of tries"
        selectedOption={outcome ? { label: OUTCOMES[outcome].label, value: outcome } : ANY_OUTCOME}
        options={[ANY_OUTCOME, ...outcomes]}
        onChange={({ detail }) => onChange({ outcome: detail.selectedOption.value ?? '' })}
      />
    </ColumnLayout>
  );
}
