import { describe, expect, it } from 'vitest';
import type { Health } from '../api/client';
import { healthNotices } from './health_notices';

const health = (sandbox?: Record<string, string>): Health => ({
  status: 'healthy',
  timestamp: '2026-03-10T12:00:00.000Z',
  version: '1.0.0',
  engine: 'embedded',
  sandbox,
});

describe('healthNotices', () => {
  it('warns of a sandbox that is not whole, in the words of the service', () => {
    const warning = 'the sandbox of document helpers is not whole: landlock (not supported)';
    const notices = healthNotices(health({ landlock: 'unavailable', warning }));
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ id: 'sandbox', type: 'warning' });
    expect(notices[0]?.content).toContain(warning);
  });

  it('says nothing of a whole sandbox, of none, and before it is known', () => {
    expect(healthNotices(health({ landlock: 'active', seccomp: 'active' }))).toEqual([]);
    expect(healthNotices(health())).toEqual([]);
    expect(healthNotices(undefined)).toEqual([]);
  });
});
