import AxeBuilder from '@axe-core/playwright';
import { Server } from './server';
import { expect, signIn, test } from './test';

const ACCOUNT = 'us-east-1:000000000000';
const JOB_BUS = 'agent2-ingestor-events-dev';
const note = { name: 'note.md', content: '# Note' };

/** A server of the test's own, which the operator of no other test looks at. */
const bus = test.extend<{ own: Server }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture uses here
  own: async ({}, use) => {
    const server = await Server.start('--rate-limit', '0');
    await use(server);
    await server.remove();
  },
  page: async ({ browser, own }, use) => {
    const context = await browser.newContext({
      baseURL: own.url,
      viewport: { width: 1440, height: 900 },
    });
    const page = await context.newPage();
    const broken: string[] = [];
    page.on('pageerror', (error) => broken.push(String(error)));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) broken.push(message.text());
    });
    await signIn(page, own, 'local');
    await use(page);
    await context.close();
    if (broken.length > 0) throw new Error(broken.join('\n'));
  },
});

test('the bus is shown to operators alone', async ({ page, server, browser }) => {
  await page.goto('/app/jobs');
  await expect(page.getByRole('link', { name: 'Upload' })).toBeVisible();
  await expect(page.getByText('Event bus')).toBeHidden();
  await page.goto('/app/bus/rules');
  await expect(page.getByText('The event bus is for operators')).toBeVisible();

  const operators = await (await browser.newContext({ baseURL: server.url })).newPage();
  await signIn(operators, server, 'local');
  await operators.goto('/app/jobs');
  await operators.getByRole('link', { name: 'Rules' }).click();
  await expect(operators.getByRole('heading', { name: 'Rules', level: 1 })).toBeVisible();
  await operators.context().close();
});

bus(
  'a rule is seen, disabled, enabled and deleted; that of the template is not edited',
  async ({ page, own }) => {
    const operator = await own.client('local');
    await operator.call(
      'PUT',
      '/bus/rules/weighed?bus=default',
      JSON.stringify({
        event_pattern: '{"source":["depot.scale"]}',
        targets: [{ id: '1', arn: `arn:aws:sqs:${ACCOUNT}:parcels` }],
      }),
    );
    await page.goto('/app/bus/rules');
    const row = page.getByRole('row', { name: /weighed/ });
    await expect(row.getByText('Enabled')).toBeVisible();
    await expect(row.getByText('depot.scale')).toBeVisible();
    await expect(row.getByText('queue parcels')).toBeVisible();

    await page.getByRole('checkbox', { name: 'Select weighed' }).check();
    await page.getByRole('button', { name: 'Disable' }).click();
    await expect(page.getByText('1 rule disabled')).toBeVisible();
    await expect(row.getByText('Disabled')).toBeVisible();
    await page.getByRole('checkbox', { name: 'Select weighed' }).check();
    await page.getByRole('button', { name: 'Enable' }).click();
    await expect(row.getByText('Enabled')).toBeVisible();

    await page.getByRole('checkbox', { name: 'Select weighed' }).check();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('1 rule deleted')).toBeVisible();
    await expect(row).toBeHidden();

    const managed = page.getByRole('row', { name: /document-processing/ });
    await expect(managed.getByText('Managed by the template')).toBeVisible();
    await managed.getByRole('checkbox').check();
    await expect(page.getByRole('button', { name: 'Edit' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await managed.getByRole('link').click();
    await expect(page.getByText('This rule is not edited here')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Save' })).toBeHidden();
  },
);

bus(
  'a rule is added with a pattern that is tried on real events as it is typed',
  async ({ page, own }) => {
    const user = await own.client('ada');
    await user.ingest('First', [note]);
    await page.goto('/app/bus/rules');
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await expect(page.getByRole('heading', { name: 'Add a rule' })).toBeVisible();
    await page.getByRole('button', { name: 'Event bus default' }).click();
    await page.getByRole('option', { name: JOB_BUS }).click();
    const pattern = page.getByLabel('Event pattern');
    await pattern.fill('{"source":');
    await expect(page.getByText('This is no event pattern')).toBeVisible();
    await expect(page.getByText(/Event pattern is not valid\. Reason:/)).toBeVisible();
    await pattern.fill('{"source":["somebody.else"]}');
    await expect(page.getByText('Matches 0 of the last 2 events')).toBeVisible();
    await pattern.fill('{"detail-type":["Document Processing Completed"]}');
    await expect(page.getByText('Matches 1 of the last 2 events')).toBeVisible();
    const events = page.getByRole('table', { name: 'Recent events' });
    await expect(events.getByText('Matches', { exact: true })).toHaveCount(1);

    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText(/Up to 64 letters/)).toBeVisible();
    await page.getByLabel('Name').fill('completed');
    await page.getByLabel('Target ARN').fill('arn:aws:sns:us-east-1:000000000000:topic');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText(/this server delivers to/).first()).toBeVisible();
    await page.getByLabel('Target ARN').fill(`arn:aws:sqs:${ACCOUNT}:parcels`);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Rule completed is saved')).toBeVisible();

    await page.getByRole('link', { name: 'completed', exact: true }).click();
    await page.getByLabel('Description').fill('What is done');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('heading', { name: 'Rules', level: 1 })).toBeVisible();
    const saved = await (await own.client('local')).call(
      'GET',
      `/bus/rules/completed?bus=${JOB_BUS}`,
    );
    expect(await saved.json()).toMatchObject({
      description: 'What is done',
      event_pattern: '{"detail-type":["Document Processing Completed"]}',
      targets: [{ arn: `arn:aws:sqs:${ACCOUNT}:parcels` }],
    });
  },
);

