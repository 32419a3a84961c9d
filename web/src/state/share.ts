/* A link holds the question and the documents in play, after the `#`, which no browser sends. */
import { answer, documents, engine } from './answer';
import type { CaseFile } from './paste';
import { openCase } from './session';
import { base, fileOf, givenOf, policiesOf, questionOf, now, work, world } from './work';
import type { Answer } from '../engine/types';

export const FITS = 2000;
export const MOST = 16000;
const INFLATED = 256 * 1024;
const DEPTH = 64;

interface Link {
  v: 1;
  by: string;
  case: CaseFile;
}

/** The question as a case, which `why403 test` reads: with the documents in play alone. */
export function caseOf(): CaseFile {
  const { request, given, overlay } = work.value;
  const file: CaseFile = { name: 'shared', request: { at: now.value, ...request } };
  const policies = policiesOf(given);
  if (policies) {
    file.policies = asValues(policies) as Record<string, unknown>;
  }
  if (world.value) {
    file.snapshot = inPlay(overlay);
  }
  return file;
}

const asValues = (value: unknown): unknown => {
  if (typeof value === 'string') {
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return value;
    }
  }
  return Array.isArray(value)
    ? value.map(asValues)
    : Object.fromEntries(Object.entries(value as object).map(([name, inner]) => [name, asValues(inner)]));
};

/* Files that the answer could have looked at: what says who there is, and all of the bucket, its account and its organization. */
function inPlay(overlay: Readonly<Record<string, string>>): Record<string, unknown> {
  const bucket = /^arn:[^:]+:s3:::([^/]+)/.exec(work.value.request.resource ?? '')?.[1];
  const used = new Set(documents.value.map((d) => d.path));
  const wanted = (path: string): boolean => {
    const place = /\/s3\/([^/]+)\//.exec(path);
    if (place) {
      return place[1] === bucket;
    }
    const key = /\/kms\/[^/]+\//.test(path) || /\/access-points\//.test(path);
    return key ? used.has(path) || (answer.value?.checks.length ?? 0) === 0 : true;
  };
  const out: Record<string, unknown> = {};
  for (const path of Object.keys({ ...world.value?.files, ...overlay })) {
    const text = fileOf(path);
    if (wanted(path) && text !== undefined) {
      try {
        out[path] = JSON.parse(text);
      } catch {
        out[path] = text;
      }
    }
  }
  return out;
}

const toBase64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
};

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));

export async function pack(value: unknown): Promise<string> {
  const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return toBase64(new Uint8Array(await new Response(stream).arrayBuffer()));
}

/** The value of a packed text; null for anything that is none, too large or too deep. */
export async function unpack(text: string): Promise<unknown> {
  if (!/^[\w-]+$/.test(text) || text.length > INFLATED) {
    return null;
  }
  try {
    const reader = new Blob([fromBase64(text)]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let out = '';
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      size += value.length;
      if (size > INFLATED) {
        await reader.cancel();
        return null;
      }
      out += decoder.decode(value, { stream: true });
    }
    const value = JSON.parse(out + decoder.decode()) as unknown;
    return tooDeep(value, 0) ? null : value;
  } catch {
    return null;
  }
}

const tooDeep = (value: unknown, depth: number): boolean =>
  typeof value === 'object' && value !== null && (depth >= DEPTH || Object.values(value).some((v) => tooDeep(v, depth + 1)));

/* ---- other names, the same everywhere ---- */

interface Renamed {
  text: string;
}

