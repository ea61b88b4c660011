import { type AddressInfo, connect, createServer, type Server as TcpServer } from 'node:net';
import type { Page } from '@playwright/test';
import { Server, sample } from './server';
import { expect, test } from './test';

/** What a tunnel does: another port of this machine that leads to the service. */
class Tunnel {
  private constructor(private readonly server: TcpServer) {}

  static async to(target: URL): Promise<Tunnel> {
    const host = target.hostname.replace(/[[\]]/g, '');
    const server = createServer((near) => {
      const far = connect(Number(target.port), host);
      near.pipe(far).pipe(near);
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return new Tunnel(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
  }
}

/** Signs in by the link under another name of the service, uploads a document, sees it done, and signs out. */
async function useFrom(page: Page, origin: string, link: string): Promise<void> {
  const broken: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) broken.push(message.text());
  });
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (asked.protocol.startsWith('http') && asked.origin !== origin) broken.push(request.url());
  });
  const { pathname, hash } = new URL(link);
  await page.goto(`${origin}${pathname}${hash}`);
  await expect(page.getByRole('button', { name: 'Signed in as local' })).toBeVisible();
  await page.goto(`${origin}/app/upload`);
  const { name, content } = await sample('workshop-handbook.md');
  await page
    .getByTestId('choose-files')
    .setInputFiles({ name, mimeType: '', buffer: Buffer.from(content as Uint8Array) });
  await page.getByRole('button', { name: 'Process 1 document' }).click();
  await expect(page.getByText('Completed').first()).toBeVisible();
  await page.getByRole('button', { name: 'Signed in as local' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByLabel('Sign-in link')).toBeVisible();
  expect(broken).toEqual([]);
}

const NAMES: [string, string, string][] = [
  ['127.0.0.1', '127.0.0.1:0', '127.0.0.1'],
  ['localhost', '127.0.0.1:0', 'localhost'],
  ['[::1]', '[::1]:0', '[::1]'],
  ['localhost of a listener on [::1]', '[::1]:0', 'localhost'],
];

for (const [title, listen, name] of NAMES) {
  test(`a page opened as ${title} signs in, uploads and signs out`, async ({ browser }) => {
    const server = await Server.listening(listen);
    try {
      const page = await (await browser.newContext()).newPage();
      const { port } = new URL(server.url);
      await useFrom(page, `http://${name}:${port}`, await server.signInLink());
    } finally {
      await server.remove();
    }
  });
}

for (const name of ['localhost', '127.0.0.1']) {
  test(`a page opened through a tunnel's port of ${name} does as well`, async ({ browser }) => {
    const server = await Server.start();
    const tunnel = await Tunnel.to(new URL(server.url));
    try {
      const page = await (await browser.newContext()).newPage();
      await useFrom(page, `http://${name}:${tunnel.port}`, await server.signInLink());
    } finally {
      tunnel.close();
      await server.remove();
    }
  });
}
