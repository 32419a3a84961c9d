/* The pictures of docs/page.md. */
import { join } from 'node:path';

import { example, launch, open, serve, waitState } from './lib.mjs';

const to = (name) => join(import.meta.dirname, '../../../docs/page', name);
const site = await serve();
const browser = await launch();
{
  const { page } = await open(browser, site.url, { viewport: { width: 1280, height: 860 } });
  await example(page, 'account-finance');
  await page.waitForTimeout(300);
  await page.screenshot({ path: to('denied.png') });
  await page.locator('.apply').nth(1).click();
  await waitState(page, 'allowed');
  await page.waitForTimeout(600);
  await page.screenshot({ path: to('allowed.png') });
}
{
  const { page } = await open(browser, site.url, { viewport: { width: 360, height: 760 }, colorScheme: 'dark' });
  await example(page, 'account-finance');
  await page.evaluate(() => document.querySelector('#verdict').scrollIntoView());
  await page.waitForTimeout(300);
  await page.screenshot({ path: to('narrow.png') });
}
await browser.close();
site.close();
