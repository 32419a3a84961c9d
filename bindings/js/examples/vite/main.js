/* A verdict at every keystroke by the small module; the whole one is loaded when the policy is first checked. */
import { openCore } from 'why403';
import core from 'why403/why403-core.wasm?url';
import whole from 'why403/why403.wasm?url';

const at = (id) => document.getElementById(id);
const engine = await openCore({ core, whole });

at('policy').value = JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'OnlyFromTheEndpoint', Effect: 'Deny', Principal: '*',
  Action: 's3:GetObject', Resource: 'arn:aws:s3:::example-bucket/private/*',
  Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } } }] }, null, 2);

async function decide() {
  const request = { operation: 'GetObject', resource: `arn:aws:s3:::example-bucket/${at('key').value}`,
    principal: 'arn:aws:iam::111122223333:user/alice', resource_account: '111122223333', from: '203.0.113.9' };
  const identity = [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] }];
  try {
    const answer = await engine.answer(() => engine.explain(request, { policies: { identity, resource: at('policy').value } }));
    at('verdict').textContent = [answer.decision, answer.causes[0]?.sentence].filter(Boolean).join(': ');
  } catch (error) {
    at('verdict').textContent = error.message; // with its place
  }
}

async function lint() {
  const answer = await engine.answer(() => engine.lint(at('policy').value, { type: 'bucket' }));
  at('findings').replaceChildren(...answer.findings.map((finding) => Object.assign(document.createElement('li'), { textContent: finding.code })));
}

at('policy').addEventListener('input', decide);
at('key').addEventListener('input', decide);
at('lint').addEventListener('click', lint);
await decide();
