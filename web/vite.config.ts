import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

import { MODULES } from './tools/given.mjs';

const root = import.meta.dirname;
/* The npm package of the engine, as tools/package_js.sh stages it. */
const engine = process.env.WHY403_JS ?? resolve(root, '../build/js');
const version = (JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { version: string }).version;

function given(): Plugin {
  return {
    name: 'given',
    resolveId: (id) => (id in MODULES ? `\0${id}` : undefined),
    load: (id) => MODULES[id.slice(1)]?.(),
  };
}

export default defineConfig({
  root,
  base: './',
  plugins: [given()],
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  define: { __ONE_FILE__: 'false', __VERSION__: JSON.stringify(version) },
  resolve: {
    alias: [
      { find: /^why403\/(.*)$/, replacement: `${engine}/lib/$1` },
      { find: /^why403$/, replacement: `${engine}/lib/index.js` },
    ],
  },
  worker: { format: 'es' },
  build: {
    target: ['chrome103', 'firefox113', 'safari16.4'],
    outDir: 'dist/site',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
  },
});
