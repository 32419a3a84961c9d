/* examples/account as a module: what the page opens as the example account. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const read = (folder, place) =>
  Object.assign(
    {},
    ...readdirSync(folder, { withFileTypes: true }).map((entry) =>
      entry.isDirectory()
        ? read(join(folder, entry.name), `${place}${entry.name}/`)
        : { [place + entry.name]: readFileSync(join(folder, entry.name), 'utf8') },
    ),
  );

export const accountModule = () =>
  `export default ${JSON.stringify(read(resolve(import.meta.dirname, '../../examples/account'), ''))}`;
