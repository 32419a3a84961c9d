#!/usr/bin/env node
/* `npx why403 explain ...`: the command line, on the module. Files are those of the machine, by WASI. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';

process.removeAllListeners('warning'); // node:wasi calls itself experimental
process.on('warning', (warning) => warning.name !== 'ExperimentalWarning' && console.error(warning));
const { WASI } = await import('node:wasi');

const wasi = new WASI({ version: 'preview1', env: process.env, preopens: { '/': '/' }, returnOnExit: true });
const module = await WebAssembly.compile(await readFile(new URL('../lib/why403.wasm', import.meta.url)));
const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport });
wasi.initialize(instance);

const { memory, w403_js_alloc: alloc, w403_js_main: main } = instance.exports;
const put = (text) => {
  const bytes = new TextEncoder().encode(`${text}\0`);
  const at = alloc(bytes.length);
  new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
  return at;
};
const addresses = ['why403', ...process.argv.slice(2)].map(put);
const folder = put(process.cwd());
const argv = alloc(4 * (addresses.length + 1));
const view = new DataView(memory.buffer);
addresses.forEach((at, i) => view.setUint32(argv + 4 * i, at, true));
view.setUint32(argv + 4 * addresses.length, 0, true);
process.exitCode = main(addresses.length, argv, folder);
