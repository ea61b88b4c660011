import Button from '@cloudscape-design/components/button';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useQuery } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import { useNavigate } from 'react-router-dom';
import { type BusRule, busesQuery, deleteRule, enableRule, rulesQuery } from '../../api/bus';
import { refreshing } from '../../api/queries';
import { refreshesItself, subscribeRefresh } from '../../app/refresh';
import { Confirm } from '../../components/Confirm';
import { EmptyState } from '../../components/EmptyState';
import { count } from '../../components/format';
import { useNarrow } from '../../components/narrow';
import { ServiceDown } from '../../components/ServiceDown';
import { act } from './act';
import { BusHeader } from './BusHeader';
import { idOf, lockOf } from './names';
import { NARROW_RULE_COLUMNS, pathOf, RULE_COLUMNS } from './rule_columns';
import './bus.css';

const ALL_BUSES = { label: 'All buses', value: '' };

export function RulesPage() {
  const navigate = useNavigate();
  const narrow = useNarrow();
  const automatic = useSyncExternalStore(subscribeRefresh, refreshesItself);
  const rules = useQuery({ ...rulesQuery(), ...refreshing(automatic) });
  const buses = useQuery(busesQuery());
  const [bus, setBus] = useState('');
  const [search, setSearch] = useState('');
  const [selectedIds, setSelectedIds] = useState<readonly string[]>([]);

  const wanted = search.trim().toLowerCase();
  const shown = (rules.data ?? []).filter(
    (rule) => (!bus || rule.bus === bus) && rule.name.toLowerCase().includes(wanted),
  );
  const selected = shown.filter((rule) => selectedIds.includes(idOf(rule)));

  return (
    <SpaceBetween size="s">
      <ServiceDown error={rules.error} updatedAt={rules.dataUpdatedAt} />
      <BusHeader
        title="Rules"
        description="Which events go to which targets. Counts are since the server started."
        updatedAt={rules.dataUpdatedAt}
        busy={rules.isFetching && !rules.isPending}
      >
        <Button variant="primary" onClick={() => navigate('/bus/rule')}>
          Add a rule
        </Button>
      </BusHeader>
      <Table
        variant="container"
        trackBy={idOf}
        items={shown}
        columnDefinitions={narrow ? NARROW_RULE_COLUMNS : RULE_COLUMNS}
        loading={rules.isPending && !rules.error}
        loadingText="Loading the rules"
        selectionType="multi"
        selectedItems={selected}
        onSelectionChange={({ detail }) => setSelectedIds(detail.selectedItems.map(idOf))}
        stickyHeader={!narrow}
        wrapLines
        ariaLabels={{
          tableLabel: 'Rules',
          selectionGroupLabel: 'Selection of rules',
          allItemsSelectionLabel: () => 'Select all rules',
          itemSelectionLabel: (_, rule) => `Select ${rule.name}`,
        }}
        filter={
          <div className="bus-filter">
            <TextFilter
              filteringText={search}
              filteringPlaceholder="Find by name"
              filteringAriaLabel="Find rules by name"
              countText={wanted ? count(shown.length, 'rule') : ''}
              onChange={({ detail }) => setSearch(detail.filteringText)}
            />
            <Select
              ariaLabel="Event bus"
              selectedOption={bus ? { label: bus, value: bus } : ALL_BUSES}
              options={[
                ALL_BUSES,
                ...(buses.data ?? []).map(({ name }) => ({ label: name, value: name })),
              ]}
              onChange={({ detail }) => setBus(detail.selectedOption.value ?? '')}
            />
            <RuleActions selected={selected} onDone={() => setSelectedIds([])} />
          </div>
        }
        empty={
          rules.data && (
            <EmptyState title={wanted || bus ? 'No rule matches' : 'There are no rules'}>
              Without a rule, an event goes nowhere.
            </EmptyState>
          )
        }
      />
    </SpaceBetween>
  );
}

function RuleActions({ selected, onDone }: { selected: BusRule[]; onDone: () => void }) {
  const navigate = useNavigate();
  const [asking, setAsking] = useState<'disable' | 'delete'>();
  const [busy, setBusy] = useState(false);

  const locked = selected.map(lockOf).find(Boolean);
  const ofArchive = selected.find(({ managed_by }) => managed_by === 'archive');
  const able = (enabled: boolean) => selected.filter((rule) => rule.enabled !== enabled);
  const none = 'Select rules first.';
  const only = selected[0];

  const run = async (does: () => Promise<string>, failure: string) => {
    setAsking(undefined);
    setBusy(true);
    if (await act(does, failure)) onDone();
    setBusy(false);
  };
  const setEnabled = (enabled: boolean) =>
    run(
      async () => {
        const rules = able(enabled);
        for (const rule of rules) await enableRule(rule, enabled);
        return `${count(rules.length, 'rule')} ${enabled ? 'enabled' : 'disabled'}`;
      },
      enabled ? 'Not every rule could be enabled' : 'Not every rule could be disabled',
    );
  const remove = () =>
    run(async () => {
      for (const rule of selected) await deleteRule(rule);
      return `${count(selected.length, 'rule')} deleted`;
    }, 'Not every rule could be deleted');
  const names = selected.map(({ name }) => name).join(', ');

  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          disabled={able(true).length === 0 || Boolean(ofArchive)}
          disabledReason={(ofArchive && lockOf(ofArchive)) ?? 'Select disabled rules first.'}
          loading={busy}
          onClick={() => void setEnabled(true)}
        >
          Enable
        </Button>
        <Button
          disabled={able(false).length === 0 || Boolean(ofArchive)}
          disabledReason={(ofArchive && lockOf(ofArchive)) ?? 'Select enabled rules first.'}
          loading={busy}
          onClick={() =>
            selected.some(({ managed }) => managed) ? setAsking('disable') : void setEnabled(false)
          }
        >
          Disable
        </Button>
        <Button
          disabled={selected.length !== 1 || Boolean(locked)}
          disabledReason={selected.length === 1 ? locked : 'Select one rule first.'}
          onClick={() => only && navigate(pathOf(only))}
        >
          Edit
        </Button>
        <Button
          disabled={selected.length === 0 || Boolean(locked)}
          disabledReason={selected.length === 0 ? none : locked}
          loading={busy}
          onClick={() => setAsking('delete')}
        >
          Delete
        </Button>
      </SpaceBetween>
      {asking === 'delete' && (
        <Confirm
          question={`Delete ${count(selected.length, 'rule')}?`}
          verb="Delete"
          onConfirm={() => void remove()}
          onDismiss={() => setAsking(undefined)}
        >
          {names}: with their targets. What is under way to them is still delivered.
        </Confirm>
      )}
      {asking === 'disable' && (
        <Confirm
          question={`Disable ${count(selected.length, 'rule')}?`}
          verb="Disable"
          onConfirm={() => void setEnabled(false)}
          onDismiss={() => setAsking(undefined)}
        >
          {names}: the service works by such a rule. While it is disabled, new jobs wait.
        </Confirm>
      )}
    </>
  );
}
