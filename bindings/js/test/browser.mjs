/* The package in headless Chromium: browser.mjs SITE [TEST]. Without TEST the example of Vite, as TAP; `answer`, `answer-core`: the protocol
 * of tests/door/answer.c on the package below SITE/lib, answered in the page. Nothing may be fetched from elsewhere. */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
const [site, what] = [resolve(process.argv[2]), process.argv[3]];
const loaded = [];
const server = createServer(async (request, response) => {
  const path = normalize(new URL(request.url, 'http://localhost').pathname).replace(/\/$/, '/index.html');
  loaded.push(path);
  try {
    const body = path === '/blank.html' ? '<!doctype html>' : await readFile(join(site, path));
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
const page = await browser.newPage();
const noise = [];
page.on('pageerror', (error) => noise.push(error.message));
page.on('request', (request) => request.url().startsWith(origin) || noise.push(`request: ${request.url()}`));

async function answers(core) {
  await page.goto(`${origin}/blank.html`);
  await page.evaluate(async (small) => {
    const { open, openCore, Why403Error } = await import('/lib/index.js');
    const whole = await open();
    let engine = small ? await openCore() : whole;
    window.ask = async (line) => {
      try {
        let text;
        try {
          text = engine.empty.askText(line);
        } catch (error) {
          if (!error.needsWhole) {
            throw error;
          }
          text = whole.empty.askText(line);
        }
        return text.endsWith('\n') ? text : `${text}\n`;
      } catch (error) {
        if (!(error instanceof Why403Error)) {
          throw error;
        }
        return `{"error":${JSON.stringify({ message: error.detail })}}\n`;
      }
    };
  }, core);
  for await (const line of createInterface({ input: process.stdin, crlfDelay: 0 })) {
    process.stdout.write(await page.evaluate((text) => window.ask(text), line));
  }
}

let failed = 0;
let n = 0;
function check(name, good, told = '') {
  failed += !good;
  console.log(`${good ? 'ok' : 'not ok'} ${++n} - ${name}${good ? '' : `: ${told}`}`);
}

async function example() {
  const says = (words) => page.waitForFunction((text) => document.getElementById('verdict').textContent.includes(text), words, { timeout: 60000 });
  const wasm = () => loaded.filter((path) => path.endsWith('.wasm')).length;
  await page.goto(`${origin}/index.html`);
  await says('denied: ');
  check('a verdict by the small module alone', wasm() === 1, loaded.join(' '));
  await page.fill('#key', 'public/report.csv');
  await says('allowed');
  await page.fill('#policy', '{"Version": "2012-10-17",\n "Statement": [}');
  await says('policies.resource:2:');
  check('a policy that is no JSON has its place', true);
  await page.fill('#policy', '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObjekt","Resource":"arn:aws:s3:::example-bucket/*"}]}');
  await page.click('#lint');
  await page.waitForFunction(() => document.getElementById('findings').textContent.includes('INVALID_ACTION'), null, { timeout: 120000 });
  check('the whole module is loaded when it is needed', wasm() === 2, loaded.join(' '));
  check('nothing is asked of anybody else, and nothing went wrong', noise.length === 0, noise.join('; '));
  console.log(`1..${n}`);
}

await (what ? answers(what === 'answer-core') : example());
await browser.close();
server.close();
process.exit(failed || (what && noise.length) ? 1 : 0);
