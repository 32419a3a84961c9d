/* The engine of why403 in JavaScript: a WebAssembly module that is asked in JSON. Nothing is read, sent or printed. */
import { Elsewhere, imports } from './wasi.js';

const ABI = 1;
const ENDED = 7; // codes beside those of why403.h: a trap
const NEEDS_WHOLE = 8; // the small module cannot answer this
const BATCH = 1000; // requests of `decideMany` that are asked at once
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8');

/** A question that could not be answered, with its place. A denial is an answer, never an error. */
export class Why403Error extends Error {
  constructor(parts) {
    const place = parts.source && parts.line ? `${parts.source}:${parts.line}:${parts.column}: ` : '';
    super(place + parts.message + (parts.hint ? ` (${parts.hint})` : ''));
    this.name = 'Why403Error';
    this.detail = parts.message;
    for (const name of ['code', 'hint', 'source', 'line', 'column', 'offset', 'length']) {
      this[name] = parts[name] ?? (typeof parts[name] === 'string' ? '' : 0);
    }
    this.needsWhole = parts.code === NEEDS_WHOLE;
  }
}

const textOf = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/* Bytes as a question has them. */
function base64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

const filesOf = (files) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text instanceof Uint8Array ? { base64: base64(text) } : text]));

/* One instance of the module. A trap leaves it unusable: then there is a new one, and worlds are read into it again. */
class Instance {
  constructor(module) {
    this.exports = null;
    const instance = new WebAssembly.Instance(module, imports(module, () => this.exports.memory));
    this.exports = instance.exports;
    this.exports._initialize();
    if (this.exports.w403_js_abi() !== ABI) {
      throw new Error(`this module speaks another version of the interface (${this.exports.w403_js_abi()}, not ${ABI})`);
    }
  }

  /* `use(address, length)` with the bytes in linear memory. */
  lend(bytes, use) {
    const at = this.exports.w403_js_alloc(bytes.length);
    if (!at) {
      throw new Why403Error({ code: 6, message: 'out of memory' });
    }
    try {
      new Uint8Array(this.exports.memory.buffer, at, bytes.length).set(bytes);
      return use(at, bytes.length);
    } finally {
      this.exports.w403_js_free(at);
    }
  }

  /* The same with a text, written where it is read: most are as many bytes as units. */
  lendText(text, use) {
    const at = this.exports.w403_js_alloc(text.length);
    if (at) {
      try {
        const { read, written } = encoder.encodeInto(text, new Uint8Array(this.exports.memory.buffer, at, text.length));
        if (read === text.length) {
          return use(at, written);
        }
      } finally {
        this.exports.w403_js_free(at);
      }
    }
    return this.lend(encoder.encode(text), use);
  }

  /* The memory may have grown, and its buffer with it: looked at anew each time. */
  told() {
    const n = this.exports.w403_js_out_n();
    return decoder.decode(new Uint8Array(this.exports.memory.buffer, this.exports.w403_js_out(), n));
  }

  fail() {
    throw new Why403Error(JSON.parse(this.told()));
  }
}

export class Engine {
  #module;
  #instance;
  #generation = 0;
  #nothing;
  #load; // of the small module: a function that gives the whole one, compiled, or a promise of it
  #loading;

  /** @param {WebAssembly.Module} module */
  constructor(module, load) {
    this.#module = module;
    this.#load = load;
    this.#instance = new Instance(module);
  }

  /* Runs `use` on an instance that works. */
  run(use) {
    try {
      return use(this.#instance, this.#generation);
    } catch (error) {
      if (error instanceof Elsewhere) {
        return this.#elsewhere(use, error);
      }
      if (error instanceof WebAssembly.RuntimeError) {
        this.#begin(this.#module);
        throw new Why403Error({ code: ENDED, message: `the engine stopped: ${error.message}`, hint: 'this is a bug of why403: please report the question' });
      }
      throw error;
    }
  }

  #begin(module) {
    this.#module = module;
    this.#instance = new Instance(module);
    this.#generation++;
  }

