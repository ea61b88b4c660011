import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import './bus.css';
import { newTarget, TARGETS_MAX, type TargetDraft } from './rule_draft';

interface Props {
  targets: TargetDraft[];
  faults: Record<string, string>;
  readOnly: boolean;
  onChange: (targets: TargetDraft[]) => void;
}

export function TargetFields({ targets, faults, readOnly, onChange }: Props) {
  const freeNumber = () => {
    let number = targets.length + 1;
    while (targets.some(({ id }) => id === `target-${number}`)) number += 1;
    return number;
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${targets.length})`}
          description="Each is given every event of the rule."
          actions={
            !readOnly && (
              <Button
                formAction="none"
                disabled={targets.length >= TARGETS_MAX}
                disabledReason={`A rule has up to ${TARGETS_MAX} targets.`}
                onClick={() => onChange([...targets, newTarget(freeNumber())])}
              >
                Add a target
              </Button>
            )
          }
        >
          Targets
        </Header>
      }
    >
      <SpaceBetween size="l">
        {targets.length === 0 && (
          <Box color="text-body-secondary">Without a target, the rule only counts.</Box>
        )}
        {targets.map((target, index) => (
          <Target
            // Not the id, which is typed into.
            key={index}
            number={index + 1}
            target={target}
            faultOf={(field) => faults[`targets.${index}.${field}`]}
            readOnly={readOnly}
            onChange={(changed) =>
              onChange(targets.map((other, at) => (at === index ? changed : other)))
            }
            onRemove={() => onChange(targets.filter((_, at) => at !== index))}
          />
        ))}
      </SpaceBetween>
    </Container>
  );
}

interface TargetProps {
  number: number;
  target: TargetDraft;
  faultOf: (field: string) => string | undefined;
  readOnly: boolean;
  onChange: (target: TargetDraft) => void;
  onRemove: () => void;
}

function Target({ number, target, faultOf, readOnly, onChange, onRemove }: TargetProps) {
  const input = (
    field: 'id' | 'arn' | 'retries' | 'ageSeconds' | 'deadLetterArn',
    numeric = false,
  ) => (
    <Input
      value={target[field]}
      readOnly={readOnly}
      inputMode={numeric ? 'numeric' : 'text'}
      onChange={({ detail }) => onChange({ ...target, [field]: detail.value })}
    />
  );
  const { input: text, input_path, input_transformer } = target.kept;
  const given = text ?? input_path ?? input_transformer?.input_template;
  return (
    <fieldset className="bus-target" aria-label={`Target ${number}`}>
      <SpaceBetween size="s">
        <FormField
          label="Target ARN"
          description="A queue, log group, event bus or API destination of this server, or its function."
          errorText={faultOf('arn')}
          secondaryControl={
            !readOnly && (
              <Button formAction="none" ariaLabel={`Remove target ${number}`} onClick={onRemove}>
                Remove
              </Button>
            )
          }
        >
          {input('arn')}
        </FormField>
        <ColumnLayout columns={4}>
          <FormField label="Id" errorText={faultOf('id')}>
            {input('id')}
          </FormField>
          <FormField label="Retries" errorText={faultOf('retries')}>
            {input('retries', true)}
          </FormField>
          <FormField label="Age in seconds, at most" errorText={faultOf('ageSeconds')}>
            {input('ageSeconds', true)}
          </FormField>
          <FormField label="Dead-letter queue ARN">{input('deadLetterArn')}</FormField>
        </ColumnLayout>
        {given && (
          <Box>
            <Box variant="awsui-key-label">Given in place of the event</Box>
            <code className="bus-code">{given}</code>
          </Box>
        )}
      </SpaceBetween>
    </fieldset>
  );
}
