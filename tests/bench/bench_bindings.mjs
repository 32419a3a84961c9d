/* Decisions in Node, and of the best JavaScript peer on one scenario: bench_bindings.mjs PACKAGE SNAPSHOT REQUESTS [NODE_MODULES]; one JSON
 * object a line. The peer is @cloud-copilot/iam-simulate, installed by tests/peers; without it, ours alone. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [home, snapshot, requests, modules] = process.argv.slice(2);
const { open } = await import(pathToFileURL(join(resolve(home), 'lib/node.js')));
const engine = await open();

function timed(what, n, run) {
  const begin = process.cpuUsage();
  run();
  const taken = process.cpuUsage(begin).user / 1e6;
  console.log(JSON.stringify({ what, n, seconds: Math.round(taken * 1e3) / 1e3, per_s: Math.round(n / taken) }));
}

const lines = readFileSync(requests, 'utf8');
const n = lines.split('\n').filter(Boolean).length;
const world = engine.world(readFileSync(snapshot, 'utf8'));
timed('Node decideLines', n, () => world.decideLines(lines));
const parsed = lines.split('\n').filter(Boolean).map((line) => JSON.parse(line));
timed('Node decideMany', n, () => world.decideMany(parsed));

/* One identity policy and one bucket policy, as both take them. */
const identity = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: '*' }] };
const bucket = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::amzn-s3-demo-bucket/private/*',
  Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } } }] };
const request = (i) => ({ operation: 'GetObject', resource: `arn:aws:s3:::amzn-s3-demo-bucket/${i % 2 ? 'private' : 'public'}/${i}`,
  principal: 'arn:aws:iam::111122223333:user/alice', from: '203.0.113.9', at: '2026-11-21T10:00:00Z', resource_account: '111122223333' });
const many = Array.from({ length: 50000 }, (_, i) => request(i));
timed('Node, the scenario of the peer', many.length, () => engine.empty.decideMany(many, { policies: { identity: [identity], resource: bucket } }));
if (modules) {
  const peer = await import(pathToFileURL(join(resolve(modules), '@cloud-copilot/iam-simulate/dist/esm/index.js')));
  const simulation = (i) => ({ identityPolicies: [{ name: 'identity', policy: identity }], resourcePolicy: bucket, serviceControlPolicies: [],
    resourceControlPolicies: [], request: { action: 's3:GetObject', resource: { resource: request(i).resource, accountId: '111122223333' },
      principal: 'arn:aws:iam::111122223333:user/alice', contextVariables: { 'aws:SourceIp': '203.0.113.9' } } });
  const begin = process.cpuUsage();
  const count = 600;
  let denied = 0;
  for (let i = 0; i < count; i++) {
    const answer = await peer.runSimulation(simulation(i), { simulationMode: 'Strict' });
    denied += answer.overallResult !== 'Allowed';
  }
  const taken = process.cpuUsage(begin).user / 1e6;
  console.log(JSON.stringify({ what: 'iam-simulate runSimulation', n: count, seconds: Math.round(taken * 1e3) / 1e3, per_s: Math.round(count / taken), denied }));
}
