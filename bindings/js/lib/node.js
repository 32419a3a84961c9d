/* In Node the modules lie beside this file and are read from there: the whole one without waiting, where the small one needs it. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { Engine, open as openAny, openCore as openAnyCore } from './index.js';

export { Engine, unpack, Why403Error, World } from './index.js';

const beside = (name) => new URL(name, import.meta.url);

export async function open(source) {
  return openAny(source ?? (await readFile(beside('./why403.wasm'))));
}

export async function openCore({ core, whole } = {}) {
  const small = core ?? (await readFile(beside('./why403-core.wasm')));
  if (whole !== undefined) {
    return openAnyCore({ core: small, whole });
  }
  return new Engine(await WebAssembly.compile(await small), () => new WebAssembly.Module(readFileSync(beside('./why403.wasm'))));
}
