import { test as base, type Page } from '@playwright/test';
import { type Client, Server } from './server';

interface Fixtures {
  /** A name that no other test uses. */
  user: string;
  /** The API as that user. */
  client: Client;
  /** A page of that user's browser, signed in; nothing is open yet. */
  page: Page;
}

interface Shared {
  /** For tests that leave others alone: each is a user of its own. */
  server: Server;
}

export const test = base.extend<Fixtures, Shared>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture uses here
    async ({}, use) => {
      const server = await Server.start('--rate-limit', '0');
      await use(server);
      await server.remove();
    },
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  user: async ({}, use, info) => use(`user-${info.testId}-${info.retry}`),
  client: async ({ server, user }, use) => use(await server.client(user)),
  page: async ({ page, server, user }, use) => {
    await signIn(page, server, user);
    const broken: string[] = [];
    page.on('pageerror', (error) => broken.push(String(error)));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) broken.push(message.text());
    });
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== server.url) broken.push(`asked ${origin}`);
    });
    await use(page);
    // Whatever a test is about: nothing may fail unseen, break the policy, or ask another host.
    if (broken.length > 0) throw new Error(broken.join('\n'));
  },
  baseURL: async ({ server }, use) => use(server.url),
});

export { expect } from '@playwright/test';

/** Gives the page's browser a session, as signing in would. */
export async function signIn(page: Page, server: Server, user: string): Promise<void> {
  const answer = await page.context().request.post(`${server.url}/auth/session`, {
    headers: { Authorization: `Bearer ${await server.token(user)}`, Origin: server.url },
    data: {},
  });
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`);
}
