import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CDPSession, Page } from '@playwright/test';
import { samples } from './server';
import { expect, test } from './test';

const note = (name: string, content = `# ${name}`) => ({
  name,
  mimeType: '',
  buffer: Buffer.from(content),
});

/** Makes uploads slow enough to be watched. */
async function throttle(page: Page, bytesPerSecond: number): Promise<CDPSession> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
  return devtools;
}

test('real documents are uploaded, processed and shown, without a reload', async ({ page }) => {
  await page.goto('/app/upload');
  await page.getByTestId('choose-files').setInputFiles(await samples());
  await expect(page.getByText('5 files uploaded').first()).toBeVisible();
  await page.getByLabel('Job name').fill('Harbour papers');
  await page.getByRole('button', { name: 'Process 5 documents' }).click();

  await expect(page.getByText('is completed').first()).toBeVisible({ timeout: 30_000 });
  const files = page.getByRole('table', { name: 'Files' });
  await expect(files.getByText('Completed')).toHaveCount(5);

  await page.getByRole('button', { name: 'Open the job' }).click();
  await expect(page.getByRole('heading', { name: 'Harbour papers', level: 1 })).toBeVisible();
  await page.getByRole('link', { name: 'harbour-report.pdf' }).click();
  await expect(page.getByRole('heading', { name: /Water Quality in the Harbour/ })).toBeVisible();
});

test('progress is seen, an upload goes on while other pages are read, and leaving warns', async ({
  page,
}) => {
  await page.goto('/app/upload');
  await throttle(page, 400_000);
  await page.getByTestId('choose-files').setInputFiles(note('long.txt', 'words '.repeat(400_000)));
  const bar = page.getByRole('progressbar', { name: 'Upload of long.txt' });
  await expect(bar).toBeVisible();
  const percent = async () =>
    Number((await bar.getAttribute('value')) ?? (await bar.getAttribute('aria-valuenow')));
  await expect.poll(percent).toBeGreaterThan(5);

  await page.keyboard.press('j');
  await expect(page.getByRole('heading', { name: 'Jobs', level: 1 })).toBeVisible();
  await expect(page.getByText('Uploading long', { exact: true })).toBeVisible();

  let asked = false;
  page.once('dialog', (dialog) => {
    asked = dialog.type() === 'beforeunload';
    void dialog.dismiss();
  });
  await page.evaluate(() => window.location.reload()).catch(() => undefined);
  await expect.poll(() => asked).toBe(true);

  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('button', { name: 'Process 1 document' }).click();
  await expect(page.getByText('is completed').first()).toBeVisible({ timeout: 30_000 });
});

test('an upload that breaks starts again by itself', async ({ page }) => {
  await page.goto('/app/upload');
  let broken = 0;
  await page.route(
    (url) => url.searchParams.has('X-Amz-Signature'),
    (route) => (broken++ === 0 ? route.abort('connectionreset') : route.continue()),
  );
  await page.getByTestId('choose-files').setInputFiles(note('a.md'));
  await expect(page.getByText('Interrupted, going on by itself')).toBeVisible();
  await expect(page.getByText('Uploaded', { exact: true })).toBeVisible();
  expect(broken).toBe(2);
});

test('a large file goes in parts, and on where it was after a reload', async ({ page }) => {
  const file = test.info().outputPath('large.txt');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, 'a parcel weighed\n'.repeat(2_200_000));
  const isPart = (url: URL) => url.searchParams.has('partNumber');
  const parts: string[] = [];
  page.on('request', (request) => {
    const number = new URL(request.url()).searchParams.get('partNumber');
    if (number) parts.push(number);
  });
  await page.route(isPart, (route) =>
    new URL(route.request().url()).searchParams.get('partNumber') === '2'
      ? route.abort('connectionreset')
      : route.continue(),
  );
  await page.goto('/app/upload');
  await page.getByTestId('choose-files').setInputFiles(file);
  await expect(page.getByText('Interrupted, going on by itself')).toBeVisible();
  expect(parts).toEqual(['1', '2']);

  page.on('dialog', (dialog) => void dialog.accept());
  await page.unroute(isPart);
  parts.length = 0;
  await page.reload();
  await page.getByTestId('choose-files').setInputFiles(file);
  await expect(page.getByText('Uploaded', { exact: true })).toBeVisible({ timeout: 30_000 });
  expect(parts).toEqual(['2', '3']);
});

