// The pages of run.sh in a headless browser: node check.mjs PAGES ROOT SNAPSHOT. Structure and behaviour, not pixels.
import assert from 'node:assert/strict';
import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { contrast, marked, structure } from './page.mjs';

const [pages, root, snapshot] = process.argv.slice(2);
const NAMES = ['denied', 'missing', 'unknown', 'allowed', 'evidence', 'hostile'];
let passed = 0;
let failed = 0;

async function test(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok ${passed + failed} - ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok ${passed + failed} - ${name}\n# ${String(error.message).replaceAll('\n', '\n# ')}`);
  }
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});

/** Opens a page; everything it says, asks or fetches is in `noise`. */
async function open(name, options = {}, before = async () => {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  const noise = [];
  page.on('console', (m) => noise.push(`console: ${m.text()}`));
  page.on('pageerror', (e) => noise.push(`error: ${e.message}`));
  page.on('dialog', (d) => { noise.push(`dialog: ${d.message()}`); d.dismiss(); });
  const address = `file://${join(pages, `${name}.html`)}`;
  page.on('request', (r) => { if (r.url() !== address) noise.push(`request: ${r.url()}`); });
  await before(page);
  await page.goto(address);
  return { page, noise, close: () => context.close() };
}

async function on(name, options, body, before) {
  const { page, noise, close } = await open(name, options, before);
  try {
    await body(page);
    assert.deepEqual(noise, []);
  } finally {
    await close();
  }
}

const bare = (text) => text.replace(/\s+/g, '');
const answer = (name) => JSON.parse(readFileSync(join(pages, `${name}.json`), 'utf8'));

function blamedText(blame) {
  const inSnapshot = join(snapshot, blame.policy);
  const bytes = readFileSync(existsSync(inSnapshot) ? inSnapshot : join(root, blame.policy));
  return bytes.subarray(blame.offset, blame.offset + blame.length).toString('utf8');
}

for (const name of NAMES) {
  for (const colorScheme of ['light', 'dark']) {
    await test(`${name}, ${colorScheme}: quiet, well-formed, readable`, () => on(name, { colorScheme }, async (page) => {
      assert.deepEqual(await page.evaluate(structure), []);
      assert.deepEqual(await page.evaluate(contrast), []);
    }));
  }
  await test(`${name}: fits a phone`, () => on(name, { viewport: { width: 320, height: 640 } }, async (page) => {
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'scrolls sideways');
    assert.ok(await page.locator('svg.tall').isVisible());
    assert.ok(!(await page.locator('svg.wide').isVisible()));
  }));
  await test(`${name}: the verdict and the blocking layer`, () => on(name, {}, async (page) => {
    const { decision, cause } = answer(name);
    assert.equal((await page.locator('h1 span').first().textContent()).toLowerCase(), decision);
    assert.equal(await page.locator('svg.wide .blocks').count(), cause ? 1 : 0);
    assert.ok(await page.locator('svg.wide g.blocks text.flag').count() === (cause ? 1 : 0));
  }));
}

for (const name of ['denied', 'hostile']) {
  await test(`${name}: the blamed bytes are marked`, () => on(name, {}, async (page) => {
    const blames = answer(name).causes[0].blames;
    const [texts] = await page.evaluate(marked);
    assert.ok(blames.length > 0);
    blames.forEach((b, i) => assert.equal(bare(texts[i]), bare(blamedText(b))));
    assert.equal(await page.locator('#why .note').first().textContent(), blames[0].label);
  }));
}

await test('missing: a span over several lines is marked', () => on('missing', {}, async (page) => {
  const [blame] = answer('missing').causes[0].blames;
  const [texts] = await page.evaluate(marked);
  assert.equal(bare(texts[0]), bare(blamedText(blame)));
  assert.ok(await page.locator('#why mark').count() > 1);
}));

await test('unknown: the open condition is marked, and what would settle it is said', () => on('unknown', {}, async (page) => {
  assert.ok((await page.locator('#why mark').first().textContent()).includes('vpce-'));
  assert.ok((await page.locator('#unknown').textContent()).includes('aws:SourceVpce'));
}));

await test('missing: fixes with their diff, their commands and their proof', () => on('missing', {}, async (page) => {
  const { fixes } = answer('missing');
  assert.ok(fixes.length > 0);
  assert.equal(await page.locator('#fix li.fix').count(), fixes.length);
  assert.ok((await page.locator('#fix ins').first().textContent()).length > 1);
  assert.ok((await page.locator('#fix .proof').first().textContent()).includes('allowed'));
  const button = page.locator('#fix button:visible').last();
  await button.click();
  await page.locator('#fix button:text("Copied")').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(fixes.flatMap((f) => f.commands).includes(copied), copied);
}));

await test('hostile: text stays text', () => on('hostile', {}, async (page) => {
  await page.waitForTimeout(100);
  assert.notEqual(await page.title(), 'owned');
  assert.ok((await page.title()).includes('<script>alert(3)</script>'));
  assert.ok((await page.locator('#why').textContent()).includes('<img src=x onerror=alert(2)>'));
}));

await test('copy: the clipboard has the message, the page says so', () => on('denied', {}, async (page) => {
  const { message } = answer('denied');
  await page.locator('#message button').click();
  await page.locator('#said:text("Copied to the clipboard")').waitFor({ state: 'attached' });
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), message);
  assert.equal(await page.locator('#message button').textContent(), 'Copied');
}));

await test('copy: where the clipboard is refused, by selection', () => on('hostile', {}, async (page) => {
  await page.locator('#message button').click();
  await page.locator('#message button:text("Copied")').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), answer('hostile').message);
  assert.equal(await page.locator('textarea').count(), 0);
}, (page) => page.addInitScript(() => {
  navigator.clipboard.writeText = () => Promise.reject(new Error('refused'));
})));

await test('keyboard: first the way to the answer, then the buttons', () => on('denied', {}, async (page) => {
  await page.keyboard.press('Tab');
  const box = await page.locator('.skip').boundingBox();
  assert.ok(box.x >= 0 && box.y >= 0, 'the skip link is not seen');
  await page.keyboard.press('Enter');
  await page.waitForURL(/#why$/);
  const focused = () => page.evaluate(() => document.activeElement.tagName);
  for (let i = 0; i < 10 && (await focused()) !== 'BUTTON'; i += 1) await page.keyboard.press('Tab');
  assert.equal(await focused(), 'BUTTON');
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none');
  await page.keyboard.press('Enter');
  await page.locator('button:focus:text("Copied")').waitFor();
}));

await test('without scripts: all there, no button that does nothing', () => on('denied', { javaScriptEnabled: false }, async (page) => {
  assert.equal(await page.locator('button:visible').count(), 0);
  assert.ok(await page.locator('#why mark').first().isVisible());
}));

await test('print: dark ink on white, no buttons', () => on('denied', { colorScheme: 'dark' }, async (page) => {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
  assert.equal(await page.locator('button:visible').count(), 0);
}));

await browser.close();
console.log(`1..${passed + failed}\n# ${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
