import AxeBuilder from '@axe-core/playwright';
import { sample } from './server';
import { expect, test } from './test';

const PAGES = [
  'jobs',
  'jobs?view=attention',
  'job',
  'document',
  'chunks',
  'upload',
  'settings',
  'help',
  'sign-in',
];

for (const mode of ['light', 'dark'] as const) {
  test(`no page has a barrier that axe can tell, ${mode}`, async ({ page, client }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme: mode, reducedMotion: 'reduce' });
    const jobId = await client.ingest('Accessible', [
      await sample('harbour-report.pdf'),
      { name: 'bad.pdf', content: 'no PDF' },
    ]);
    const paths: Record<string, string> = {
      job: `jobs/${jobId}`,
      document: `jobs/${jobId}/documents/0`,
      chunks: `jobs/${jobId}/documents/0?show=chunks`,
      help: 'jobs',
      'sign-in': '',
    };
    for (const name of PAGES) {
      if (name === 'sign-in') await page.context().clearCookies();
      await page.goto(`/app/${paths[name] ?? name}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      if (name === 'help') await page.keyboard.press('?');
      if (name === 'upload') {
        await page.getByTestId('choose-files').setInputFiles([
          { name: 'a.md', mimeType: '', buffer: Buffer.from('# A') },
          { name: 'a.exe', mimeType: '', buffer: Buffer.from('x') },
        ]);
        await expect(page.getByText('Uploaded', { exact: true })).toBeVisible();
      }
      if (name.startsWith('jobs'))
        await expect(page.getByRole('link', { name: 'Accessible' })).toBeVisible();
      // The source is drawn by the browser's own viewer, which is not ours to mend.
      const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
      const told = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
      );
      expect.soft(told, name).toEqual([]);
    }
  });
}

test('everything is reached by keyboard, and single keys rest while somebody types', async ({
  page,
  client,
}) => {
  await client.ingest('First', [{ name: 'a.md', content: '# A' }]);
  await page.goto('/app/jobs');
  await expect(page.getByRole('link', { name: 'First' })).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('u?jr/');
  await expect(page.getByLabel(/Find jobs/)).toHaveValue('u?jr/');
  await expect(page).toHaveURL(/\/app\/jobs/);
  await expect(page.getByText('No job matches')).toBeVisible();
  await page.getByLabel(/Find jobs/).fill('');
  // The rows come back with the search's end; a row of before would take the focus with it.
  await page.getByRole('link', { name: 'First' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'First', level: 1 })).toBeVisible();
  await page.keyboard.press('u');
  await expect(page.getByRole('heading', { name: 'Upload documents' })).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('a search that was just typed neither holds back nor follows whoever leaves the jobs', async ({
  page,
  client,
}) => {
  const jobId = await client.ingest('First', [{ name: 'a.md', content: '# A' }]);
  await page.clock.install();
  await page.goto('/app/jobs');
  await expect(page.getByRole('link', { name: 'First' })).toBeVisible();
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.getByLabel(/Find jobs/).fill('Something else');
  await page.getByRole('link', { name: 'First' }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/app/jobs/${jobId}$`));
  await page.clock.runFor(5_000);
  await page.clock.resume();
  await expect(page.getByRole('heading', { name: 'First', level: 1 })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/app/jobs/${jobId}$`));
});

test('the end of a job is said to screen readers', async ({ page, client }) => {
  await page.goto('/app/jobs');
  await expect(page.getByText('No jobs yet')).toBeVisible();
  await client.submit('Spoken', [{ name: 'a.md', content: '# A' }]);
  await expect(page.getByRole('status').filter({ hasText: 'Job Spoken: Completed.' })).toHaveCount(
    1,
    {
      timeout: 20_000,
    },
  );
});

test('the appearance follows the system until it is chosen, and stays chosen', async ({ page }) => {
  const dark = () => page.evaluate(() => document.body.classList.contains('awsui-dark-mode'));
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/app/settings');
  expect(await dark()).toBe(true);
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(dark).toBe(false);
  await page.getByRole('button', { name: 'Dark', exact: true }).click();
  await expect.poll(dark).toBe(true);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await dark()).toBe(true);
});
