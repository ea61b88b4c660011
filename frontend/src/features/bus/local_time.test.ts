import { describe, expect, it } from 'vitest';
import { instantOf, localTimeOf } from './local_time';

describe('local time', () => {
  it('comes back as the minute it was', () => {
    const noon = new Date(2026, 2, 10, 12, 34, 56).getTime();
    expect(localTimeOf(noon)).toEqual({ date: '2026-03-10', time: '12:34' });
    expect(instantOf(localTimeOf(noon))).toBe(new Date(2026, 2, 10, 12, 34).getTime());
  });
  it.each([
    ['2026-03-10', '12'],
    ['', '12:34'],
    ['2026-13-10', '12:34'],
    ['2026-03-10', '25:00'],
  ])('%s %s is none', (date, time) => expect(instantOf({ date, time })).toBeUndefined());
});
