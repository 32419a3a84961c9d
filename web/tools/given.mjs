/* What the page takes from the rest of the project: examples/account, and the cases that src/examples/list.json names, whose answers
   `why403 test` checks. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const top = resolve(import.meta.dirname, '../..');

const read = (folder, place) =>
  Object.assign(
    {},
    ...readdirSync(folder, { withFileTypes: true }).map((entry) =>
      entry.isDirectory()
        ? read(join(folder, entry.name), `${place}${entry.name}/`)
        : { [place + entry.name]: readFileSync(join(folder, entry.name), 'utf8') },
    ),
  );

const json = (path) => JSON.parse(readFileSync(join(top, path), 'utf8'));

function namedCases() {
  const known = new Map();
  for (const file of readdirSync(join(top, 'tests/cases')).filter((name) => /^(seed|real)-.*\.json$/.test(name))) {
    for (const one of json(`tests/cases/${file}`)) {
      known.set(one.name, one);
    }
  }
  return json('web/src/examples/list.json').map((entry) => {
    const { request, policies, snapshot, source } = known.get(entry.case) ?? {};
    if (!request) {
      throw new Error(`no case ${entry.case}`);
    }
    return { ...entry, request, policies, snapshot, source };
  });
}

/** The modules that the page imports by name, as texts. */
export const MODULES = {
  'virtual:example-account': () => `export default ${JSON.stringify(read(join(top, 'examples/account'), ''))}`,
  'virtual:example-cases': () => `export default ${JSON.stringify(namedCases())}`,
};
