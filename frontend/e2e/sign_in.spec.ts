import { Server } from './server';
import { expect, test } from './test';

test.describe('with the link', () => {
  test('signs in once, says so when it was used, and signs out', async ({ browser }) => {
    const server = await Server.start();
    try {
      const link = await server.signInLink();
      const page = await (await browser.newContext()).newPage();
      await page.goto(link);
      await expect(page.getByRole('heading', { name: 'Jobs', level: 1 })).toBeVisible();
      expect(page.url()).toBe(`${server.url}/app/jobs`);
      const [cookie] = await page.context().cookies();
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
      expect(
        await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])),
      ).not.toContain('ey');

      const other = await (await browser.newContext()).newPage();
      await other.goto(link);
      await expect(other.getByText('That link did not sign you in')).toBeVisible();
      await expect(other.getByText(/used/)).toBeVisible();
      expect(other.url()).not.toContain('code');

      await page.getByRole('button', { name: 'Signed in as local' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
      expect(await page.context().cookies()).toEqual([]);
      await page.goto(`${server.url}/app/jobs`);
      await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    } finally {
      await server.remove();
    }
  });
});

test('a session that ends asks again and keeps what the page shows', async ({
  page,
  server,
  user,
}) => {
  await page.goto('/app/upload');
  await page
    .getByTestId('choose-files')
    .setInputFiles({ name: 'kept.md', mimeType: '', buffer: Buffer.from('# Kept') });
  await expect(page.getByText('Uploaded', { exact: true })).toBeVisible();
  await page.getByLabel('Job name').fill('Written before the session ended');

  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Process 1 document' }).click();
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await expect(dialog).toBeVisible();
  await dialog.getByLabel('Sign-in link').fill(await server.token(user));
  await dialog.getByRole('button', { name: 'Sign in' }).click();

  await expect(dialog).toBeHidden();
  await expect(
    page.getByRole('link', { name: 'Written before the session ended' }).first(),
  ).toBeVisible();
});

test('a wrong link explains itself and leaves the form', async ({ page, server }) => {
  await page.context().clearCookies();
  await page.goto('/app/#code=nonsense');
  await expect(page.getByText('That link did not sign you in')).toBeVisible();
  await page.getByLabel('Sign-in link').fill(`${server.url}/app/#code=alsononsense`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText(/not known/).last()).toBeVisible();
});
