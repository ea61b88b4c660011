import { Server } from './server';
import { expect, signIn, test } from './test';

const good = { name: 'good.md', content: '# Good' };
const bad = { name: 'bad.pdf', content: 'no PDF' };

test('the table shows, filters and finds jobs, and the address keeps it', async ({
  page,
  client,
}) => {
  await client.ingest('Spring minutes', [good]);
  await client.ingest('Autumn minutes', [good]);
  await client.ingest('Broken minutes', [good, bad]);
  await page.goto('/app/jobs');
  const table = page.getByRole('table', { name: 'Jobs' });
  await expect(table.getByRole('row')).toHaveCount(4);
  await expect(page.getByRole('tab', { name: 'All (3)' })).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Done (2)' })).toBeVisible();

  await page.getByRole('tab', { name: 'Needs attention (1)' }).click();
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(table.getByText(/1 of 2 documents failed/)).toBeVisible();
  await expect(page).toHaveURL(/view=attention/);

  await page.getByRole('tab', { name: /^All/ }).click();
  await page.keyboard.press('/');
  await page.keyboard.type('aUtUmN');
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(page).toHaveURL(/q=aUtUmN/);
  await page.reload();
  await expect(table.getByRole('link', { name: 'Autumn minutes' })).toBeVisible();
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(page.getByLabel(/Find jobs/)).toHaveValue('aUtUmN');
});

/** Ten seconds, and a little for the page to ask and to draw. */
const withinOneRefresh = { timeout: 12_000 };

test('a new job appears and reaches its end on the open page by itself', async ({
  page,
  client,
}) => {
  await page.goto('/app/jobs');
  await expect(page.getByText('No jobs yet')).toBeVisible();
  await client.ingest('From elsewhere', [good]);
  const row = page.getByRole('row', { name: /From elsewhere/ });
  await expect(row.getByText('Completed')).toBeVisible(withinOneRefresh);
  await expect(page.getByRole('tab', { name: 'Done (1)' })).toBeVisible(withinOneRefresh);
});

test('the page keeps up by polling where the event stream is blocked', async ({ page, client }) => {
  await page.route('**/jobs/events', (route) => route.abort());
  await page.goto('/app/jobs');
  await expect(page.getByText('No jobs yet')).toBeVisible();
  await client.ingest('Polled', [good]);
  const row = page.getByRole('row', { name: /Polled/ });
  await expect(row.getByText('Completed')).toBeVisible(withinOneRefresh);
});

test('refreshing stops with its switch and comes back with its button', async ({
  page,
  client,
}) => {
  await page.clock.install();
  await page.goto('/app/jobs');
  await expect(page.getByText('No jobs yet')).toBeVisible();
  await page.getByLabel('Refresh by itself').uncheck();
  await client.ingest('Unseen', [good]);
  await page.clock.runFor(60_000);
  await expect(page.getByText('No jobs yet')).toBeVisible();
  await page.getByRole('button', { name: 'Refresh now' }).click();
  await expect(page.getByRole('link', { name: 'Unseen' })).toBeVisible();
});

