import type { BusRule, RuleSettings, TargetSettings } from '../../api/bus';

/** A rule as it stands in the form. What the form does not show is kept as it was. */
export interface RuleDraft {
  bus: string;
  name: string;
  description: string;
  trigger: 'pattern' | 'schedule';
  pattern: string;
  schedule: string;
  enabled: boolean;
  targets: TargetDraft[];
  roleArn: string | null;
  /** A rule may have a schedule beside its pattern, which the form then leaves as it is. */
  hasBoth: boolean;
}

export interface TargetDraft {
  id: string;
  arn: string;
  retries: string;
  ageSeconds: string;
  deadLetterArn: string;
  kept: Pick<
    TargetSettings,
    'role_arn' | 'input' | 'input_path' | 'input_transformer' | 'http_parameters'
  >;
}

/** The limits of EventBridge. */
export const TARGETS_MAX = 5;
const RETRIES_MAX = 185;
const AGE_SECONDS = { min: 60, max: 86_400 };
const NAME = /^[.\-_A-Za-z0-9]{1,64}$/;

export const newTarget = (number: number): TargetDraft => ({
  id: `target-${number}`,
  arn: '',
  retries: String(RETRIES_MAX),
  ageSeconds: String(AGE_SECONDS.max),
  deadLetterArn: '',
  kept: {},
});

export const newDraft = (bus: string): RuleDraft => ({
  bus,
  name: '',
  description: '',
  trigger: 'pattern',
  pattern: '{\n  "source": ["agent2.ingestor"]\n}',
  schedule: '',
  enabled: true,
  targets: [newTarget(1)],
  roleArn: null,
  hasBoth: false,
});

export const draftOf = (rule: BusRule): RuleDraft => ({
  bus: rule.bus,
  name: rule.name,
  description: rule.description,
  trigger: rule.schedule && !rule.event_pattern ? 'schedule' : 'pattern',
  pattern: rule.event_pattern,
  schedule: rule.schedule ?? '',
  enabled: rule.enabled,
  targets: rule.targets.map((target) => ({
    id: target.id,
    arn: target.arn,
    retries: String(target.maximum_retry_attempts),
    ageSeconds: String(target.maximum_event_age_seconds),
    deadLetterArn: target.dead_letter_arn ?? '',
    kept: {
      role_arn: target.role_arn,
      input: target.input,
      input_path: target.input_path,
      input_transformer: target.input_transformer,
      http_parameters: target.http_parameters,
    },
  })),
  roleArn: rule.role_arn,
  hasBoth: Boolean(rule.schedule && rule.event_pattern),
});

export function settingsOf(draft: RuleDraft): RuleSettings {
  const byPattern = draft.trigger === 'pattern';
  return {
    description: draft.description,
    event_pattern: byPattern ? draft.pattern : null,
    schedule: byPattern && !draft.hasBoth ? null : draft.schedule.trim() || null,
    role_arn: draft.roleArn,
    enabled: draft.enabled,
    targets: draft.targets.map((target) => ({
      id: target.id,
      arn: target.arn.trim(),
      maximum_retry_attempts: Number(target.retries),
      maximum_event_age_seconds: Number(target.ageSeconds),
      dead_letter_arn: target.deadLetterArn.trim() || null,
      ...target.kept,
    })),
  };
}

const isWhole = (text: string, min: number, max: number): boolean =>
  /^\d+$/.test(text.trim()) && Number(text) >= min && Number(text) <= max;

/** What is wrong with the draft, by field; a target's are `targets.0.arn`. */
export function faultsOf(draft: RuleDraft): Record<string, string> {
  const faults: Record<string, string> = {};
  if (!NAME.test(draft.name)) {
    faults.name = 'Up to 64 letters, digits, dots, dashes and underscores.';
  }
  if (draft.trigger === 'pattern' && !draft.pattern.trim()) faults.pattern = 'Write a pattern.';
  if (draft.trigger === 'schedule' && !draft.schedule.trim()) {
    faults.schedule = 'Write a schedule, such as rate(5 minutes).';
  }
  draft.targets.forEach((target, index) => {
    const at = (field: string) => `targets.${index}.${field}`;
    if (!NAME.test(target.id)) {
      faults[at('id')] = 'Up to 64 letters, digits, dots, dashes and underscores.';
    } else if (draft.targets.findIndex(({ id }) => id === target.id) !== index) {
      faults[at('id')] = 'Another target has this id.';
    }
    if (!target.arn.trim())
      faults[at('arn')] = 'Write the ARN of a queue, log group, bus, API destination or function.';
    if (!isWhole(target.retries, 0, RETRIES_MAX)) {
      faults[at('retries')] = `A whole number from 0 to ${RETRIES_MAX}.`;
    }
    if (!isWhole(target.ageSeconds, AGE_SECONDS.min, AGE_SECONDS.max)) {
      faults[at('ageSeconds')] = 'From 60 to 86,400 seconds.';
    }
  });
  return faults;
}