  /* The question ended in the midst of the small module, which is of no use any more. */
  #elsewhere(use, why) {
    this.#begin(this.#module);
    const given = this.#load?.();
    if (given instanceof WebAssembly.Module) {
      this.#become(given);
      return this.run(use);
    }
    this.#loading ??= given?.then((module) => this.#become(module));
    this.#loading?.catch(() => {}); // told to who waits for it
    throw new Why403Error({ code: NEEDS_WHOLE, message: `only the whole engine can answer this (${why.message})`,
      hint: this.#load ? '`await engine.whole()`, and ask again' : 'the engine was opened without its source' });
  }

  #become(module) {
    this.#load = undefined;
    this.#begin(module);
    return this;
  }

  /** Is it the whole engine, which answers every question? */
  get isWhole() {
    return WebAssembly.Module.imports(this.#module).every(({ module }) => module !== 'env');
  }

  /** Makes it the whole engine: loaded once, worlds stay what they are. */
  async whole() {
    if (this.isWhole) {
      return this;
    }
    if (!this.#load) {
      throw new Why403Error({ code: NEEDS_WHOLE, message: 'there is no whole engine to load', hint: 'the engine was opened without its source' });
    }
    this.#loading ??= Promise.resolve(this.#load()).then((module) => this.#become(module));
    try {
      return await this.#loading;
    } finally {
      this.#loading = undefined; // one that failed is tried again
    }
  }

  /** What `ask` gives; where that needs the whole engine, once it is loaded: `await engine.answer(() => world.lint(...))`. */
  async answer(ask) {
    try {
      return await ask();
    } catch (error) {
      if (!error.needsWhole || !this.#load) {
        throw error;
      }
      await this.whole();
      return ask();
    }
  }

  /** Bytes of linear memory that the engine holds. */
  get memory() {
    return this.run((i) => i.exports.memory.buffer.byteLength);
  }

  /** A snapshot in the single-file form (an object or its text); without one a world for questions that bring their policies. */
  world(snapshot) {
    return new World(this, snapshot === undefined ? '' : textOf(snapshot));
  }

  /** The world without a snapshot. */
  get empty() {
    this.#nothing ??= this.world();
    return this.#nothing;
  }

  /** `World.explain` without a snapshot. */
  explain(request, options) {
    return this.empty.explain(request, options);
  }

  /** Is a policy well-formed, and does it say what is meant. */
  lint(policy, { name = 'policy.json', ...options } = {}) {
    return this.empty.question('lint', { files: { [name]: policy } }, options);
  }

  /** What a changed policy newly allows, with a request that shows it. */
  diff(before, after, options) {
    return this.empty.question('diff', { files: { 'old.json': before, 'new.json': after } }, options);
  }

  /** `no-public-access`, `access-not-granted`, `no-new-access`: as `why403 check`. */
  check(question, documents, options) {
    const files = Object.fromEntries([documents].flat().map((document, n) => [`policy-${n}.json`, document]));
    return this.empty.question('check', { operands: [question, ...Object.keys(files)], files }, options);
  }
}

export class World {
  #engine;
  #text;
  #handle = 0;
  #generation = -1;

  constructor(engine, text) {
    this.#engine = engine;
    this.#text = encoder.encode(text);
    this.#engine.run((instance, generation) => this.#open(instance, generation));
  }

  #open(instance, generation) {
    if (this.#text === null) {
      throw new Error('this world was freed');
    }
    if (this.#generation !== generation) {
      this.#handle = instance.lend(this.#text, (at, n) => instance.exports.w403_js_world(at, n)) || instance.fail();
      this.#generation = generation;
    }
    return this.#handle;
  }

