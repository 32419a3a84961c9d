/* The package as a user has it. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { openCore as openAnyCore } from '../lib/index.js';
import { open, openCore, unpack, Why403Error, World } from '../lib/node.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = process.env.WHY403_SOURCE ?? join(here, '../../..');
const program = process.env.WHY403;
const ALICE = { operation: 'GetObject', resource: 'arn:aws:s3:::example-reports/finance/q3.csv',
  principal: 'arn:aws:iam::111122223333:user/alice', from: '203.0.113.9' };
const ALLOW = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
const DENY = { Version: '2012-10-17', Statement: [{ Sid: 'Né', Effect: 'Deny', Principal: '*', Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::example-reports/*' }] };
const engine = await open();
const bytesOf = (name) => new WebAssembly.Module(readFileSync(new URL(`../lib/${name}`, import.meta.url)));

/* A folder in the single-file form. */
function folder(path) {
  const files = {};
  for (const name of readdirSync(path, { recursive: true })) {
    if (statSync(join(path, name)).isFile() && name.endsWith('.json')) {
      files[name] = JSON.parse(readFileSync(join(path, name), 'utf8') || '""');
    }
  }
  return files;
}

const account = engine.world(folder(join(root, 'examples/account')));

test('a request, a cause, a proven fix', () => {
  const answer = account.explain(ALICE);
  assert.equal(answer.decision, 'denied');
  assert.equal(answer.cause, 'deny.bucket-policy');
  assert.equal(answer.fixes[0].id, 'use-endpoint');
  assert.equal(answer.fixes[0].proof.decision, 'allowed');
});

test('without a snapshot', () => {
  assert.equal(engine.explain(ALICE, { policies: { identity: [ALLOW] } }).decision, 'allowed');
  const answer = engine.explain(ALICE, { policies: { identity: [ALLOW], resource: DENY } });
  assert.deepEqual([answer.decision, answer.statement.sid], ['denied', 'Né']);
});

test('an overlay is for one question', () => {
  const path = 'accounts/111122223333/s3/example-reports/policy.json';
  const none = { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [] }) };
  assert.equal(account.explain(ALICE, { overlay: { [path]: none } }).decision, 'allowed');
  assert.equal(account.explain(ALICE).decision, 'denied');
});

test('many requests', () => {
  const requests = Array.from({ length: 3000 }, (_, id) => ({ ...ALICE, id, resource: `arn:aws:s3:::example-reports/finance/${id} é%+` }));
  const verdicts = account.decideMany([...requests, { operation: 'GetObject' }]);
  assert.equal(verdicts.length, 3001);
  assert.ok(verdicts.slice(0, 3000).every((v, id) => v.id === id && v.decision === 'denied'));
  assert.match(verdicts[3000].error.message, /./);
});

