import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import DatePicker from '@cloudscape-design/components/date-picker';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TimeInput from '@cloudscape-design/components/time-input';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Archive, refreshBus, rulesQuery, startReplay } from '../../api/bus';
import { explain } from '../../api/errors';
import { notify } from '../../app/notices';
import { instantOf, type LocalTime, localTimeOf } from './local_time';

const NAME = /^[.\-_A-Za-z0-9]{1,64}$/;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Starts a replay of an archive: all that it kept, up to now, unless it is told otherwise. */
export function ReplayDialog({ archive, onDone }: { archive: Archive; onDone: () => void }) {
  const rules = useQuery(rulesQuery());
  const [name, setName] = useState(() => `${archive.name}-${Date.now().toString(36)}`.slice(-64));
  const [from, setFrom] = useState<LocalTime>(() =>
    localTimeOf(Math.max(Date.parse(archive.created_at), Date.now() - HOUR_MS)),
  );
  // The minute under way is in it.
  const [to, setTo] = useState<LocalTime>(() => localTimeOf(Date.now() + MINUTE_MS));
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [tried, setTried] = useState(false);
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  const begin = instantOf(from);
  const end = instantOf(to);
  const nameFault = NAME.test(name)
    ? undefined
    : 'Up to 64 letters, digits, dots, dashes and underscores.';
  const fromFault = begin === undefined ? 'Write a date and a time.' : undefined;
  const toFault =
    end === undefined
      ? 'Write a date and a time.'
      : begin !== undefined && begin >= end
        ? 'The end has to be after the start.'
        : undefined;

  const start = async () => {
    setTried(true);
    if (nameFault || fromFault || toFault || begin === undefined || end === undefined) return;
    setSaving(true);
    setFailure(undefined);
    try {
      await startReplay({
        name,
        archive: archive.name,
        from: new Date(begin).toISOString(),
        to: new Date(end).toISOString(),
        rules: [...chosen],
      });
      notify({ type: 'success', header: `Replay ${name} is started` });
      await refreshBus();
      onDone();
    } catch (error) {
      setFailure(error);
    } finally {
      setSaving(false);
    }
  };

  const options = (rules.data ?? [])
    .filter((rule) => rule.bus === archive.bus && rule.managed_by !== 'archive')
    .map((rule) => ({ label: rule.name, value: rule.name }));
  return (
    <Modal
      visible
      header={`Replay ${archive.name}`}
      closeAriaLabel="Close"
      onDismiss={onDone}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDone}>
              Leave it
            </Button>
            <Button variant="primary" loading={saving} onClick={() => void start()}>
              Start
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <Form
        errorText={failure === undefined ? undefined : explain(failure)}
        errorIconAriaLabel="Error"
      >
        <SpaceBetween size="m">
          <FormField label="Name" errorText={tried && nameFault}>
            <Input value={name} onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          <Moment
            label="Events from"
            value={from}
            fault={tried ? fromFault : undefined}
            onChange={setFrom}
          />
          <Moment
            label="Events to"
            value={to}
            fault={tried ? toFault : undefined}
            onChange={setTo}
          />
          <FormField
            label="Rules"
            description="Whose targets get the events; none chosen: those of all rules of the bus."
          >
            <Multiselect
              selectedOptions={options.filter(({ value }) => chosen.includes(value))}
              options={options}
              placeholder="All rules"
              deselectAriaLabel={({ label }) => `Remove ${label}`}
              onChange={({ detail }) =>
                setChosen(detail.selectedOptions.map(({ value }) => value ?? ''))
              }
            />
          </FormField>
        </SpaceBetween>
      </Form>
    </Modal>
  );
}

interface MomentProps {
  label: string;
  value: LocalTime;
  fault: string | undefined;
  onChange: (value: LocalTime) => void;
}

function Moment({ label, value, fault, onChange }: MomentProps) {
  return (
    <FormField label={label} description="In your own time zone." errorText={fault}>
      <SpaceBetween direction="horizontal" size="xs">
        <DatePicker
          value={value.date}
          ariaLabel={`${label}, date`}
          openCalendarAriaLabel={() => `Choose a date: ${label}`}
          previousMonthAriaLabel="Previous month"
          nextMonthAriaLabel="Next month"
          todayAriaLabel="Today"
          onChange={({ detail }) => onChange({ ...value, date: detail.value })}
        />
        <TimeInput
          value={value.time}
          format="hh:mm"
          placeholder="hh:mm"
          ariaLabel={`${label}, time`}
          onChange={({ detail }) => onChange({ ...value, time: detail.value })}
        />
      </SpaceBetween>
    </FormField>
  );
}
