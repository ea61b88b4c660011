import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { type BusRule, busesQuery, putRule, refreshBus } from '../../api/bus';
import { explain } from '../../api/errors';
import { notify } from '../../app/notices';
import { lockOf } from './names';
import { PatternEditor } from './PatternEditor';
import { draftOf, faultsOf, newDraft, type RuleDraft, settingsOf } from './rule_draft';
import { TargetFields } from './TargetFields';
import './bus.css';

const DEFAULT_BUS = 'default';

export function RuleForm({ known }: { known?: BusRule }) {
  const navigate = useNavigate();
  const buses = useQuery(busesQuery());
  const [draft, setDraft] = useState<RuleDraft>(() =>
    known ? draftOf(known) : newDraft(DEFAULT_BUS),
  );
  const [tried, setTried] = useState(false);
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  const lock = known && lockOf(known);
  const locked = Boolean(lock);
  const faults = tried ? faultsOf(draft) : {};
  const change = (part: Partial<RuleDraft>) => setDraft((before) => ({ ...before, ...part }));
  const leave = () => navigate('/bus/rules');

  const save = async () => {
    setTried(true);
    if (locked || Object.keys(faultsOf(draft)).length > 0) return;
    setSaving(true);
    setFailure(undefined);
    try {
      await putRule({ bus: draft.bus, name: draft.name }, settingsOf(draft));
      notify({ type: 'success', header: `Rule ${draft.name} is saved` });
      await refreshBus();
      leave();
    } catch (error) {
      setFailure(error);
    } finally {
      setSaving(false);
    }
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Form
        header={
          <Header variant="h1" description={known ? `On the bus ${known.bus}` : undefined}>
            {known ? known.name : 'Add a rule'}
          </Header>
        }
        errorText={failure === undefined ? undefined : explain(failure)}
        errorIconAriaLabel="Error"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" onClick={leave}>
              {locked ? 'Back' : 'Leave it'}
            </Button>
            {!locked && (
              <Button variant="primary" loading={saving}>
                Save
              </Button>
            )}
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {lock && (
            <Alert type="info" header="This rule is not edited here">
              {lock}
            </Alert>
          )}
          <Container header={<Header variant="h2">Rule</Header>}>
            <SpaceBetween size="m">
              {!known && (
                <>
                  <FormField label="Event bus">
                    <Select
                      selectedOption={{ label: draft.bus, value: draft.bus }}
                      options={(buses.data ?? []).map(({ name }) => ({ label: name, value: name }))}
                      onChange={({ detail }) => change({ bus: detail.selectedOption.value ?? '' })}
                    />
                  </FormField>
                  <FormField label="Name" errorText={faults.name}>
                    <Input
                      value={draft.name}
                      onChange={({ detail }) => change({ name: detail.value })}
                    />
                  </FormField>
                </>
              )}
              <FormField label="Description">
                <Input
                  value={draft.description}
                  readOnly={locked}
                  onChange={({ detail }) => change({ description: detail.value.slice(0, 512) })}
                />
              </FormField>
              <Toggle
                checked={draft.enabled}
                disabled={locked}
                onChange={({ detail }) => change({ enabled: detail.checked })}
              >
                Enabled
              </Toggle>
            </SpaceBetween>
          </Container>
          <Container header={<Header variant="h2">Events</Header>}>
            <SpaceBetween size="m">
              <FormField label="The rule fires">
                <RadioGroup
                  value={draft.trigger}
                  items={[
                    {
                      value: 'pattern',
                      label: 'For events that match a pattern',
                      disabled: locked,
                    },
                    {
                      value: 'schedule',
                      label: 'By a schedule',
                      description: 'On the default bus.',
                      disabled: locked || draft.bus !== DEFAULT_BUS,
                    },
                  ]}
                  onChange={({ detail }) =>
                    change({ trigger: detail.value as RuleDraft['trigger'] })
                  }
                />
              </FormField>
              {draft.trigger === 'pattern' ? (
                <PatternEditor
                  bus={draft.bus}
                  value={draft.pattern}
                  fault={faults.pattern}
                  readOnly={locked}
                  onChange={(pattern) => change({ pattern })}
                />
              ) : (
                <FormField
                  label="Schedule"
                  description="rate(5 minutes), or cron(0 12 * * ? *) in UTC."
                  errorText={faults.schedule}
                >
                  <Input
                    value={draft.schedule}
                    readOnly={locked}
                    onChange={({ detail }) => change({ schedule: detail.value })}
                  />
                </FormField>
              )}
            </SpaceBetween>
          </Container>
          <TargetFields
            targets={draft.targets}
            faults={faults}
            readOnly={locked}
            onChange={(targets) => change({ targets })}
          />
        </SpaceBetween>
      </Form>
    </form>
  );
}
