/* Compiled, never run: what index.d.ts promises. */
import { open, openCore, unpack, Why403Error, type Engine, type Explanation, type Question, type Request, type Verdict, type World } from 'why403';

const request: Request = { operation: 'GetObject', resource: 'arn:aws:s3:::b/k', principal: 'anonymous', from: '203.0.113.9' };
const engine: Engine = await open();
const world: World = engine.world({ 'accounts/111122223333/account.json': {} });
const answer: Explanation = world.explain(request, { policies: { resource: '{}' }, full: true });
const decision: 'allowed' | 'denied' | 'undetermined' = answer.decision;
const verdicts: Verdict[] = world.decideMany([request]);
const question: Question = { ask: 'who-can', operands: ['GetObject', 's3://b/k'] };
const small: Engine = await openCore({ core: new URL('https://localhost/why403-core.wasm'), whole: null });
const found: Explanation = await small.answer(() => small.explain(request));
const whole: Engine = await small.whole();
const bytes: Uint8Array = await unpack(new Uint8Array());
try {
  world.ask(question);
} catch (error) {
  if (error instanceof Why403Error && error.needsWhole) {
    const line: number = error.line;
    console.log(line, decision, verdicts, found, whole, bytes);
  }
}
// @ts-expect-error there is no such question
world.ask({ ask: 'explan' });
// @ts-expect-error a request has no such member
world.decide({ reqest: 1 });
