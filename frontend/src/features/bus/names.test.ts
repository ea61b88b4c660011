import { describe, expect, it } from 'vitest';
import type { BusRule } from '../../api/bus';
import { describeArn, indented, lockOf, totalsOf } from './names';

describe('describeArn', () => {
  it.each([
    ['arn:aws:lambda:us-east-1:000000000000:function:worker', 'function worker'],
    ['arn:aws:sqs:us-east-1:000000000000:orders', 'queue orders'],
    ['arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/a:*', 'log group /aws/events/a'],
    ['arn:aws:events:us-east-1:000000000000:event-bus/default', 'bus default'],
    ['arn:aws:events:us-east-1:000000000000:archive/all', 'archive all'],
    ['arn:aws:events:us-east-1:000000000000:api-destination/shop/6f1d9e2a', 'API destination shop'],
    ['arn:theirs', 'arn:theirs'],
  ])('%s', (arn, text) => expect(describeArn(arn)).toBe(text));
});

const target = (delivered: number, failed: number, dead_lettered: number) => ({
  counts: { delivered, failed, retried: failed - dead_lettered, dead_lettered },
});

describe('a rule', () => {
  it('has the counts of all its targets', () => {
    const rule = { targets: [target(3, 2, 1), target(4, 0, 0)] } as unknown as BusRule;
    expect(totalsOf(rule)).toEqual({ delivered: 7, failed: 2, dead_lettered: 1 });
  });
  it.each([
    [null, undefined],
    ['template', /^The template manages/],
    ['archive', /^An archive manages/],
  ])('managed by %s', (managed_by, lock) => {
    const reason = lockOf({ managed_by } as BusRule);
    if (lock) expect(reason).toMatch(lock);
    else expect(reason).toBeUndefined();
  });
});

describe('indented', () => {
  it('shows the structure', () => expect(indented('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}'));
  it('leaves what is no JSON', () => expect(indented('{"a":')).toBe('{"a":'));
});
