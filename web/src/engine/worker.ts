/* The engine, in a worker of its own: the page never waits for it. */
import { Engine, Why403Error } from 'why403';
import type { World } from 'why403';

import type { FromWorker, ToWorker } from './wire';

let engine: Engine | null = null;
let world: World | null = null;

const compile = async (from: string | ArrayBuffer): Promise<WebAssembly.Module> => {
  if (typeof from !== 'string') {
    return WebAssembly.compile(from);
  }
  const response = await fetch(from);
  if (!response.ok) {
    throw new Error(`${from}: ${response.status}`);
  }
  return WebAssembly.compile(await response.arrayBuffer());
};

const opened = (): Engine => {
  if (!engine) {
    throw new Error('the engine is not open');
  }
  return engine;
};

async function answer(asked: ToWorker): Promise<unknown> {
  switch (asked.kind) {
    case 'open': {
      const { core, whole } = asked;
      engine = core === null ? new Engine(await compile(whole)) : new Engine(await compile(core), () => compile(whole));
      return null;
    }
    case 'world':
      world?.free();
      world = null;
      world = asked.snapshot === null ? null : opened().world(asked.snapshot);
      return null;
    case 'ask': {
      const from = opened();
      return from.answer(() => (world ?? from.empty).askText(asked.question));
    }
    case 'lines': {
      const from = opened();
      return from.answer(() => (world ?? from.empty).decideLines(asked.lines, asked.question));
    }
    case 'whole':
      await opened().whole();
      return null;
  }
}

const told = (message: FromWorker): void => self.postMessage(message);

self.addEventListener('message', (event: MessageEvent<ToWorker & { id: number }>) => {
  const { id } = event.data;
  answer(event.data).then(
    (value) => told({ id, value }),
    (error: unknown) => {
      if (error instanceof Why403Error) {
        const { code, detail, hint, source, line, column, offset, length } = error;
        told({ id, trouble: { code, message: detail, hint, source, line, column, offset, length } });
      } else {
        told({ id, broken: String(error) });
      }
    },
  );
});