  /** Gives its memory back. What was answered stays. */
  free() {
    this.#engine.run((instance, generation) => {
      if (this.#generation === generation) {
        instance.exports.w403_js_world_free(this.#handle);
      }
    });
    this.#text = null;
    this.#generation = -1;
  }

  /** The answer as the command prints it: JSON, or the form that the question's `format` names. */
  askText(question) {
    const asked = textOf(question);
    return this.#engine.run((instance, generation) => {
      const world = this.#open(instance, generation);
      const status = instance.lendText(asked, (at, n) => instance.exports.w403_js_ask(world, at, n));
      return status === 0 ? instance.told() : instance.fail();
    });
  }

  /** One question, as docs/library.md describes it; the other methods are names for the commonest ones. */
  ask(question) {
    const text = this.askText(question);
    try {
      return JSON.parse(text);
    } catch { // several documents, one a line
      return { format: 1, answers: text.split('\n').filter((line) => line.trim()).map((line) => JSON.parse(line)) };
    }
  }

  question(ask, members, options = {}) {
    return this.ask({ ask, ...members, ...options });
  }

  /** Decides one request and says why, with fixes. Options are those of `why403 explain` with `_` for `-`. */
  explain(request, options) {
    return this.question('explain', request ? { request } : {}, options);
  }

  /** The verdict alone. */
  decide(request, options) {
    return this.question('decide', { request }, options);
  }

  /** Verdicts in order; a request that is none is answered in its place by `{error: {...}}`. */
  decideMany(requests, options = {}) {
    const question = { ask: 'decide', ...options };
    const verdicts = [];
    let lines = '';
    let n = 0;
    const decide = () => {
      const told = this.decideLines(lines, question).trimEnd().replaceAll('\n', ','); // none stands within a line
      for (const verdict of JSON.parse(`[${told}]`)) {
        verdicts.push(verdict);
      }
      lines = '';
      n = 0;
    };
    for (const request of requests) {
      lines += `${JSON.stringify(request) ?? null}\n`;
      if (++n === BATCH) {
        decide();
      }
    }
    if (n) {
      decide();
    }
    return verdicts;
  }

  /** `why403 decide` on text: NDJSON in, NDJSON out. */
  decideLines(lines, question = { ask: 'decide' }) {
    const asked = textOf(question);
    return this.#engine.run((instance, generation) => {
      const world = this.#open(instance, generation);
      const status = instance.lendText(asked, (q, nq) =>
        instance.lendText(lines, (at, n) => instance.exports.w403_js_ask_lines(world, q, nq, at, n)));
      return status === 0 ? instance.told() : instance.fail();
    });
  }

  whoCan(action, resource, options) {
    return this.question('who-can', { operands: [action, resource] }, options);
  }

  whatCan(principal, action, options) {
    return this.question('what-can', { operands: action ? [principal, action] : [principal] }, options);
  }

  public(bucket, options) {
    return this.question('public', bucket ? { operands: [bucket] } : { all: true }, options);
  }

  /** Every denial of logs by root cause; `files` maps names to texts or bytes (unpacked: see `unpack`). */
  logs(files, options) {
    return this.question('logs', { files: filesOf(files) }, options);
  }

  /** What would change for the requests of these logs if the documents `policy` (by place) stood. */
  replay(files, policy, options) {
    return this.question('replay', { files: filesOf(files), policy }, options);
  }

  sweep(files, options) {
    return this.question('sweep', { files: filesOf(files) }, options);
  }

  inventory(bucket, configuration, options) {
    return this.question('inventory', { operands: configuration ? [bucket, configuration] : [bucket] }, options);
  }

  runbook(name, parameters, options) {
    return this.question('runbook', { operands: [name], parameters }, options);
  }
}

/** Bytes out of gzip, by the host's own DecompressionStream; other bytes as they are. */
export async function unpack(bytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    return bytes;
  }
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A compiled module, its bytes, a Response or a URL, or a promise of one: compiled. */
async function compiled(source) {
  let from = await source;
  if (from instanceof WebAssembly.Module) {
    return from;
  }
  if (from instanceof URL || typeof from === 'string') {
    from = await fetch(from);
  }
  if (typeof Response !== 'undefined' && from instanceof Response) {
    if (!from.ok) {
      throw new Error(`${from.url}: ${from.status} ${from.statusText}`);
    }
    from = await from.arrayBuffer(); // whatever type the server gives it
  }
  return WebAssembly.compile(from);
}

/** Opens the engine. `source`: a compiled module, its bytes, a Response or a URL; default: why403.wasm beside this file. */
export async function open(source = new URL('./why403.wasm', import.meta.url)) {
  return new Engine(await compiled(source));
}

/** Opens the small module, which decides and explains; the whole one is loaded when a question first needs it (null: never). */
export async function openCore({ core = new URL('./why403-core.wasm', import.meta.url),
  whole = new URL('./why403.wasm', import.meta.url) } = {}) {
  return new Engine(await compiled(core), whole === null ? undefined : () => (whole instanceof WebAssembly.Module ? whole : compiled(whole)));
}
