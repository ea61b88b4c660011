import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { type Document, ROOT, Server, sample, samples } from './server';
import { expect, signIn, test } from './test';

// Draws the pictures of docs/images/ (`npm run screenshots`); part of no test run.

const IMAGES = join(ROOT, 'docs/images');

const JOBS = [
  'Minutes of the harbour committee',
  'Ferry timetables, summer',
  'Workshop handbooks',
  'Letters to the editor, 1998',
  'Tender documents, quay 4',
  'Water quality, first quarter',
  'Insurance certificates',
  'Survey of the breakwater',
  'Board papers, March',
];

/** Jobs that were submitted over a morning, rather than within a second. */
async function spreadOverTime(page: Page): Promise<void> {
  await page.route(/\/jobs\?/, async (route) => {
    const answer = await route.fetch();
    const list = await answer.json();
    list.jobs.forEach((job: Record<string, string | null>, index: number) => {
      const earlier = index < 3 ? index * 9_000 : index * index * 170_000;
      for (const field of ['created_at', 'started_at', 'finished_at', 'updated_at']) {
        const at = job[field];
        if (at) job[field] = new Date(Date.parse(at) - earlier).toISOString();
      }
    });
    await route.fulfill({ json: list });
  });
}

for (const mode of ['light', 'dark'] as const) {
  for (const width of [1440, 400]) {
    test(`pictures, ${mode}, ${width} pixels wide`, async ({ browser }) => {
      test.setTimeout(300_000);
      const server = await Server.start(
        '--rate-limit',
        '0',
        '--workers',
        '1',
        '--jobs-at-once',
        '1',
      );
      const context = await browser.newContext({
        baseURL: server.url,
        colorScheme: mode,
        viewport: { width, height: width === 400 ? 800 : 860 },
      });
      try {
        const suffix = `${mode}${width === 400 ? '-narrow' : ''}`;
        await draw(await context.newPage(), server, suffix);
      } finally {
        await context.close();
        await server.remove();
      }
    });
  }
}

async function draw(page: Page, server: Server, suffix: string): Promise<void> {
  const shoot = (name: string) => page.screenshot({ path: join(IMAGES, `${name}-${suffix}.png`) });
  await page.goto('/app/');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await shoot('sign-in');

  await signIn(page, server, 'ada');
  const client = await server.client('ada');
  const documents: Document[] = await Promise.all(
    (await samples()).map((path) => sample(path.split('/').at(-1) ?? '')),
  );
  const report = documents.findIndex(({ name }) => name === 'harbour-report.pdf');
  let failedJob = '';
  let fineJob = '';
  for (const [index, name] of JOBS.entries()) {
    const some = documents.slice(0, 1 + ((index * 2) % documents.length));
    if (index === 4) {
      failedJob = await client.ingest(name, [
        ...documents,
        { name: 'scan-0417.pdf', content: 'no PDF' },
      ]);
    } else if (index === 5) fineJob = await client.ingest(name, documents);
    else await client.ingest(name, some);
  }

  await page.goto(`/app/jobs/${failedJob}`);
  await expect(page.getByText('scan-0417.pdf').first()).toBeVisible();
  await shoot('job');

  await page.goto(`/app/jobs/${fineJob}/documents/${report}`);
  await expect(page.getByRole('heading', { name: /Water Quality/ })).toBeVisible();
  // The browser's viewer of PDF files draws on its own and tells nobody when it is done.
  await page.waitForTimeout(2_000);
  await shoot('document');

  await page.goto('/app/settings');
  await expect(page.getByText('Service', { exact: true })).toBeVisible();
  await shoot('settings');

  await drawBus(page, server, shoot);
  await signIn(page, server, 'ada');

  // Work for long enough to be seen at it.
  await spreadOverTime(page);
  await page.goto('/app/jobs');
  const many = Array.from({ length: 900 }, (_, n) => ({
    name: `plan-${String(n + 1).padStart(3, '0')}.pdf`,
    content: documents[report]?.content ?? '',
  }));
  await client.submit('Building plans, 1998 to 2004', many);
  for (const name of ['Permits, quay 4', 'Photographs of the fleet'])
    await client.submit(name, documents);
  await expect(
    page.getByRole('row', { name: /Building plans/ }).getByText('Processing'),
  ).toBeVisible();
  await shoot('jobs');

  await page.goto('/app/upload');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: 1_000_000,
  });
  await page.getByTestId('choose-files').setInputFiles([
    ...documents.slice(0, 4).map(({ name, content }) => ({
      name,
      mimeType: '',
      buffer: Buffer.from(content as Uint8Array),
    })),
    { name: 'logbook-2025.txt', mimeType: '', buffer: Buffer.alloc(9_000_000, 'Log ') },
    { name: 'drawing.dwg', mimeType: '', buffer: Buffer.from('x') },
  ]);
  await expect(page.getByText('Uploaded', { exact: true }).nth(2)).toBeVisible();
  await expect(page.getByRole('progressbar').nth(1)).toBeVisible();
  await shoot('upload');
}

