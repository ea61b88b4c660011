import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { announceEndings } from './finished';
import { currentlySpoken } from './notices';

const now = Date.parse('2026-03-10T12:00:00.000Z');

describe('announceEndings', () => {
  let client: QueryClient;
  beforeEach(() => {
    vi.useFakeTimers({ now });
    client = new QueryClient();
    announceEndings(client.getQueryCache());
  });
  afterEach(() => {
    client.clear();
    vi.useRealTimers();
  });

  const show = (name: string, status: string, ageSeconds = 60) =>
    client.setQueryData(['jobs', name], {
      jobs: [
        {
          job_id: name,
          job_name: name,
          status,
          created_at: new Date(now - ageSeconds * 1000).toISOString(),
          finished_at: status === 'processing' ? null : new Date(now).toISOString(),
        },
      ],
    });
  const spoken = () => {
    vi.advanceTimersByTime(1_000);
    return currentlySpoken();
  };

  it('says the end of a job that was seen at work', () => {
    show('Minutes', 'processing');
    show('Minutes', 'completed');
    expect(spoken()).toBe('Job Minutes: Completed.');
  });

  it('says the end of a job that came and went between two refreshes', () => {
    show('Quick', 'failed', -1);
    expect(spoken()).toBe('Job Quick: Failed.');
  });

  it('gathers jobs that end together', () => {
    show('One', 'completed', -1);
    show('Two', 'failed', -1);
    expect(spoken()).toBe('2 jobs have ended, 1 of them failed.');
  });

  it('is silent about what had ended before, and says nothing twice', () => {
    show('Old', 'completed');
    const before = spoken();
    show('Old', 'completed');
    expect(spoken()).toBe(before);
    expect(before).not.toContain('Old');
  });
});