bus(
  'a delivery that fails is seen in the log and among the dead letters, and redriven',
  async ({ page, own }) => {
    const operator = await own.client('local');
    await operator.call(
      'PUT',
      `/bus/rules/lost?bus=${JOB_BUS}`,
      JSON.stringify({
        event_pattern: '{"detail-type":["Document Processing Completed"]}',
        targets: [{ id: '1', arn: `arn:aws:sqs:${ACCOUNT}:nowhere`, maximum_retry_attempts: 0 }],
      }),
    );
    await page.goto('/app/bus/dead-letters');
    await expect(page.getByText('There are no dead letters')).toBeVisible();
    await (await own.client('ada')).ingest('First', [note]);
    // On the open page, by itself.
    const row = page.getByRole('row', { name: /lost/ });
    await expect(row.getByText('NO_RESOURCE')).toBeVisible({ timeout: 15_000 });
    await row.getByRole('button', { name: /Show dead letter/ }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('"detail-type": "Document Processing Completed"')).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).last().click();

    await page.getByRole('link', { name: 'Deliveries' }).click();
    const log = page.getByRole('table', { name: 'Last tries' });
    await expect(log.getByText('Given up')).toBeVisible();
    await page.getByRole('button', { name: /^Outcome of tries/ }).click();
    await page.getByRole('option', { name: 'Delivered' }).click();
    await expect(log.getByText('Given up')).toBeHidden();
    await expect(log.getByText('Delivered').first()).toBeVisible();
    await page.getByRole('button', { name: /^Rule All rules/ }).click();
    await page.getByRole('option', { name: /lost/ }).click();
    await expect(page.getByText('No tries')).toBeVisible();
    await expect(page).toHaveURL(/rule=lost/);

    await page.goto('/app/bus/dead-letters');
    await page.getByRole('checkbox', { name: /^Select dead letter/ }).check();
    await page.getByRole('button', { name: 'Redrive 1' }).click();
    await expect(page.getByText('1 dead letter delivered again')).toBeVisible();
    // The queue is still not there.
    await expect(row.getByText('1 time')).toBeVisible({ timeout: 15_000 });
    await page.getByRole('button', { name: 'Delete all' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('1 dead letter deleted')).toBeVisible();
    await expect(page.getByText('There are no dead letters')).toBeVisible();
  },
);

bus(
  'a deletion is of what was asked about, whatever the list shows by then',
  async ({ page, own }) => {
    const operator = await own.client('local');
    await operator.call(
      'PUT',
      `/bus/rules/lost?bus=${JOB_BUS}`,
      JSON.stringify({
        event_pattern: '{"detail-type":["Document Processing Completed"]}',
        targets: ['1', '2'].map((id) => ({
          id,
          arn: `arn:aws:sqs:${ACCOUNT}:nowhere-${id}`,
          maximum_retry_attempts: 0,
        })),
      }),
    );
    await page.goto('/app/bus/dead-letters');
    await (await own.client('ada')).ingest('First', [note]);
    const letters = page.getByRole('row', { name: /lost/ });
    await expect(letters).toHaveCount(2, { timeout: 15_000 });
    const chosen = letters.filter({ hasText: 'nowhere-1' }).getByRole('checkbox');
    await chosen.check();
    const id = Number((await chosen.getAttribute('aria-label'))?.match(/\d+/)?.[0]);
    await page.getByRole('button', { name: 'Delete 1' }).click();
    // Another operator is faster.
    await operator.call('POST', '/bus/dead-letters/delete', JSON.stringify({ ids: [id] }));
    await expect(letters).toHaveCount(1, { timeout: 15_000 });
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('Delete 1 dead letter?')).toBeVisible();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('0 dead letters deleted')).toBeVisible();
    await expect(letters).toHaveCount(1);
  },
);