/** The text with accounts, names, ids and addresses replaced, each the same everywhere. */
export function withoutNames(text: string): Renamed {
  const maps = new Map<string, Map<string, string>>();
  const next = (kind: string, name: string, make: (n: number) => string): string => {
    const map = maps.get(kind) ?? new Map<string, string>();
    maps.set(kind, map);
    const known = map.get(name);
    if (known) {
      return known;
    }
    const made = make(map.size);
    map.set(name, made);
    return made;
  };
  const account = (name: string): string => next('account', name, (n) => String(111122223333 + n * 111111111111).slice(0, 12));
  const bucketNames = new Set([...text.matchAll(/arn:aws[\w-]*:s3:::([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/g)].map((m) => m[1]!));
  for (const m of text.matchAll(/\/s3\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\//g)) {
    bucketNames.add(m[1]!);
  }
  const people = new Set([...text.matchAll(/:(?:user|role|group|assumed-role)\/(?:[\w+=,.@-]+\/)*?([\w+=,.@-]{2,})(?=["/\\ ]|$)/g)].map((m) => m[1]!));
  let out = text;
  const swap = (names: Iterable<string>, kind: string, stem: string): void => {
    const sorted = [...names].sort((a, b) => b.length - a.length);
    for (const name of sorted) {
      if (/^(aws|amazon|service-role|example-\d+|name-\d+)/i.test(name)) {
        continue;
      }
      const made = next(kind, name, (n) => `${stem}-${n + 1}`);
      out = out.replace(new RegExp(`(?<![\\w-])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`, 'g'), made);
    }
  };
  swap(bucketNames, 'bucket', 'example');
  swap(people, 'person', 'name');
  out = out.replace(/(?<![\dA-Za-z.-])\d{12}(?![\dA-Za-z.-])/g, account);
  out = out.replace(/\bvpce-[0-9a-f]{8,17}\b/g, (id) => next('vpce', id, (n) => `vpce-${String(n + 1).padStart(17, '0')}`));
  out = out.replace(/\bvpc-[0-9a-f]{8,17}\b/g, (id) => next('vpc', id, (n) => `vpc-${String(n + 1).padStart(17, '0')}`));
  out = out.replace(/\bo-[a-z0-9]{10,32}\b/g, (id) => next('org', id, (n) => `o-exampleorg${n + 1}`));
  return { text: out };
}

export async function linkOf(names: boolean): Promise<{ url: string; kept: boolean; documents: number }> {
  const plain = caseOf();
  let file = plain;
  let kept = false;
  if (names) {
    const other = JSON.parse(withoutNames(JSON.stringify(plain)).text) as CaseFile;
    kept = !(await sameVerdict(other));
    file = kept ? plain : other;
  }
  const link: Link = { v: 1, by: __VERSION__, case: file };
  const blob = await pack(link);
  const held = Object.keys(file.snapshot ?? {}).length + Object.values(file.policies ?? {}).flat(2).length;
  return { url: `${location.href.split('#')[0]}#explain&v=1&z=${blob}`, kept, documents: held };
}

/* With other names the verdict must be what it was. */
async function sameVerdict(file: CaseFile): Promise<boolean> {
  try {
    const told = await engine.ask<Answer>({
      ask: 'explain',
      request: file.request,
      ...(file.policies ? { policies: file.policies } : {}),
      ...(file.snapshot ? { snapshot: file.snapshot } : {}),
    });
    return told.decision === answer.value?.decision && told.cause === answer.value?.cause;
  } catch {
    return false;
  }
}

export type LinkState = { kind: 'none' | 'read' | 'broken' } | { kind: 'newer'; version: string };

const isCase = (value: unknown): value is CaseFile =>
  typeof value === 'object' && value !== null && typeof (value as CaseFile).request === 'object' && (value as CaseFile).request !== null;

const newer = (theirs: string, mine: string): boolean => theirs.localeCompare(mine, undefined, { numeric: true }) > 0;

/** Opens what the fragment holds. */
export async function openLink(hash: string): Promise<LinkState> {
  const blob = /^#explain&(?:[^#]*&)?z=([^&]*)/.exec(hash)?.[1];
  if (blob === undefined) {
    return { kind: 'none' };
  }
  const link = (await unpack(blob)) as Partial<Link> | null;
  if (!link || !isCase(link.case)) {
    return { kind: 'broken' };
  }
  try {
    await openCase(link.case);
  } catch {
    return { kind: 'broken' };
  }
  return typeof link.by === 'string' && newer(link.by, __VERSION__) ? { kind: 'newer', version: link.by } : { kind: 'read' };
}

/* ---- exports ---- */

export const exported = (format: 'json' | 'sarif' | 'html' | 'markdown'): Promise<string> =>
  format === 'markdown' ? Promise.resolve(markdown()) : engine.text({ ...questionOf(work.value, now.value), format });

function markdown(): string {
  const told = answer.value;
  if (!told) {
    return '';
  }
  const { request } = told;
  const lines = [
    `## ${told.decision === 'denied' ? 'Denied' : told.decision === 'allowed' ? 'Allowed' : 'Undetermined'}: ${request.operation ?? request.action} on \`${request.resource}\``,
    '',
    `- Who: \`${request.principal}\``,
    ...(request.from ? [`- From: \`${request.from}\``] : []),
    ...(request.via ? [`- Through: \`${request.via}\``] : []),
    '',
    ...told.causes.map((c) => c.sentence ?? c.cause),
    ...told.unknown.map((u) => `It hangs on ${u}.`),
    '',
    '| Permission | Layer | Says |',
    '|---|---|---|',
    ...told.checks.flatMap((c) => c.layers.map((l) => `| ${c.action} | ${l.layer} | ${l.verdict} |`)),
  ];
  for (const doc of documents.value) {
    const changedText = doc.path in work.value.overlay || (givenOf(doc.path) && givenOf(doc.path) !== givenOf(doc.path, base.value));
    if (changedText) {
      lines.push('', `Changed: \`${doc.path}\``);
    }
  }
  told.fixes.forEach((fix, n) => {
    lines.push('', `### Fix ${n + 1}: ${fix.title}`, '', `Decided again: ${fix.proof.decision}.`);
    for (const step of fix.steps) {
      if (step.diff) {
        lines.push('', '```diff', step.diff.trimEnd(), '```');
      }
    }
  });
  return `${lines.join('\n')}\n`;
}

/** What can be told of a fault without telling whose it was. */
export function anonymousReport(): string {
  const text = JSON.stringify({ version: __VERSION__, question: questionOf(work.value, now.value), snapshot: caseOf().snapshot }, null, 1);
  return withoutNames(text).text;
}

