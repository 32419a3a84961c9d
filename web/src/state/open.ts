/* Files that are opened or dropped: a snapshot (folder, zip, one file), logs, or a text as if it were pasted. */
import { tooBig } from './answer';
import { logFiles } from './logs';
import { kindOf } from './paste';
import { openWorld, paste } from './session';

export const LIMIT = 100 * 1024 * 1024;

interface Named {
  path: string;
  file: File | Blob;
}

const PLACE = /^(?:.*?\/)?((?:accounts\/\d{12}|organization)\/.*|snapshot\.json)$/;
const LOG_NAME = /\.(json\.gz|log|log\.gz|gz|csv|parquet|ndjson|jsonl)$|^\d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2}-[0-9A-F]+$/i;

async function entriesOf(entry: FileSystemEntry): Promise<Named[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    return [{ path: entry.fullPath.replace(/^\//, ''), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (!some.length) {
      break;
    }
    all.push(...some);
  }
  return (await Promise.all(all.map(entriesOf))).flat();
}

export async function openFiles(transfer: DataTransfer): Promise<void> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((e): e is FileSystemEntry => !!e);
  const files = entries.length ? (await Promise.all(entries.map(entriesOf))).flat() : [...transfer.files].map((file) => ({ path: file.name, file }));
  await open(files);
}

export const openPicked = (files: readonly File[]): Promise<void> =>
  open(files.map((file) => ({ path: file.webkitRelativePath || file.name, file })));

async function unzipped({ path, file }: Named): Promise<Named[]> {
  const { unzipSync } = await import('fflate');
  const inside = unzipSync(new Uint8Array(await file.arrayBuffer()));
  return Object.entries(inside)
    .filter(([name, bytes]) => bytes.length && !name.endsWith('/'))
    .map(([name, bytes]) => ({ path: `${path}/${name}`, file: new Blob([bytes as Uint8Array<ArrayBuffer>]) }));
}

async function open(given: Named[]): Promise<void> {
  tooBig.value = null;
  const zips = given.filter(({ path }) => path.toLowerCase().endsWith('.zip'));
  const files = [...given.filter((f) => !zips.includes(f)), ...(await Promise.all(zips.map(unzipped))).flat()].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  const placed = files.filter(({ path }) => PLACE.test(path) && !(files.length === 1 && path.endsWith('snapshot.json')));
  if (placed.length) {
    return openSnapshot(placed, given[0]!.path.split('/')[0]!);
  }
  if (files.length === 1 && !LOG_NAME.test(files[0]!.path)) {
    return openOne(files[0]!);
  }
  if (files.length) {
    await logFiles(files);
  }
}

async function openSnapshot(placed: Named[], name: string): Promise<void> {
  const size = placed.reduce((sum, { file }) => sum + file.size, 0);
  if (size > LIMIT) {
    tooBig.value = { size, command: `why403 explain --snapshot ${name}` };
    return;
  }
  const texts = await Promise.all(placed.map(async ({ path, file }) => [PLACE.exec(path)![1]!, await file.text()] as const));
  const files = Object.fromEntries(texts);
  await openWorld({ name, at: collectedAt(files), files });
}

const collectedAt = (files: Record<string, string>): string | null =>
  /"(?:collected_at|collected|at|date|time)"\s*:\s*"(\d{4}-\d{2}-\d{2}[^"]*)"/.exec(files['snapshot.json'] ?? '')?.[1] ?? null;

async function openOne({ path, file }: Named): Promise<void> {
  if (file.size > LIMIT) {
    tooBig.value = { size: file.size, command: `why403 explain --snapshot ${path}` };
    return;
  }
  const text = await file.text();
  const kind = kindOf(text);
  if (kind.kind === 'snapshot') {
    return openWorld({ name: path, at: collectedAt(kind.files), files: kind.files });
  }
  if (kind.kind === 'logs') {
    return logFiles([{ path, file }]);
  }
  await paste(text);
}