test('an upload that keeps breaking is sent again by a button; others are cancelled and removed', async ({
  page,
}) => {
  await page.goto('/app/upload');
  let refuse = true;
  await page.route(
    (url) => url.searchParams.has('X-Amz-Signature') && url.pathname.includes('bad.md'),
    (route) =>
      refuse
        ? route.fulfill({ status: 400, body: '<Error><Message>No room for it.</Message></Error>' })
        : route.continue(),
  );
  await page.getByTestId('choose-files').setInputFiles([note('bad.md'), note('good.md')]);
  await expect(page.getByText('1 file could not be uploaded')).toBeVisible();
  await expect(page.getByText('No room for it.')).toBeVisible();

  refuse = false;
  await page.getByRole('button', { name: 'Upload bad.md again' }).click();
  await expect(page.getByText('2 files uploaded').first()).toBeVisible();

  await throttle(page, 50_000);
  await page.getByTestId('choose-files').setInputFiles(note('slow.txt', 'x'.repeat(2_000_000)));
  await page.getByRole('button', { name: 'Cancel the upload of slow.txt' }).click();
  await expect(page.getByText('Cancelled')).toBeVisible();
  await page.getByRole('button', { name: 'Remove slow.txt' }).click();
  await expect(page.getByText('slow.txt')).toBeHidden();
  await page.getByRole('button', { name: 'Process 2 documents' }).click();
  await expect(page.getByText('is completed').first()).toBeVisible();
});

test('what cannot be read is not sent, and the reason is told', async ({ page }) => {
  await page.goto('/app/upload');
  const sent: string[] = [];
  page.on('request', (request) => request.method() === 'PUT' && sent.push(request.url()));
  await page.getByTestId('choose-files').setInputFiles([note('setup.exe'), note('empty.md', '')]);
  await expect(page.getByText(/Files of type \.exe are not read/)).toBeVisible();
  await expect(page.getByText('The file is empty.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Process 0/ })).toBeDisabled();
  expect(sent).toEqual([]);
});

test('a document that cannot be read fails with its reason and a remedy', async ({ page }) => {
  await page.goto('/app/upload');
  await page
    .getByTestId('choose-files')
    .setInputFiles([note('fine.md'), note('broken.pdf', 'this is no PDF at all')]);
  await page.getByRole('button', { name: 'Process 2 documents' }).click();
  await page.getByRole('button', { name: 'Open the job' }).click();
  await expect(page.getByText('Failed').first()).toBeVisible();
  await expect(page.getByText(/save it anew/)).toBeVisible();
  await expect(page.getByRole('row', { name: /fine\.md/ }).getByText('Completed')).toBeVisible();
});

test('the same content is noticed and leads to the earlier document', async ({ page, client }) => {
  await client.ingest('The first', [{ name: 'first.md', content: '# The same words' }]);
  await page.goto('/app/upload');
  await page.getByTestId('choose-files').setInputFiles(note('second.md', '# The same words'));
  await expect(page.getByText('Same content as first.md in The first')).toBeVisible();
  await page.getByRole('link', { name: 'first.md' }).click();
  await expect(page.getByRole('heading', { name: 'first.md', level: 1 })).toBeVisible();
});

test('files dropped on any page are uploaded', async ({ page }) => {
  await page.goto('/app/jobs');
  await expect(page.getByText('No jobs yet')).toBeVisible();
  const text = await readFile((await samples()).find((path) => path.endsWith('.md')) ?? '', 'utf8');
  const data = await page.evaluateHandle((content) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], 'dropped.md'));
    return transfer;
  }, text);
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: data });
  await expect(page.getByText('Drop to upload')).toBeVisible();
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
  await expect(page.getByText('Drop to upload')).toBeHidden();
  await expect(page.getByText('dropped.md')).toBeVisible();
  await expect(page.getByText('Uploaded', { exact: true })).toBeVisible();
});
