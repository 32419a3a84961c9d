/* tests/door/answer.c on the module: a question a line, an answer a line. */
import { createInterface } from 'node:readline';
import { open, Why403Error } from '../lib/node.js';

const { empty } = await open();
for await (const line of createInterface({ input: process.stdin, crlfDelay: 0 })) {
  try {
    const text = empty.askText(line);
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  } catch (error) {
    if (!(error instanceof Why403Error)) {
      throw error;
    }
    process.stdout.write(`{"error":${JSON.stringify({ message: error.detail })}}\n`);
  }
}
