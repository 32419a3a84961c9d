/* `why403 mcp` under the official client: client.mjs WHY403 SOURCE_ROOT. TAP. */
import assert from 'node:assert/strict';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [program, root, modules] = process.argv.slice(2);
const require = createRequire(pathToFileURL(join(modules, 'package.json')));
const { Client } = await import(pathToFileURL(require.resolve('@modelcontextprotocol/sdk/client/index.js')));
const { StdioClientTransport } = await import(pathToFileURL(require.resolve('@modelcontextprotocol/sdk/client/stdio.js')));

const folder = mkdtempSync(join(tmpdir(), 'why403-mcp-'));
writeFileSync(join(folder, 'old é.json'), JSON.stringify({ Version: '2012-10-17', Statement: [] }));
writeFileSync(join(folder, 'new.json'), JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::amzn-s3-demo-bucket/*' }] }));
symlinkSync('/etc/passwd', join(folder, 'out'));

const client = new Client({ name: 'test', version: '1' });
await client.connect(new StdioClientTransport({ command: program, stderr: 'inherit', cwd: root,
  args: ['mcp', '--snapshot', 'examples/account', '--folder', folder, '--folder', 'examples/trail/logs'] }));
let n = 0;
let failed = 0;
async function test(name, run) {
  n++;
  try {
    await run();
    console.log(`ok ${n} - ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${n} - ${name}\n# ${String(error.stack).replaceAll('\n', '\n# ')}`);
  }
}
const call = (name, args) => client.callTool({ name, arguments: args });
const ALICE = { operation: 'GetObject', resource: 'arn:aws:s3:::example-reports/finance/q3.csv', principal: 'arn:aws:iam::111122223333:user/alice',
  from: '203.0.113.9' };

await test('the tools', async () => {
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map((t) => t.name), ['explain', 'fix', 'lint', 'who_can', 'diff', 'logs']);
  assert.ok(tools.every((t) => t.inputSchema.type === 'object' && t.annotations.readOnlyHint && t.description));
  assert.ok(tools.every((t) => !('write_fixes' in t.inputSchema.properties) && !('live' in t.inputSchema.properties)));
});
await test('a request', async () => {
  const { content, structuredContent } = await call('explain', { request: ALICE });
  assert.match(content[0].text, /^DENIED {2}403 AccessDenied/);
  assert.equal(structuredContent.cause, 'deny.bucket-policy');
});
await test('an error text', async () => {
  const { structuredContent } = await call('explain', { error: 'An error occurred (AccessDenied) when calling the GetObject operation: User: ' +
    'arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::example-reports/finance/q3.csv" ' +
    'with an explicit deny in a resource-based policy', from: '203.0.113.9' });
  assert.equal(structuredContent.evidence.agreement, 'agrees');
});
await test('fixes are proven', async () => {
  const { structuredContent } = await call('fix', { request: ALICE });
  assert.ok(structuredContent.fixes.every((f) => f.proof.decision === 'allowed'));
});
await test('lint, who_can', async () => {
  const found = await call('lint', { type: 'identity', files: { 'p.json': { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObjekt', Resource: '*' }] } } });
  assert.match(found.content[0].text, /GetObjekt/);
  const who = await call('who_can', { operands: ['GetObject', 's3://example-data/a'] });
  assert.ok(who.structuredContent.callers.length);
});
await test('files of the folders that were lent', async () => {
  const diff = await call('diff', { paths: [join(folder, 'old é.json'), join(folder, 'new.json')] });
  assert.equal(diff.structuredContent.answers.newly_allowed, 'yes');
  const logs = await call('logs', { paths: 'examples/trail/logs' });
  assert.ok(logs.structuredContent.denied > 0);
});
await test('no other file', async () => {
  for (const path of ['/etc/passwd', join(folder, 'out'), join(folder, '../../etc/passwd'), 'examples/account/snapshot.json', folder + '-x/y', folder]) {
    const { isError, content } = await call('lint', { paths: [path] });
    assert.ok(isError, path);
    assert.doesNotMatch(content[0].text, /root:/);
  }
});
await test('what is wrong is told to the model', async () => {
  const wrong = await call('explain', { reqest: {} });
  assert.ok(wrong.isError);
  assert.match(wrong.content[0].text, /did you mean `request`/);
  await assert.rejects(call('nothing', {}), /no tool/);
  await assert.rejects(client.request({ method: 'nothing/at-all' }, { parse: (x) => x }), /no such method|-32601/);
});
await client.close();
console.log(`1..${n}`);
process.exitCode = failed ? 1 : 0;
