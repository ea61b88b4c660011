import { describe, expect, it } from 'vitest';
import { bytes, count, duration, ranMs, relativeTime, waitedMs } from './format';

const now = Date.parse('2026-03-10T12:00:00.000Z');
const before = (seconds: number) => new Date(now - seconds * 1000).toISOString();

describe('relativeTime', () => {
  it.each([
    [-3, 'just now'],
    [4, 'just now'],
    [59, '59 s ago'],
    [60, '1 min ago'],
    [3 * 3600 + 59, '3 h ago'],
    [25 * 3600, 'yesterday'],
    [3 * 86400, '3 days ago'],
    [30 * 86400, '8 Feb 2026'],
  ])('%d s before', (seconds, text) => expect(relativeTime(before(seconds), now)).toBe(text));
});

describe('duration', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [3_400, '3.4 s'],
    [42_000, '42 s'],
    [302_000, '5 min 02 s'],
    [2 * 3_600_000 + 300_000, '2 h 05 min'],
  ])('%d ms', (ms, text) => expect(duration(ms)).toBe(text));
});

describe('bytes', () => {
  it.each([
    [1, '1 byte'],
    [1023, '1023 bytes'],
    [1024, '1.0 kB'],
    [1024 * 1024 - 1, '1.0 MB'],
    [5 * 1024 ** 3, '5.0 GB'],
    [250 * 1024, '250 kB'],
  ])('%d', (value, text) => expect(bytes(value)).toBe(text));
});

describe('count', () => {
  it.each([
    [1, '1 job'],
    [2000, '2,000 jobs'],
  ])('%d', (value, text) => expect(count(value, 'job')).toBe(text));
});

describe('times of a job', () => {
  const job = (
    status: 'queued' | 'processing' | 'cancelled' | 'completed',
    started?: number,
    ended?: number,
  ) => ({
    status,
    created_at: before(100),
    started_at: started === undefined ? null : before(started),
    finished_at: ended === undefined ? null : before(ended),
  });
  it.each([
    ['waits on', job('queued'), 100_000, null],
    ['runs on', job('processing', 40), 60_000, 40_000],
    ['has run', job('completed', 40, 10), 60_000, 30_000],
    ['never started', job('cancelled', undefined, 70), 30_000, null],
  ])('of one that %s', (_, value, waited, ran) => {
    expect(waitedMs(value, now)).toBe(waited);
    expect(ranMs(value, now)).toBe(ran);
  });
});