test('questions about all requests, lint, logs', async () => {
  assert.ok(account.whoCan('PutObject', 's3://example-data/a b').callers.length);
  assert.equal(account.public().format, 1);
  assert.equal(engine.diff(DENY, ALLOW, { kind: 'bucket-policy' }).question, 'diff');
  assert.equal(engine.check('no-public-access', DENY).result, 'PASS');
  const found = engine.lint({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObjekt', Resource: '*' }] }, { type: 'identity' });
  assert.equal(found.findings[0].code, 'INVALID_ACTION');
  const event = { Records: [{ eventTime: '2026-11-21T10:00:00Z', eventSource: 's3.amazonaws.com', eventName: 'GetObject', errorCode: 'AccessDenied' }] };
  const packed = gzipSync(JSON.stringify(event));
  assert.equal(account.logs({ 'trail.json': await unpack(packed) }).denied, 1);
  const still = account.logs({ 'trail.json.gz': new Uint8Array(packed) });
  assert.deepEqual([still.denied, still.files_damaged], [0, 1]); // said, not passed over
});

test('what is wrong has its words and its place', () => {
  const wrong = [
    [{ ask: 'explan' }, /did you mean `explain`/],
    [{ ask: 'explain', reqest: {} }, /did you mean `request`/],
    [{ ask: 'explain', write_fixes: 'd' }, /no member/],
    [{ ask: 'lint', operands: '/etc/passwd' }, /not among the texts/],
    [{ ask: 'explain', request: ALICE }, /nothing to judge/],
  ];
  for (const [question, words] of wrong) {
    assert.throws(() => engine.empty.ask(question), (e) => e instanceof Why403Error && words.test(e.message));
  }
  assert.throws(() => engine.empty.askText('{"ask":"explain",\n  "request": tru}'), (e) => e.line === 2 && e.source === 'question');
});

test('hostile questions and snapshots raise, and never trap', () => {
  const texts = ['', '{', '['.repeat(200000), '{"ask":"\u0000"}', '{"ask":"decide","lines":5}', '{"ask":null}', 'é'.repeat(10)];
  for (const text of texts) {
    assert.throws(() => engine.empty.askText(text), (e) => e instanceof Why403Error && e.code !== 7);
  }
  for (const text of ['[]', '{'.repeat(100000), '\ud800']) {
    assert.throws(() => engine.world(text), (e) => e instanceof Why403Error && e.code !== 7);
  }
});

test('memory does not grow with the number of questions', () => {
  for (let i = 0; i < 200; i++) {
    account.explain(ALICE);
  }
  const before = engine.memory;
  for (let i = 0; i < 2000; i++) {
    account.decide(ALICE);
    if (i % 20 === 0) {
      engine.world({ 'accounts/111122223333/account.json': { Name: `n${i}` } }).free();
    }
  }
  assert.equal(engine.memory, before);
});

test('a world that was freed answers no more', () => {
  const world = engine.world();
  world.free();
  assert.throws(() => world.ask({ ask: 'version' }), /freed/);
  assert.ok(engine.empty instanceof World);
});

test('the module asks its host for files, a clock and a wait, and for nothing else', () => {
  const wasi = /^wasi_snapshot_preview1\.(fd_|path_|environ_|clock_time_get$|poll_oneoff$|proc_exit$)/;
  const names = WebAssembly.Module.imports(bytesOf('why403.wasm')).map((i) => `${i.module}.${i.name}`);
  assert.ok(names.every((n) => wasi.test(n)), names.join(' '));
  const small = WebAssembly.Module.imports(bytesOf('why403-core.wasm')).map((i) => `${i.module}.${i.name}`);
  assert.ok(small.every((n) => wasi.test(n) || n.startsWith('env.w403_')), small.join(' ')); // nothing of the C library is missing
});

test('sizes', () => {
  const packed = (name) => gzipSync(readFileSync(new URL(`../lib/${name}`, import.meta.url)), { level: 9 }).length;
  assert.ok(packed('why403-core.wasm') <= 400e3, `${packed('why403-core.wasm')} bytes`);
  assert.ok(packed('why403.wasm') <= 1.5e6, `${packed('why403.wasm')} bytes`);
});

test('the small module decides, explains and reads evidence; the whole one is loaded where it is needed', async () => {
  const core = await openCore();
  const world = core.world(folder(join(root, 'examples/account')));
  assert.deepEqual(world.explain(ALICE), account.explain(ALICE));
  assert.deepEqual(world.decideMany([ALICE, {}]), account.decideMany([ALICE, {}]));
  const said = { evidence: { error: 'An error occurred (AccessDenied) when calling the GetObject operation: Access Denied' } };
  assert.deepEqual(world.ask({ ask: 'evidence', ...said }), account.ask({ ask: 'evidence', ...said }));
  assert.throws(() => core.empty.ask({ ask: 'explan' }), /did you mean `explain`/);
  assert.equal(core.isWhole, false);
  assert.deepEqual(world.whoCan('PutObject', 's3://example-data/a b'), account.whoCan('PutObject', 's3://example-data/a b'));
  assert.equal(core.isWhole, true); // in Node without waiting; the world is read anew
  assert.deepEqual(world.explain(ALICE), account.explain(ALICE));
});

test('where the whole module has to be awaited, the question says so', async () => {
  const load = () => Promise.resolve(bytesOf('why403.wasm'));
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*', 'ec2:Describe*'], Resource: '*' }] };
  const core = await openAnyCore({ core: bytesOf('why403-core.wasm'), whole: load() });
  assert.equal(core.explain(ALICE, { policies: { identity: [ALLOW] } }).decision, 'allowed');
  const other = () => core.explain(ALICE, { policies: { identity: [policy] } }); // its warnings know ec2's actions
  assert.throws(other, (e) => e instanceof Why403Error && e.needsWhole && e.code === 8 && /whole/.test(e.hint));
  assert.deepEqual(await core.answer(other), engine.explain(ALICE, { policies: { identity: [policy] } }));
  assert.equal(core.isWhole, true);
  assert.equal(await core.whole(), core);
  const alone = await openAnyCore({ core: bytesOf('why403-core.wasm'), whole: null });
  assert.throws(() => alone.lint(ALLOW), (e) => e.needsWhole);
  await assert.rejects(alone.whole(), (e) => e.needsWhole);
  await assert.rejects(alone.answer(() => alone.lint(ALLOW)), (e) => e.needsWhole);
  const broken = await openAnyCore({ core: bytesOf('why403-core.wasm'), whole: Promise.reject(new Error('offline')) });
  await assert.rejects(broken.whole(), /offline/);
  await assert.rejects(broken.answer(() => broken.lint(ALLOW)), /offline/);
  assert.equal(broken.explain(ALICE, { policies: { identity: [ALLOW] } }).decision, 'allowed'); // and goes on
});

test('the examples of the documentation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'why403-'));
  const texts = readFileSync(join(root, 'docs/library.md'), 'utf8').split('```js\n').slice(1).map((text) => text.split('```')[0]);
  assert.ok(texts.length);
  for (const text of texts) {
    const path = join(folder, 'example.mjs');
    writeFileSync(path, text.replace("from 'why403'", `from '${new URL('../lib/node.js', import.meta.url)}'`));
    const done = spawnSync(process.execPath, [path], { cwd: root, encoding: 'utf8' });
    assert.equal(done.stdout, 'denied deny.bucket-policy\ntrue did you mean `request`?\n', done.stderr);
  }
});

test('npx why403 is the command line', { skip: !program }, () => {
  const args = ['explain', 'GetObject', 's3://example-reports/finance/q3.csv', '--as', ALICE.principal, '--from', ALICE.from, '--snapshot'];
  for (const path of ['examples/account', join(root, 'examples/account')]) {
    const told = spawnSync(process.execPath, [join(here, '../bin/why403.js'), ...args, path], { cwd: root });
    const printed = spawnSync(program, [...args, path], { cwd: root });
    assert.equal(told.stderr.toString(), '');
    assert.equal(told.stdout.toString(), printed.stdout.toString());
    assert.equal(told.status, printed.status);
  }
  const wrong = spawnSync(process.execPath, [join(here, '../bin/why403.js'), 'explan'], { cwd: root });
  assert.equal(wrong.status, 2);
});

test('every case as on the command line', { skip: !program }, () => {
  const golden = spawnSync('python3', [join(root, 'tests/door/golden.py'), `${process.execPath} ${join(here, 'answer.js')}`, program, root,
    process.env.WHY403_EVERY ?? '7'], { encoding: 'utf8' });
  assert.equal(golden.status, 0, golden.stdout + golden.stderr);
});

test('every case through the small module', { skip: !program }, () => {
  const golden = spawnSync('python3', [join(root, 'tests/door/golden.py'), `${process.execPath} ${join(here, 'answer.js')} --core`, program, root,
    process.env.WHY403_EVERY ?? '7'], { encoding: 'utf8' });
  assert.equal(golden.status, 0, golden.stdout + golden.stderr);
  const [, n] = /(\d+) questions needed the whole engine/.exec(golden.stderr);
  const [, all] = /(\d+)/.exec(golden.stdout.slice(golden.stdout.lastIndexOf('ok ')).replace(/^ok \d+/, ''));
  assert.ok(Number(n) * 10 <= Number(all), `${n} of ${all}`);
});

test('the package holds what it needs, and nothing else', () => {
  const told = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: join(here, '..'), stdio: ['ignore', 'pipe', 'ignore'] }));
  const files = told[0].files.map((f) => f.path).sort();
  assert.deepEqual(files, ['README.md', 'bin/why403.js', 'lib/index.d.ts', 'lib/index.js', 'lib/node.js', 'lib/wasi.js', 'lib/why403-core.wasm',
    'lib/why403.wasm', 'package.json']);
});