bus('an archive is created, replayed to the end, and deleted', async ({ page, own }) => {
  await page.goto('/app/bus/archives');
  await expect(page.getByText('There are no archives')).toBeVisible();
  await page.getByRole('button', { name: 'Create an archive' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('all');
  await dialog.getByLabel('Event bus').click();
  await page.getByRole('option', { name: JOB_BUS }).click();
  await dialog.getByLabel('Keep events for so many days').fill('7');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByText('Archive all is created')).toBeVisible();
  await (await own.client('ada')).ingest('First', [note]);
  const archive = page.getByRole('table', { name: 'Archives' }).getByRole('row', { name: /all/ });
  await expect(archive.getByText('7 days')).toBeVisible();
  await expect(archive.getByRole('cell', { name: '2', exact: true })).toBeVisible({
    timeout: 15_000,
  });

  await page.getByRole('radio', { name: 'Select all' }).check();
  await page.getByRole('button', { name: 'Start a replay' }).click();
  await dialog.getByLabel('Name').fill('again');
  await dialog.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText('Replay again is started')).toBeVisible();
  const replay = page.getByRole('table', { name: 'Replays' }).getByRole('row', { name: /again/ });
  await expect(replay.getByText('Completed')).toBeVisible();
  await expect(replay.getByRole('progressbar')).toHaveAttribute('value', '100');

  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('Archive all is deleted')).toBeVisible();
  await expect(page.getByText('There are no archives')).toBeVisible();
});

for (const mode of ['light', 'dark'] as const) {
  bus(`no page of the bus has a barrier that axe can tell, ${mode}`, async ({ page, own }) => {
    bus.setTimeout(300_000);
    await page.emulateMedia({ colorScheme: mode, reducedMotion: 'reduce' });
    const operator = await own.client('local');
    await operator.call('POST', '/bus/archives', JSON.stringify({ name: 'all', bus: JOB_BUS }));
    for (const target of ['nowhere', 'nobody']) {
      await operator.call(
        'PUT',
        `/bus/rules/${target}?bus=${JOB_BUS}`,
        JSON.stringify({
          event_pattern: '{"source":["agent2.ingestor"]}',
          targets: [{ id: '1', arn: `arn:aws:sqs:${ACCOUNT}:${target}` }],
        }),
      );
    }
    await (await own.client('ada')).ingest('First', [note]);
    await operator.call(
      'POST',
      '/bus/replays',
      JSON.stringify({
        name: 'again',
        archive: 'all',
        from: '2026-01-01T00:00:00Z',
        to: '2999-01-01T00:00:00Z',
        rules: ['none'],
      }),
    );
    const check = async (name: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const told = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
      );
      expect.soft(told, name).toEqual([]);
    };
    await page.goto('/app/bus/rules');
    await expect(page.getByRole('row', { name: /nowhere/ })).toBeVisible();
    await check('rules');
    await page.goto(`/app/bus/rule?bus=${JOB_BUS}&name=nowhere`);
    await expect(page.getByText(/^Matches/).first()).toBeVisible();
    await check('rule');
    await page.goto('/app/bus/deliveries');
    await expect(page.getByText('Given up').first()).toBeVisible();
    await check('deliveries');
    await page.goto('/app/bus/dead-letters');
    await page
      .getByRole('button', { name: /Show dead letter/ })
      .first()
      .click();
    await expect(page.getByRole('dialog').getByText('"detail-type"')).toBeVisible();
    await check('dead letter');
    await page.keyboard.press('Escape');
    await check('dead letters');
    await page.goto('/app/bus/archives');
    await expect(page.getByRole('row', { name: /again/ })).toBeVisible();
    await check('archives');
    await page.getByRole('radio', { name: 'Select all' }).check();
    await page.getByRole('button', { name: 'Start a replay' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await check('replay');
  });
}