/** The pages of the event bus, with targets that work, one that is not there, and one that fails. */
async function drawBus(
  page: Page,
  server: Server,
  shoot: (name: string) => Promise<unknown>,
): Promise<void> {
  await signIn(page, server, 'local');
  const operator = await server.client('local');
  const bus = 'agent2-ingestor-events-dev';
  const arn = (service: string, resource: string) =>
    `arn:aws:${service}:us-east-1:000000000000:${resource}`;
  const put = (path: string, body: object) => operator.call('PUT', path, JSON.stringify(body));
  const post = (path: string, body: object) => operator.call('POST', path, JSON.stringify(body));
  await put(`/bus/rules/search-index?bus=${bus}`, {
    description: 'Completed documents go to the search index',
    event_pattern: '{"detail-type":["Document Processing Completed"]}',
    targets: [
      {
        id: 'index',
        arn: arn('lambda', 'function:agent2-ingestor-api-dev'),
        input: '{"index":"harbour"}',
      },
    ],
  });
  await put(`/bus/rules/archive-office?bus=${bus}`, {
    description: 'The office is told of every document',
    event_pattern: '{"source":["agent2.ingestor"]}',
    targets: [{ id: 'office', arn: arn('sqs', 'archive-office'), maximum_retry_attempts: 0 }],
  });
  await put('/bus/rules/nightly-report?bus=default', {
    schedule: 'cron(0 3 * * ? *)',
    enabled: false,
    targets: [{ id: 'report', arn: arn('events', `event-bus/${bus}`) }],
  });
  await post('/bus/archives', { name: 'everything', bus, retention_days: 90 });
  const ada = await server.client('ada');
  for (const name of ['Berth plan, week 12', 'Lock keeper’s log']) {
    await ada.ingest(name, [await sample('harbour-report.pdf')]);
  }

  await page.goto('/app/bus/deliveries');
  await expect(page.getByText('Given up').first()).toBeVisible();
  await ada.submit('Tide tables', [await sample('harbour-report.pdf')]);
  await page.getByRole('button', { name: 'Refresh now' }).click();
  await expect(async () => {
    await page.getByRole('button', { name: 'Refresh now' }).click();
    await expect(page.getByText('Waits for a retry').first()).toBeVisible({ timeout: 300 });
  }).toPass();
  await shoot('deliveries');

  const now = Date.now();
  await post('/bus/replays', {
    name: 'mended-index',
    archive: 'everything',
    from: new Date(now - 3_600_000).toISOString(),
    to: new Date(now + 60_000).toISOString(),
    rules: ['search-index'],
  });
  await page.goto('/app/bus/archives');
  await expect(page.getByText('Completed').first()).toBeVisible();
  await shoot('archives');

  await page.goto('/app/bus/rules');
  await expect(page.getByText('archive-office').first()).toBeVisible();
  await shoot('rules');

  await page.goto(`/app/bus/rule?${new URLSearchParams({ bus, name: 'search-index' })}`);
  await expect(page.getByText(/^Matches/).first()).toBeVisible();
  await shoot('rule');

  await page.goto('/app/bus/dead-letters');
  await expect(page.getByText('NO_RESOURCE').first()).toBeVisible();
  await shoot('dead-letters');
}
