/* The built page on a server of its own, in Debian's Chromium; what left the page, and what its policy refused. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.wasm': 'application/wasm' };
/* web.md A9, word for word as the server sends it. */
const CSP =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const SITE = join(import.meta.dirname, '../../dist/site');

export async function serve(folder = SITE) {
  const asked = [];
  let body = 0;
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, 'http://x').pathname);
    asked.push(path);
    request.on('data', (bytes) => (body += bytes.length));
    try {
      const file = await readFile(join(folder, path === '/' ? 'index.html' : path));
      response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? TYPES['.html'], 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff' });
      response.end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}/`, asked, sent: () => body, close: () => server.close() };
}

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export async function launch() {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
}

/** A page, and what went wrong in it. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', permissions: [], ...options });
  const page = await context.newPage();
  const seen = { requests: [], violations: [], errors: [] };
  page.on('request', (request) => seen.requests.push(request.url()));
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      (/Content Security Policy|Refused to/.test(message.text()) ? seen.violations : seen.errors).push(message.text());
    }
  });
  await page.goto(url);
  await page.waitForSelector('main[data-state]');
  return { context, page, seen };
}

export const stateOf = (page) => page.getAttribute('main', 'data-state');

export const waitState = (page, ...states) =>
  page.waitForFunction((wanted) => wanted.includes(document.querySelector('main')?.dataset.state), states, { timeout: 20000 });

/** Until the answer has all that takes longer: fixes, texts. */
export const waitWhole = (page) => page.waitForSelector('main[data-whole="true"]');

/** Pastes a text into the box as a person does. */
export async function paste(page, text) {
  await page.fill('#paste', '');
  await page.evaluate((value) => {
    const area = document.querySelector('#paste');
    area.focus();
    area.value = value;
    area.dispatchEvent(new InputEvent('input', { bubbles: true }));
    area.dispatchEvent(new ClipboardEvent('paste', { bubbles: true }));
  }, text);
}

export const example = async (page, name, ...states) => {
  await page.click(`[data-example="${name}"]`);
  await waitState(page, ...(states.length ? states : ['denied', 'allowed', 'undetermined']));
  await waitWhole(page);
};
