import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const SAMPLES = join(ROOT, 'samples/documents');
const PROGRAM = process.env.AGENT2_INGESTOR ?? join(ROOT, 'build/bin/agent2-ingestor');

const run = promisify(execFile);

/** One server process on a data directory of its own; may be stopped and started again at the same address. */
export class Server {
  url = '';
  private process: ChildProcess | undefined;
  private output = '';

  private constructor(
    private readonly data: string,
    private readonly listen: string,
    private readonly options: string[],
  ) {}

  static async start(...options: string[]): Promise<Server> {
    return Server.listening('127.0.0.1:0', ...options);
  }

  static async listening(listen: string, ...options: string[]): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), 'page-')), listen, options);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    await rm(join(this.data, 'service.json'), { force: true });
    const listen = this.url ? new URL(this.url).host : this.listen;
    this.output = '';
    const child = spawn(
      PROGRAM,
      ['serve', '--data', this.data, '--listen', listen, '--log-format', 'json', ...this.options],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.process = child;
    const keep = (text: Buffer) => {
      this.output += text;
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    await eventually('the server to be ready', async () => {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${this.output}`);
      const service = await readFile(join(this.data, 'service.json'), 'utf8').catch(() => '');
      if (!service) return false;
      this.url = JSON.parse(service).url;
      const ready = await fetch(`${this.url}/ready`).catch(() => undefined);
      return ready?.ok ?? false;
    });
  }

  async stop(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((end) => child.once('exit', end));
    child.kill('SIGTERM');
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.data, { recursive: true, force: true });
  }

  /** The one-time link that the server left in its data directory when it started. */
  async signInLink(): Promise<string> {
    return eventually('the sign-in link', async () => {
      const link = await readFile(join(this.data, 'sign-in-link'), 'utf8').catch(() => '');
      return link.trim();
    });
  }

  async token(user: string): Promise<string> {
    const { stdout } = await run(PROGRAM, [
      'token',
      '--data',
      this.data,
      '--user',
      user,
      '--ttl',
      '1h',
    ]);
    return stdout.trim();
  }

  async client(user: string): Promise<Client> {
    return new Client(this.url, await this.token(user));
  }
}

export interface Document {
  name: string;
  content: BlobPart;
}

/** The API as one user, for what a test needs to be there before the page opens. */
export class Client {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  async call(method: string, path: string, body?: BodyInit): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.token}` };
    if (typeof body === 'string') headers['Content-Type'] = 'application/json';
    const answer = await fetch(this.url + path, { method, headers, body });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  /** Submits a job and returns its id. */
  async submit(name: string, documents: Document[]): Promise<string> {
    const form = new FormData();
    form.set('job_name', name);
    for (const { name: filename, content } of documents) {
      form.append('files', new Blob([content]), filename);
    }
    return (await (await this.call('POST', '/upload', form)).json()).job_id;
  }

  async wait(jobId: string): Promise<void> {
    await eventually(`the end of job ${jobId}`, async () => {
      const job = await (await this.call('GET', `/jobs/${jobId}`)).json();
      return job.finished_at !== null;
    });
  }

  async ingest(name: string, documents: Document[]): Promise<string> {
    const jobId = await this.submit(name, documents);
    await this.wait(jobId);
    return jobId;
  }

  /** Submits many jobs of one and the same document, as fast as the server takes them. */
  async submitMany(count: number, name: (n: number) => string): Promise<void> {
    const place = await (
      await this.call('POST', '/upload/presigned-url', JSON.stringify({ filename: 'note.md' }))
    ).json();
    const stored = await fetch(place.upload_url, {
      method: 'PUT',
      headers: place.headers,
      body: '# Note',
    });
    if (!stored.ok) throw new Error(`PUT: ${stored.status}`);
    let next = 0;
    const submitter = async () => {
      while (next < count) {
        const body = { job_name: name(next++), files: [{ file_key: place.file_key }] };
        await this.call('POST', '/upload/process-s3-files', JSON.stringify(body));
      }
    };
    await Promise.all(Array.from({ length: 64 }, submitter));
  }
}

/** Polls until `condition` gives something, and gives it on. */
export async function eventually<T>(
  what: string,
  condition: () => Promise<T | false | undefined>,
  timeoutMs = 30_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((later) => setTimeout(later, 20));
  }
}

export async function samples(): Promise<string[]> {
  return (await readdir(SAMPLES)).sort().map((name) => join(SAMPLES, name));
}

export async function sample(name: string): Promise<Document> {
  return { name, content: new Uint8Array(await readFile(join(SAMPLES, name))) };
}
