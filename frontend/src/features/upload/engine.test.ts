import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_SETTINGS, type Ports, progressOf, UploadEngine, type UploadFile } from './engine';
import { type Transfer, TransferError } from './transfer';

/** A transfer that does what the test says, when it says it. */
class ManualTransfer implements Transfer {
  runs: {
    signal: AbortSignal;
    onProgress: (sentBytes: number) => void;
    resolve: (key: string) => void;
    reject: (error: unknown) => void;
  }[] = [];
  abandoned = false;

  run(options: { signal: AbortSignal; onProgress: (sentBytes: number) => void }): Promise<string> {
    return new Promise((resolve, reject) => {
      this.runs.push({ ...options, resolve, reject });
      options.signal.addEventListener('abort', () => reject(options.signal.reason));
    });
  }

  abandon(): void {
    this.abandoned = true;
  }

  get last() {
    const run = this.runs.at(-1);
    if (!run) throw new Error('the transfer was not run');
    return run;
  }
}

const file = (name: string, content = 'words') => ({ file: new File([content], name), path: name });

describe('UploadEngine', () => {
  let transfers: Map<string, ManualTransfer>;
  let jobs: { key: string; name: string; files: { file_key: string; filename: string }[] }[];
  let ports: Ports;
  let engine: UploadEngine;

  beforeEach(() => {
    vi.useFakeTimers();
    transfers = new Map();
    jobs = [];
    let id = 0;
    ports = {
      openTransfer: (opened) => {
        const transfer = new ManualTransfer();
        transfers.set(opened.name, transfer);
        return transfer;
      },
      reasonToRefuse: (chosen) => (chosen.name.endsWith('.exe') ? 'not read' : undefined),
      fingerprint: async (chosen) => `sha256 of ${await chosen.text()}`,
      earlierDocuments: async () => [],
      createJob: async (key, name, files) => {
        jobs.push({ key, name, files });
        return `job-${jobs.length}`;
      },
      newId: () => `id-${id++}`,
      random: () => 0.5,
    };
    engine = new UploadEngine(ports);
  });

  afterEach(() => vi.useRealTimers());

  const batch = () => {
    const [newest] = engine.snapshot();
    if (!newest) throw new Error('there is no batch');
    return newest;
  };
  const row = (name: string): UploadFile => {
    const found = batch().files.find((each) => each.name === name);
    if (!found) throw new Error(`there is no file ${name}`);
    return found;
  };
  const transfer = (name: string): ManualTransfer => {
    const found = transfers.get(name);
    if (!found) throw new Error(`no transfer of ${name} was opened`);
    return found;
  };
  const flush = () => vi.advanceTimersByTimeAsync(0);
  const arrive = async (name: string) => {
    transfer(name).last.resolve(`uploads/${name}`);
    await flush();
  };
  const fail = async (name: string, error: unknown) => {
    transfer(name).last.reject(error);
    await flush();
  };
  const broken = new TransferError('the connection broke', true);

  it('sends a few files side by side and the next when one has arrived', async () => {
    engine.add([file('a.md'), file('b.md'), file('c.md'), file('d.md')]);
    expect(batch().files.map(({ state }) => state)).toEqual([
      'uploading',
      'uploading',
      'uploading',
      'waiting',
    ]);
    await arrive('b.md');
    expect(row('d.md').state).toBe('uploading');
  });

  it('never sends a file that is refused, and says why', () => {
    engine.add([file('virus.exe')]);
    expect(row('virus.exe')).toMatchObject({ state: 'refused', problem: 'not read' });
    expect(transfers.size).toBe(0);
    expect(engine.hasUnfinishedWork()).toBe(false);
  });

  it('refuses files beyond what a job holds', () => {
    engine = new UploadEngine(ports, { ...DEFAULT_SETTINGS, filesMax: 2 });
    engine.add([file('a.md'), file('b.md'), file('c.md')]);
    expect(row('c.md').problem).toBe('A job holds at most 2 documents.');
  });

  it('tells how far a batch is, in files and bytes', async () => {
    engine.add([file('a.md', 'x'.repeat(100)), file('b.md', 'y'.repeat(300)), file('no.exe')]);
    await arrive('a.md');
    transfer('b.md').last.onProgress(60);
    expect(progressOf(batch())).toEqual({
      files: 2,
      uploaded: 1,
      broken: 0,
      totalBytes: 400,
      sentBytes: 160,
    });
  });

  it('creates the job once everything that was asked for has arrived', async () => {
    engine.add([file('a.md'), file('b.md')]);
    engine.rename(batch().id, 'Minutes');
    engine.submit(batch().id);
    await arrive('a.md');
    expect(jobs).toHaveLength(0);
    await arrive('b.md');
    expect(jobs).toMatchObject([
      {
        name: 'Minutes',
        files: [
          { file_key: 'uploads/a.md', filename: 'a.md' },
          { file_key: 'uploads/b.md', filename: 'b.md' },
        ],
      },
    ]);
    expect(batch()).toMatchObject({ state: 'submitted', jobId: 'job-1' });
    expect(engine.hasUnfinishedWork()).toBe(false);
  });

  it('opens a batch of its own for files that come after a job was created', async () => {
    engine.add([file('a.md')]);
    engine.submit(batch().id);
    await arrive('a.md');
    engine.add([file('b.md')]);
    expect(engine.snapshot().map(({ state }) => state)).toEqual(['open', 'submitted']);
  });

  it('keeps the key of a job that the server did not take, so that asking again is safe', async () => {
    const taken = ports.createJob;
    const keys: string[] = [];
    ports.createJob = async (key) => {
      keys.push(key);
      throw new Error('no room');
    };
    engine.add([file('a.md')]);
    engine.submit(batch().id);
    await arrive('a.md');
    expect(batch()).toMatchObject({ state: 'refused', problem: 'no room' });
    ports.createJob = taken;
    engine.submit(batch().id);
    await flush();
    expect(jobs.map(({ key }) => key)).toEqual(keys);
    expect(batch().state).toBe('submitted');
  });

  it('starts a broken transfer again by itself, after longer and longer pauses, then waits for the user', async () => {
    engine.add([file('a.md')]);
    for (const [at, pauseMs] of DEFAULT_SETTINGS.pausesMs.entries()) {
      await fail('a.md', broken);
      expect(row('a.md')).toMatchObject({ state: 'pausing', problem: 'the connection broke' });
      await vi.advanceTimersByTimeAsync(pauseMs - 1);
      expect(transfer('a.md').runs).toHaveLength(at + 1);
      await vi.advanceTimersByTimeAsync(1);
      expect(transfer('a.md').runs).toHaveLength(at + 2);
    }
    await fail('a.md', broken);
    expect(row('a.md').state).toBe('broken');

    engine.retryBroken(batch().id);
    await arrive('a.md');
    expect(row('a.md')).toMatchObject({ state: 'uploaded', tries: 1 });
  });

  it('does not repeat what cannot pass', async () => {
    engine.add([file('a.md')]);
    await fail('a.md', new TransferError('too large', false));
    expect(row('a.md')).toMatchObject({ state: 'broken', problem: 'too large' });
  });

  it('breaks off a transfer that stands still, however long one that moves may take', async () => {
    engine.add([file('a.md', 'x'.repeat(1000))]);
    for (let sent = 1; sent <= 10; sent += 1) {
      await vi.advanceTimersByTimeAsync(DEFAULT_SETTINGS.stallMs - 1);
      transfer('a.md').last.onProgress(sent);
    }
    expect(row('a.md').state).toBe('uploading');
    await vi.advanceTimersByTimeAsync(DEFAULT_SETTINGS.stallMs);
    expect(row('a.md')).toMatchObject({ state: 'pausing', problem: 'The transfer stood still.' });
  });

  it('gives the store longer once it has all bytes', async () => {
    engine.add([file('a.md', 'x'.repeat(10))]);
    transfer('a.md').last.onProgress(10);
    await vi.advanceTimersByTimeAsync(DEFAULT_SETTINGS.settleMs - 1);
    expect(row('a.md').state).toBe('uploading');
    await vi.advanceTimersByTimeAsync(1);
    expect(row('a.md').state).toBe('pausing');
  });

  it('cancels a file, which leaves the job and can be sent again', async () => {
    engine.add([file('a.md'), file('b.md')]);
    engine.submit(batch().id);
    engine.cancel(row('a.md').id);
    expect(transfer('a.md').last.signal.aborted).toBe(true);
    await flush();
    expect(row('a.md').state).toBe('cancelled');
    engine.retry(row('a.md').id);
    expect(row('a.md').state).toBe('uploading');
    await arrive('a.md');
    await arrive('b.md');
    expect(jobs[0]?.files).toHaveLength(2);
  });

  it('does not wait for a file that was removed while it paused', async () => {
    engine.add([file('a.md'), file('b.md')]);
    await fail('a.md', broken);
    engine.submit(batch().id);
    await arrive('b.md');
    expect(jobs).toHaveLength(0);
    engine.remove(row('a.md').id);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(transfer('a.md').abandoned).toBe(true);
    expect(transfer('a.md').runs).toHaveLength(1);
    expect(jobs[0]?.files.map(({ filename }) => filename)).toEqual(['b.md']);
  });

  it('proposes a name until the user gives one', () => {
    engine.add([file('report.md')]);
    expect(batch().name).toBe('report');
    engine.add([file('more.md')]);
    expect(batch().name).toBe('report and 1 more');
    engine.rename(batch().id, 'Mine');
    engine.add([file('third.md')]);
    expect(batch().name).toBe('Mine');
  });

  it('notices the same content, in the batch and in earlier jobs', async () => {
    const earlier = {
      job_id: 'old',
      n: 0,
      filename: 'first.md',
      job_name: 'Old',
      status: 'completed' as const,
      created_at: '2026-01-01T00:00:00.000Z',
    };
    ports.earlierDocuments = async (sha256) => (sha256 === 'sha256 of same' ? [earlier] : []);
    vi.useRealTimers();
    engine.add([file('a.md', 'same'), file('b.md', 'same'), file('c.md', 'other')]);
    await vi.waitFor(() => expect(row('c.md').sha256).toBe('sha256 of other'));
    await vi.waitFor(() => expect(row('b.md').earlier).toEqual(earlier));
    expect(row('b.md').sameAs).toBe('a.md');
    expect(row('c.md').earlier).toBeUndefined();
  });
});
