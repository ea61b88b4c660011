import type { Browser, Page } from '@playwright/test';
import { Cdn } from './cdn';
import { Issuer } from './issuer';
import { Server, sample } from './server';
import { expect, test } from './test';

/** A browser that has never been here, which reports what broke. */
async function openPage(browser: Browser): Promise<{ page: Page; broken: string[] }> {
  const page = await (await browser.newContext()).newPage();
  const broken: string[] = [];
  page.on('pageerror', (error) => broken.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) broken.push(message.text());
  });
  return { page, broken };
}

const stored = (page: Page) =>
  page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));

test('people sign in at the issuer with PKCE, come back to where they were, and sign out', async ({
  browser,
}) => {
  const issuer = await Issuer.start();
  const server = await Server.start(...issuer.options);
  try {
    const { page, broken } = await openPage(browser);
    await page.goto(`${server.url}/app/jobs?view=attention`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Continue as ada' }).click();
    await expect(page.getByRole('button', { name: 'Signed in as ada' })).toBeVisible();
    await expect(page.getByText('Nothing needs your attention')).toBeVisible();
    expect(page.url()).toBe(`${server.url}/app/jobs?view=attention`);
    const [cookie] = await page.context().cookies(server.url);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect(await stored(page)).not.toContain('ey');

    await page.goto(`${server.url}/app/upload`);
    const { name, content } = await sample('workshop-handbook.md');
    await page
      .getByTestId('choose-files')
      .setInputFiles({ name, mimeType: '', buffer: Buffer.from(content as Uint8Array) });
    await page.getByRole('button', { name: 'Process 1 document' }).click();
    await expect(page.getByText('Completed').first()).toBeVisible();

    await page.getByRole('button', { name: 'Signed in as ada' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
    expect(issuer.signedOutTo).toEqual([`${server.url}/app/`]);
    expect(await page.context().cookies(server.url)).toEqual([]);

    // Another sign-in has secrets of its own.
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Continue as ada' }).click();
    await expect(page.getByRole('button', { name: 'Signed in as ada' })).toBeVisible();
    expect(new Set(issuer.challenges).size).toBe(2);
    expect(broken).toEqual([]);
  } finally {
    await server.remove();
    await issuer.stop();
  }
});

test('people of an issuer whose access tokens say nothing sign in by its ID token', async ({
  browser,
}) => {
  const issuer = await Issuer.start();
  issuer.opaque = true;
  const server = await Server.start(...issuer.options);
  try {
    const { page, broken } = await openPage(browser);
    await page.goto(`${server.url}/app/jobs`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Continue as ada' }).click();
    await expect(page.getByRole('button', { name: 'Signed in as ada' })).toBeVisible();
    expect(broken).toEqual([]);
  } finally {
    await server.remove();
    await issuer.stop();
  }
});

test('a sign-in that the issuer refuses or that was not started here explains itself', async ({
  browser,
}) => {
  const issuer = await Issuer.start();
  const server = await Server.start(...issuer.options);
  try {
    const { page } = await openPage(browser);
    issuer.refusal = { error: 'access_denied', error_description: 'Ada may not enter.' };
    await page.goto(`${server.url}/app/`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Continue as ada' }).click();
    await expect(page.getByText('Ada may not enter.')).toBeVisible();

    await page.goto(`${server.url}/app/signed-in?code=stolen&state=guessed`);
    await expect(page.getByText('This sign-in was not started here')).toBeVisible();
    expect(page.url()).not.toContain('stolen');
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  } finally {
    await server.remove();
    await issuer.stop();
  }
});

test('a session of the issuer that ends is renewed in a tab of its own', async ({ browser }) => {
  const issuer = await Issuer.start();
  const server = await Server.start(...issuer.options);
  try {
    const { page, broken } = await openPage(browser);
    await page.goto(`${server.url}/app/upload`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Continue as ada' }).click();
    await page
      .getByTestId('choose-files')
      .setInputFiles({ name: 'kept.md', mimeType: '', buffer: Buffer.from('# Kept') });
    await expect(page.getByText('Uploaded', { exact: true })).toBeVisible();

    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Process 1 document' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    const opened = page.context().waitForEvent('page');
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await (await opened).getByRole('link', { name: 'Continue as ada' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText('kept').first()).toBeVisible();
    await expect(page.getByText('Completed').first()).toBeVisible();
    expect(broken).toEqual([]);
  } finally {
    await server.remove();
    await issuer.stop();
  }
});

test('behind a content delivery network the token stays in memory, and a reload gets a new one', async ({
  browser,
}) => {
  const issuer = await Issuer.start();
  const server = await Server.start(...issuer.options);
  const cdn = await Cdn.start(server);
  try {
    const { page, broken } = await openPage(browser);
    await page.goto(`${cdn.url}/app/jobs`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Continue as ada' }).click();
    await expect(page.getByRole('button', { name: 'Signed in as ada' })).toBeVisible();
    await expect(page.getByText('No jobs yet')).toBeVisible();
    expect(await stored(page)).not.toContain('ey');
    expect(await page.context().cookies(cdn.url)).toEqual([]);

    await page.reload();
    await page.getByRole('link', { name: 'Continue as ada' }).click();
    await expect(page.getByRole('button', { name: 'Signed in as ada' })).toBeVisible();
    expect(page.url()).toBe(`${cdn.url}/app/jobs`);
    expect(broken).toEqual([]);
  } finally {
    await cdn.stop();
    await server.remove();
    await issuer.stop();
  }
});
