/* dist/why403.html: the whole page in one file that works from a disk. Script and style are allowed by their hashes, the worker by
   `blob:`, and there is nothing to connect to. onefile.mjs PACKAGE (the staged npm package of the engine) */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

import { MODULES } from './given.mjs';

const root = resolve(import.meta.dirname, '..');
const engine = resolve(process.argv[2] ?? join(root, '../build/js'));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const modules = {
  name: 'modules',
  setup(on) {
    on.onResolve({ filter: /^why403\/.*\.wasm\?url$/ }, ({ path }) => ({ path, namespace: 'none' }));
    on.onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'export default "";' }));
    on.onResolve({ filter: /^why403$/ }, () => ({ path: join(engine, 'lib/index.js') }));
    on.onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path, namespace: 'given' }));
    on.onLoad({ filter: /.*/, namespace: 'given' }, ({ path }) => ({ contents: MODULES[path]() }));
  },
};

async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [join(root, entry)],
    outdir: 'out',
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['chrome103', 'firefox113', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { __ONE_FILE__: 'true', __VERSION__: JSON.stringify(version), 'import.meta.url': '""' },
    plugins: [modules],
    logLevel: 'error',
  });
  const of = (end) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  return { script: of('.js').replaceAll('</script', '<\\/script').trimEnd(), style: of('.css').trimEnd() };
}

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const { script, style } = await bundle('src/main.tsx');
const worker = (await bundle('src/engine/worker.ts')).script;
const module = gzipSync(readFileSync(join(engine, 'lib/why403.wasm')), { level: 9 });
const policy = `default-src 'none'; script-src ${hash(script)} blob: 'wasm-unsafe-eval'; worker-src blob:; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
const page = readFileSync(join(root, 'index.html'), 'utf8');
const icon = /<link rel="icon"[^>]*>/.exec(page)[0];
writeFileSync(
  join(root, 'dist/why403.html'),
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>why403</title>
${icon}
<style>${style}</style>
</head>
<body>
<script type="text/plain" id="inside-worker">${Buffer.from(worker).toString('base64')}</script>
<script type="text/plain" id="inside-module">${module.toString('base64')}</script>
<script>${script}</script>
</body>
</html>
`,
);
