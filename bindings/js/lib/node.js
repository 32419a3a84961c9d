/* In Node the module lies beside this file and is read from there. */
import { readFile } from 'node:fs/promises';

import { open as openAny } from './index.js';

export { Engine, unpack, Why403Error, World } from './index.js';

export async function open(source) {
  return openAny(source ?? (await readFile(new URL('./why403.wasm', import.meta.url))));
}