test('jobs that wait are cancelled, one and many, and queued again', async ({ browser }) => {
  const server = await Server.start('--jobs-at-once', '0', '--rate-limit', '0');
  try {
    const client = await server.client('ada');
    for (const n of [1, 2, 3, 4]) await client.submit(`Waiting ${n}`, [good]);
    const page = await (await browser.newContext({ baseURL: server.url })).newPage();
    await signIn(page, server, 'ada');

    await page.goto('/app/jobs?view=active');
    await page.getByRole('checkbox', { name: 'Select Waiting 1' }).check();
    await page.getByRole('button', { name: 'Cancel 1' }).click();
    await expect(page.getByText('1 job cancelled')).toBeVisible();
    await expect(page.getByRole('tab', { name: 'Active (3)' })).toBeVisible();

    await page.getByRole('button', { name: 'Cancel all 3' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel 3 jobs' }).click();
    await expect(page.getByText('3 jobs cancelled')).toBeVisible();
    await expect(page.getByText('Nothing is waiting or being worked on')).toBeVisible();

    await page.goto('/app/jobs?view=cancelled&q=waiting');
    await expect(page.getByText('4 matches').first()).toBeVisible();
    await page.getByLabel(/Find jobs/).fill('waiting 3');
    await expect(page.getByText('1 match', { exact: true }).first()).toBeVisible();
    await page.getByRole('button', { name: 'Retry all matches' }).click();
    await expect(page.getByText('1 job queued again')).toBeVisible();
    await expect(page.getByRole('tab', { name: 'Active (1)' })).toBeVisible();

    await page.getByRole('tab', { name: 'Cancelled (3)' }).click();
    await page.getByLabel(/Find jobs/).fill('');
    await page.getByRole('link', { name: 'Waiting 2' }).click();
    await page.getByRole('button', { name: 'Retry' }).click();
    await expect(page.getByText('Queued').first()).toBeVisible();
    await expect(page.getByText('Next', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Cancel job' }).click();
    await expect(page.getByText('Cancelled').first()).toBeVisible();
  } finally {
    await server.remove();
  }
});

test('a job is deleted from its page, and others from the list', async ({ page, client }) => {
  const jobId = await client.ingest('Old report', [good]);
  for (const n of [1, 2, 3]) await client.ingest(`Draft ${n}`, [good]);
  await page.goto(`/app/jobs/${jobId}`);
  await page.getByRole('button', { name: 'Delete job' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave it' }).click();
  await expect(page.getByRole('heading', { name: 'Old report', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'Delete job' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText('“Old report” is deleted')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Draft 1' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Old report' })).toBeHidden();

  // One is asked for too, as there is no way back.
  await page.getByRole('checkbox', { name: 'Select Draft 1' }).check();
  await page.getByRole('button', { name: 'Delete 1' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave them' }).click();
  await expect(page.getByRole('link', { name: 'Draft 1' })).toBeVisible();
  await page.getByRole('button', { name: 'Delete 1' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete 1 job' }).click();
  await expect(page.getByText('1 job deleted')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Draft 1' })).toBeHidden();

  await page.getByRole('tab', { name: 'Done (2)' }).click();
  await page.getByRole('button', { name: 'Delete all 2' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete 2 jobs' }).click();
  await expect(page.getByText('2 jobs deleted')).toBeVisible();
  await page.goto(`/app/jobs/${jobId}`);
  await expect(page.getByText('There is no such job')).toBeVisible();
});

test('a failed job is retried, and each attempt stays on its timeline', async ({
  page,
  client,
}) => {
  const jobId = await client.ingest('Stubborn', [good, bad]);
  await page.goto(`/app/jobs/${jobId}`);
  await expect(page.getByRole('heading', { name: 'Stubborn', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'Retry failed' }).click();
  await expect(page.getByText('Attempt 2')).toBeVisible();
  await expect(page.getByText('Attempt 1')).toBeVisible();
  await expect(page.getByText('Failed').first()).toBeVisible();
  await page.goto('/app/jobs');
  const row = page.getByRole('row', { name: /Stubborn/ });
  await expect(row.getByRole('cell').last()).toHaveText('2');
});

test('a job that is not there is said to be not there', async ({ page }) => {
  await page.goto('/app/jobs/01890a5d-ac96-774b-bcce-b302099a8057');
  await expect(page.getByText('There is no such job')).toBeVisible();
  await page.getByRole('button', { name: 'All jobs' }).click();
  await expect(page).toHaveURL(/\/app\/jobs$/);
});

test('ten thousand jobs are turned over page by page, found and counted', async ({ browser }) => {
  const server = await Server.start('--jobs-at-once', '0', '--rate-limit', '0');
  try {
    await (await server.client('ada')).submitMany(
      10_000,
      (n) => `Archive ${String(n).padStart(5, '0')}`,
    );
    const page = await (await browser.newContext({ baseURL: server.url })).newPage();
    await signIn(page, server, 'ada');
    await page.goto('/app/jobs');
    await expect(page.getByRole('tab', { name: 'All (10,000)' })).toBeVisible();
    const first = await page
      .getByRole('link', { name: /^Archive/ })
      .first()
      .textContent();
    await page.getByRole('button', { name: 'Next page' }).click();
    await expect(page.getByRole('button', { name: 'Page 2' })).toHaveAttribute(
      'aria-current',
      'true',
    );
    await expect(page.getByRole('link', { name: first ?? '', exact: true })).toBeHidden();
    await page.goBack();
    await expect(page.getByRole('link', { name: first ?? '', exact: true })).toBeVisible();

    await page.getByLabel(/Find jobs/).fill('archive 00042');
    await expect(page.getByRole('table', { name: 'Jobs' }).getByRole('row')).toHaveCount(2);
    await expect(page.getByRole('link', { name: 'Archive 00042' })).toBeVisible();
  } finally {
    await server.remove();
  }
});

test('the page outlives a restart of the server', async ({ browser }) => {
  const server = await Server.start();
  try {
    const client = await server.client('ada');
    await client.ingest('Before', [good]);
    const page = await (await browser.newContext({ baseURL: server.url })).newPage();
    await signIn(page, server, 'ada');
    await page.goto('/app/jobs');
    await expect(page.getByRole('link', { name: 'Before' })).toBeVisible();

    await server.stop();
    await expect(page.getByText('The service does not answer')).toBeVisible({ timeout: 15_000 });
    await expect(page.getByRole('link', { name: 'Before' })).toBeVisible();
    await server.start();
    await client.ingest('After', [good]);
    await expect(page.getByRole('link', { name: 'After' })).toBeVisible({ timeout: 15_000 });
    await expect(page.getByText('The service does not answer')).toBeHidden();
  } finally {
    await server.remove();
  }
});
