/* tests/door/answer.c on the module: a question a line, an answer a line. `--core`: on the small one, as long as it can. */
import { createInterface } from 'node:readline';
import { open, openCore, Why403Error } from '../lib/node.js';

const small = process.argv.includes('--core');
let engine = small ? await openCore() : await open();
let whole = 0;
for await (const line of createInterface({ input: process.stdin, crlfDelay: 0 })) {
  try {
    const text = engine.empty.askText(line);
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  } catch (error) {
    if (!(error instanceof Why403Error)) {
      throw error;
    }
    process.stdout.write(`{"error":${JSON.stringify({ message: error.detail })}}\n`);
  }
  if (small && engine.isWhole) {
    engine = await openCore();
    whole++;
  }
}
if (small) {
  process.stderr.write(`${whole} questions needed the whole engine\n`);
}
