import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Archive, busesQuery, createArchive, refreshBus, updateArchive } from '../../api/bus';
import { explain } from '../../api/errors';
import { notify } from '../../app/notices';
import { PatternEditor } from './PatternEditor';

const NAME = /^[.\-_A-Za-z0-9]{1,48}$/;

/** Creates an archive, or changes what a known one keeps and for how long. */
export function ArchiveDialog({ known, onDone }: { known?: Archive; onDone: () => void }) {
  const buses = useQuery(busesQuery());
  const [name, setName] = useState(known?.name ?? '');
  const [bus, setBus] = useState(known?.bus ?? 'default');
  const [description, setDescription] = useState(known?.description ?? '');
  const [pattern, setPattern] = useState(known?.event_pattern ?? '');
  const [days, setDays] = useState(String(known?.retention_days ?? 0));
  const [tried, setTried] = useState(false);
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  const nameFault = NAME.test(name)
    ? undefined
    : 'Up to 48 letters, digits, dots, dashes and underscores.';
  const daysFault = /^\d{1,9}$/.test(days.trim())
    ? undefined
    : 'A whole number of days; 0: for ever.';

  const save = async () => {
    setTried(true);
    if (nameFault || daysFault) return;
    setSaving(true);
    setFailure(undefined);
    const settings = { description, event_pattern: pattern.trim(), retention_days: Number(days) };
    try {
      if (known) await updateArchive(name, settings);
      else await createArchive({ name, bus, ...settings });
      notify({ type: 'success', header: `Archive ${name} is ${known ? 'saved' : 'created'}` });
      await refreshBus();
      onDone();
    } catch (error) {
      setFailure(error);
    } finally {
      setSaving(false);
    }
  };

  return (
    <Modal
      visible
      size="large"
      header={known ? `Archive ${known.name}` : 'Create an archive'}
      closeAriaLabel="Close"
      onDismiss={onDone}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDone}>
              Leave it
            </Button>
            <Button variant="primary" loading={saving} onClick={() => void save()}>
              {known ? 'Save' : 'Create'}
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
          {!known && (
            <>
              <FormField label="Name" errorText={tried && nameFault}>
                <Input value={name} onChange={({ detail }) => setName(detail.value)} />
              </FormField>
              <FormField label="Event bus">
                <Select
                  selectedOption={{ label: bus, value: bus }}
                  options={(buses.data ?? []).map((each) => ({
                    label: each.name,
                    value: each.name,
                  }))}
                  onChange={({ detail }) => setBus(detail.selectedOption.value ?? '')}
                />
              </FormField>
            </>
          )}
          <FormField label="Description">
            <Input
              value={description}
              onChange={({ detail }) => setDescription(detail.value.slice(0, 512))}
            />
          </FormField>
          <FormField
            label="Keep events for so many days"
            description="0: for ever."
            errorText={tried && daysFault}
          >
            <Input
              value={days}
              inputMode="numeric"
              onChange={({ detail }) => setDays(detail.value)}
            />
          </FormField>
          <PatternEditor
            bus={bus}
            value={pattern}
            fault={undefined}
            hint="Empty: every event of the bus is kept."
            readOnly={false}
            onChange={setPattern}
          />
        </SpaceBetween>
      </Form>
    </Modal>
  );
}
