import { describe, expect, it } from 'vitest';
import type { BusRule } from '../../api/bus';
import { draftOf, faultsOf, newDraft, newTarget, settingsOf } from './rule_draft';

const rule: BusRule = {
  bus: 'orders',
  name: 'r',
  description: 'd',
  event_pattern: '{"source":["s"]}',
  schedule: null,
  role_arn: 'arn:role',
  enabled: false,
  managed: false,
  managed_by: null,
  fired_at: null,
  matched: 3,
  targets: [
    {
      id: 't',
      arn: 'arn:aws:sqs:us-east-1:000000000000:q',
      maximum_retry_attempts: 2,
      maximum_event_age_seconds: 60,
      dead_letter_arn: null,
      role_arn: 'arn:target-role',
      input: null,
      input_path: '$.detail',
      input_transformer: null,
      http_parameters: { header_parameters: { 'X-Kind': 'parcel' } },
      managed: false,
      counts: { delivered: 0, failed: 0, retried: 0, dead_lettered: 0 },
    },
  ],
};

describe('a rule that is put as it was found', () => {
  it('loses nothing', () => {
    const settings = settingsOf(draftOf(rule));
    expect(settings).toEqual({
      description: 'd',
      event_pattern: '{"source":["s"]}',
      schedule: null,
      role_arn: 'arn:role',
      enabled: false,
      targets: [
        {
          id: 't',
          arn: 'arn:aws:sqs:us-east-1:000000000000:q',
          maximum_retry_attempts: 2,
          maximum_event_age_seconds: 60,
          dead_letter_arn: null,
          role_arn: 'arn:target-role',
          input: null,
          input_path: '$.detail',
          input_transformer: null,
          http_parameters: { header_parameters: { 'X-Kind': 'parcel' } },
        },
      ],
    });
  });
  it('keeps both of a pattern and a schedule', () => {
    const both = { ...rule, schedule: 'rate(5 minutes)' };
    expect(settingsOf(draftOf(both))).toMatchObject({
      event_pattern: '{"source":["s"]}',
      schedule: 'rate(5 minutes)',
    });
  });
});

describe('faults', () => {
  it('are none where all is there', () => expect(faultsOf(draftOf(rule))).toEqual({}));
  it('name their fields', () => {
    const draft = newDraft('default');
    draft.pattern = ' ';
    draft.targets = [
      { ...newTarget(1), retries: '186' },
      { ...newTarget(1), arn: 'arn:x', ageSeconds: '59' },
    ];
    expect(Object.keys(faultsOf(draft)).sort()).toEqual([
      'name',
      'pattern',
      'targets.0.arn',
      'targets.0.retries',
      'targets.1.ageSeconds',
      'targets.1.id',
    ]);
  });
  it('want a schedule where there is to be one', () => {
    const draft = { ...newDraft('default'), name: 'r', trigger: 'schedule' as const };
    draft.targets = [];
    expect(faultsOf(draft)).toHaveProperty('schedule');
    expect(faultsOf({ ...draft, schedule: 'rate(1 day)' })).toEqual({});
  });
  it('take the edges', () => {
    const draft = draftOf(rule);
    draft.targets = draft.targets.map((target) => ({
      ...target,
      retries: '0',
      ageSeconds: '86400',
    }));
    expect(faultsOf(draft)).toEqual({});
    draft.targets = draft.targets.map((target) => ({ ...target, ageSeconds: '86401' }));
    expect(faultsOf(draft)).toHaveProperty(['targets.0.ageSeconds']);
  });
});
