/* Decisions in Node, and of the best JavaScript peer on one scenario: bench_bindings.mjs PACKAGE SNAPSHOT REQUESTS [NODE_MODULES]; one JSON
 * object a line. The peer is @cloud-copilot/iam-simulate, installed by tests/peers; without it, ours alone. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [home, snapshot, requests, modules] = process.argv.slice(2);
const { open } = await import(pathToFileURL(join(resolve(home), 'lib/node.js')));
const engine = await open();

async function timed(what, n, run) { // user time, the best of three runs
  let seconds = Infinity;
  for (let i = 0; i < 3; i++) {
    const begin = process.cpuUsage();
    await run();
    seconds = Math.min(seconds, process.cpuUsage(begin).user / 1e6);
  }
  console.log(JSON.stringify({ what, n, seconds: Number(seconds.toPrecision(4)) }));
}

const lines = readFileSync(requests, 'utf8');
const n = lines.split('\n').filter(Boolean).length;
const world = engine.world(readFileSync(snapshot, 'utf8'));
await timed('Node decideLines', n, () => world.decideLines(lines));
const parsed = lines.split('\n').filter(Boolean).map((line) => JSON.parse(line));
await timed('Node decideMany', n, () => world.decideMany(parsed));

/* One identity policy and one bucket policy, as both take them. */
const identity = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: '*' }] };
const bucket = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::amzn-s3-demo-bucket/private/*',
  Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } } }] };
const request = (i) => ({ operation: 'GetObject', resource: `arn:aws:s3:::amzn-s3-demo-bucket/${i % 2 ? 'private' : 'public'}/${i}`,
  principal: 'arn:aws:iam::111122223333:user/alice', from: '203.0.113.9', at: '2026-11-21T10:00:00Z', resource_account: '111122223333' });
const many = Array.from({ length: 50000 }, (_, i) => request(i));
const policies = { identity: [identity], resource: bucket };
const text = many.map((one) => JSON.stringify(one)).join('\n');
await timed('Node decideLines, the scenario of the peer', many.length, () => engine.empty.decideLines(text, { ask: 'decide', policies }));
await timed('Node decideMany, the scenario of the peer', many.length, () => engine.empty.decideMany(many, { policies }));

/* The peer by its public function, and by the core below it, which checks nothing of what it is given. */
if (modules) {
  const at = (name) => import(pathToFileURL(join(resolve(modules), '@cloud-copilot', name)));
  const peer = await at('iam-simulate/dist/esm/index.js');
  const { authorize } = await at('iam-simulate/dist/esm/core_engine/CoreSimulatorEngine.js');
  const { AwsRequestImpl } = await at('iam-simulate/dist/esm/request/request.js');
  const { RequestContextImpl } = await at('iam-simulate/dist/esm/requestContext.js');
  const { DiscoveryContextKeyConstraints } = await at('iam-simulate/dist/esm/context_keys/discoveryContextKeyConstraints.js');
  const { loadPolicy } = await at('iam-policy/dist/esm/index.js');
  const resource = (i) => ({ resource: request(i).resource, accountId: '111122223333' });
  const context = { 'aws:SourceIp': '203.0.113.9' };
  const count = 600;
  const half = (denied) => denied === count / 2 || console.error(`iam-simulate: ${denied} of ${count} denied`);
  const simulate = async () => {
    let denied = 0;
    for (let i = 0; i < count; i++) {
      const answer = await peer.runSimulation({ identityPolicies: [{ name: 'identity', policy: identity }], resourcePolicy: bucket,
        serviceControlPolicies: [], resourceControlPolicies: [], request: { action: 's3:GetObject', resource: resource(i), principal: request(i).principal,
          contextVariables: context } }, { simulationMode: 'Strict' });
      denied += answer.overallResult !== 'Allowed';
    }
    half(denied);
  };
  const loaded = { identityPolicies: [loadPolicy(identity, { name: 'identity' })], resourcePolicy: loadPolicy(bucket, { name: 'bucket' }), serviceControlPolicies: [],
    resourceControlPolicies: [], simulationParameters: { simulationMode: 'Strict', discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]) },
    serviceSettings: { s3: {} } };
  const core = () => {
    let denied = 0;
    for (let i = 0; i < count; i++) {
      const one = new AwsRequestImpl(request(i).principal, resource(i), 's3:GetObject', new RequestContextImpl(context));
      denied += authorize({ ...loaded, request: one }).result !== 'Allowed';
    }
    half(denied);
  };
  await timed('iam-simulate runSimulation', count, simulate);
  await timed('iam-simulate authorize, its core', count, core);
}
