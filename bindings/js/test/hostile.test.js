/* What fuzzing found and what comes near it, through every way in: an answer, or a Why403Error; never a trap. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { open, openCore, Why403Error } from '../lib/node.js';

const root = process.env.WHY403_SOURCE ?? fileURLToPath(new URL('../../..', import.meta.url));
const corpus = join(root, 'tests/fuzz/corpus');
const REQUEST = { operation: 'GetObject', resource: 'arn:aws:s3:::b/k', principal: 'arn:aws:iam::111122223333:user/a', from: '203.0.113.9' };
const EVIDENCE = ['error', 'event', 'log_line', 'command', 'curl', 'session_events', 'caller_identity', 'configure_list'];

/* A generator of its own: the same each time. */
let seed = 1;
const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
const decoder = new TextDecoder();

function spoiled(bytes) {
  let data = Uint8Array.from(bytes);
  for (let i = 0; i < 3; i++) {
    const at = random(data.length + 1);
    const what = random(3);
    data = what === 0 ? data.slice(0, at) : what === 1 ? Uint8Array.from([...data.slice(0, at), random(256), ...data.slice(at + 1)])
      : Uint8Array.from([...data.slice(0, at), ...data.slice(at, at + 40), ...data.slice(at)]);
  }
  return data;
}

function tried(ask) {
  try {
    ask();
  } catch (error) {
    if (error instanceof SyntaxError) {
      return; // an answer in several documents that is none: the caller's format
    }
    assert.ok(error instanceof Why403Error, String(error.stack));
    assert.notEqual(error.code, 7, error.message);
    assert.ok(error.detail.length > 0);
  }
}

for (const [name, opened] of [['the whole module', open()], ['the small one', openCore({ whole: null })]]) {
  test(`the corpus, ${name}`, async () => {
    const engine = await opened;
    const { empty } = engine;
    for (const folder of readdirSync(corpus)) {
      for (const file of readdirSync(join(corpus, folder)).filter((f) => statSync(join(corpus, folder, f)).isFile())) {
        const bytes = readFileSync(join(corpus, folder, file)).subarray(0, 20000);
        for (const data of [bytes, spoiled(bytes)]) {
          const text = decoder.decode(data);
          for (const member of EVIDENCE) {
            tried(() => empty.ask({ ask: 'evidence', evidence: { [member]: text } }));
          }
          tried(() => engine.explain(REQUEST, { policies: { identity: [text] } }));
          tried(() => engine.explain(REQUEST, { policies: { resource: text, trust: text } }));
          tried(() => empty.askText(text));
          tried(() => engine.world(text).free());
          tried(() => empty.decideLines(text));
          if (engine.isWhole) {
            tried(() => engine.lint(text));
            tried(() => empty.logs({ f: data }));
            tried(() => empty.sweep({ f: data }, { as: REQUEST.principal }));
          }
        }
      }
    }
  });
}

test('what is wrong has its place', async () => {
  const { empty } = await open();
  for (const [text, line] of [['{"ask":"explain",\n"request": tru}', 2], ['{"ask":"decide",\n\n"request":{"operation":}}', 3], ['[1,\n2', 2], ['{', 1]]) {
    assert.throws(() => empty.askText(text), (e) => e.source === 'question' && e.line === line);
  }
  assert.throws(() => empty.explain(REQUEST, { policies: { resource: '{"Version":"2012-10-17",\n"Statement":[}' } }),
    (e) => e.source === 'policies.resource' && e.line === 2);
});
