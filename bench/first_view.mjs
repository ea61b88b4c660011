// node first_view.mjs URL TOKEN ROUNDS: opens the page with an empty cache and prints, as JSON, the bytes that
// came over the wire and the milliseconds until the table shows its first job, one entry a round.
import { chromium } from '../frontend/node_modules/@playwright/test/index.mjs';

const [url, token, rounds] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
});
const views = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.request.post(`${url}/auth/session`, { headers: { Authorization: `Bearer ${token}` }, data: {} });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  let bytes = 0;
  let requests = 0;
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    requests += 1;
  });
  await page.addInitScript(() => {
    const seen = new MutationObserver(() => {
      if (!document.querySelector('td a[href*="/app/jobs/"], th a[href*="/app/jobs/"]')) return;
      seen.disconnect();
      requestAnimationFrame(() => {
        window.shownMs = performance.now();
      });
    });
    seen.observe(document, { childList: true, subtree: true });
  });
  await page.goto(`${url}/app/`);
  await page.waitForFunction(() => window.shownMs > 0);
  // Fonts and icons that come a moment after the table count too.
  await page.evaluate(() => document.fonts.ready);
  views.push({ bytes, requests, ms: await page.evaluate(() => window.shownMs) });
  await context.close();
}
await browser.close();
console.log(JSON.stringify(views));
