/* A great many questions, one module: soak.mjs N. The linear memory after a tenth of them is what it is at the end. */
import { open, openCore, Why403Error } from '../lib/node.js';

const n = Number(process.argv[2] ?? 1e6);
const DENY = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }] };
const REQUEST = { operation: 'GetObject', resource: 'arn:aws:s3:::b/k', principal: 'arn:aws:iam::111122223333:user/a', from: '203.0.113.9',
  at: '2026-11-21T10:00:00Z' };
const FILES = { 'accounts/111122223333/s3/b/policy.json': DENY };
const EVENT = { t: JSON.stringify({ Records: [{ eventTime: '2026-11-21T10:00:00Z', eventSource: 's3.amazonaws.com', eventName: 'GetObject',
  errorCode: 'AccessDenied' }] }) };

function refused(ask) {
  try {
    ask();
    return 0;
  } catch (error) {
    if (!(error instanceof Why403Error) || error.code === 7) {
      throw error;
    }
    return 1;
  }
}

for (const [name, engine] of [['whole', await open()], ['small', await openCore({ whole: null })]]) {
  let world = engine.world(FILES);
  let [asked, turn, early, wrong] = [0, 0, 0, 0];
  while (asked < n) {
    const batch = Math.min(900, n - asked);
    world.decideMany(Array.from({ length: batch }, () => REQUEST));
    world.decide(REQUEST);
    world.explain(REQUEST, { policies: { resource: DENY } });
    world.explain(REQUEST, { overlay: FILES });
    wrong += refused(() => world.ask({ ask: 'explan' })) + refused(() => engine.world('{')) + refused(() => world.ask({}));
    if (engine.isWhole) {
      world.logs(EVENT);
      world.replay(EVENT, FILES);
      engine.lint(DENY, { type: 'bucket' });
    }
    asked += batch + 9;
    if (++turn % 10 === 0) {
      world.free();
      world = engine.world(FILES);
    }
    if (!early && asked >= n / 10) {
      early = engine.memory;
    }
  }
  console.log(`${name}: ${asked} questions, ${wrong} refused; ${early} bytes of memory after a tenth, ${engine.memory} at the end`);
  if (engine.memory > early || !wrong) {
    process.exitCode = 1;
  }
}
