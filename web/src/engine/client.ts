/* The way from the page to its engine: promises, one question at a time, and a new worker where one has stopped. */
import { modules, startWorker } from './assets';
import type { Trouble } from './types';
import type { FromWorker, ToWorker } from './wire';

const PATIENCE = 20_000; // ms for one question

export class Refused extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble.message);
  }
}

export class Crashed extends Error {}

const TRAP = 7; // code of a question that ended the engine

interface Waiting {
  settle(message: FromWorker): void;
  fail(error: Error): void;
  timer: ReturnType<typeof setTimeout>;
}

export class Client {
  #worker: Worker | null = null;
  #ready: Promise<unknown> = Promise.resolve();
  #waiting = new Map<number, Waiting>();
  #next = 1;
  #snapshot: string | null = null;
  readonly #patience: number;

  /** `whole`: open the whole engine at once, for work that the small one cannot do. */
  constructor(
    readonly whole = false,
    patience = PATIENCE,
  ) {
    this.#patience = patience;
  }

  start(): Promise<unknown> {
    if (!this.#worker) {
      const worker = startWorker();
      this.#worker = worker;
      worker.addEventListener('message', (event: MessageEvent<FromWorker>) => {
        const waiting = this.#waiting.get(event.data.id);
        this.#waiting.delete(event.data.id);
        if (waiting) {
          clearTimeout(waiting.timer);
          waiting.settle(event.data);
        }
      });
      worker.addEventListener('error', (event) => this.#end(event.message || 'error'));
      this.#ready = this.#open();
    }
    return this.#ready;
  }

  async #open(): Promise<void> {
    const { core, whole } = await modules();
    await this.#send({ kind: 'open', core: this.whole ? null : core, whole });
    if (this.#snapshot !== null) {
      await this.#send({ kind: 'world', snapshot: this.#snapshot });
    }
  }

  /** Ends the worker; what waits fails. The next question starts another. */
  stop(): void {
    this.#end('stopped');
  }

  #end(why: string): void {
    this.#worker?.terminate();
    this.#worker = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const one of waiting) {
      clearTimeout(one.timer);
      one.fail(new Crashed(why));
    }
  }

  #send(message: ToWorker): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      const timer = setTimeout(() => this.#end('no answer'), this.#patience);
      this.#waiting.set(id, {
        timer,
        fail: reject,
        settle: (told) => {
          if ('value' in told) {
            resolve(told.value);
          } else if ('trouble' in told) {
            reject(told.trouble.code === TRAP ? new Crashed(told.trouble.message) : new Refused(told.trouble));
          } else {
            reject(new Crashed(told.broken));
          }
        },
      });
      this.#worker!.postMessage({ ...message, id });
    });
  }

  async world(snapshot: string | null): Promise<void> {
    await this.start();
    await this.#send({ kind: 'world', snapshot });
    this.#snapshot = snapshot;
  }

  /** The answer as text. */
  async text(question: object): Promise<string> {
    await this.start();
    return (await this.#send({ kind: 'ask', question: JSON.stringify(question) })) as string;
  }

  async ask<T>(question: object): Promise<T> {
    return JSON.parse(await this.text(question)) as T;
  }

  async many<T>(requests: readonly object[], question: object = {}): Promise<T[]> {
    await this.start();
    const lines = requests.map((request) => JSON.stringify(request)).join('\n');
    const text = (await this.#send({ kind: 'lines', question: JSON.stringify({ ask: 'decide', ...question }), lines })) as string;
    return text
      .split('\n')
      .filter((line) => line)
      .map((line) => JSON.parse(line) as T);
  }
}
