/* Logs: read in pieces, unpacked, and given to an engine of its own in a worker of its own. */
import { signal } from '@preact/signals';

import { Client, Crashed, Refused } from '../engine/client';
import type { Request } from '../engine/types';
import { tooBig } from './answer';
import { readEvidence, singleFile } from './session';
import { change, work, world } from './work';

export interface LogCause {
  cause: string;
  kind?: string;
  principal?: string | null;
  action?: string | null;
  resource?: string | null;
  count: number;
  first?: string | null;
  last?: string | null;
  session?: string | null;
  source_ip?: string | null;
  /** Ids of some of its requests. */
  requests?: string[];
  /** A command that explains one of them. */
  explain?: string | null;
  timeline?: { from: string; seconds: number; counts: number[] } | null;
  [member: string]: unknown;
}

export interface LogAnswer {
  causes: LogCause[];
  [member: string]: unknown;
}

export const logs = signal<LogAnswer | null>(null);
export const logTrouble = signal<string | null>(null);
export const logProgress = signal<{ file: string; done: number; all: number; bytes: number; deciding: boolean } | null>(null);

const LIMIT = 400 * 1024 * 1024; // unpacked
const TELL = 200; // ms between two words about progress
const PATIENCE = 600_000;

/* The texts, for as long as their causes are looked at. */
let kept: Record<string, string> = {};
let client: Client | null = null;
let stopped = false;

async function textOf(blob: Blob, told: (bytes: number) => void): Promise<string> {
  const head = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  const stream = packed ? blob.stream().pipeThrough(new DecompressionStream('gzip')) : blob.stream();
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  const parts: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done || stopped) {
      break;
    }
    told(value.length);
    parts.push(decoder.decode(value, { stream: true }));
  }
  parts.push(decoder.decode());
  return parts.join('');
}

export function stopLogs(): void {
  stopped = true;
  client?.stop();
  logProgress.value = null;
}

export function closeLogs(): void {
  stopLogs();
  logs.value = null;
  logTrouble.value = null;
  kept = {};
}

export async function logFiles(files: ReadonlyArray<{ path: string; file: Blob }>): Promise<void> {
  stopped = false;
  logs.value = null;
  logTrouble.value = null;
  let bytes = 0;
  let at = 0;
  const texts: Record<string, string> = {};
  for (const [n, { path, file }] of files.entries()) {
    logProgress.value = { file: path, done: n, all: files.length, bytes, deciding: false };
    try {
      texts[path] = await textOf(file, (more) => {
        bytes += more;
        if (performance.now() - at > TELL && logProgress.value) {
          at = performance.now();
          logProgress.value = { ...logProgress.value, bytes };
        }
        stopped ||= bytes > LIMIT;
      });
    } catch (error) {
      logTrouble.value = `${path}: ${String(error)}`;
      delete texts[path];
    }
    if (bytes > LIMIT) {
      logProgress.value = null;
      tooBig.value = { size: bytes, command: 'why403 logs FOLDER --snapshot snapshot' };
      return;
    }
    if (stopped) {
      break;
    }
  }
  logProgress.value = { file: '', done: files.length, all: files.length, bytes, deciding: true };
  await ask(texts);
  logProgress.value = null;
}

async function ask(texts: Record<string, string>): Promise<void> {
  try {
    client ??= new Client(true, PATIENCE);
    await client.world(world.value ? singleFile(world.value.files) : null);
    kept = texts;
    logs.value = await client.ask<LogAnswer>({ ask: 'logs', files: texts });
  } catch (error) {
    if (error instanceof Refused) {
      logTrouble.value = error.trouble.message + (error.trouble.hint ? ` (${error.trouble.hint})` : '');
    } else if (!(error instanceof Crashed && stopped)) {
      logTrouble.value = String(error);
    }
  }
}

/* The event or line of a request, out of the logs that were read. */
function recordOf(id: string): Record<string, unknown> | null {
  const find = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) {
      return null;
    }
    const one = value as Record<string, unknown>;
    if (one['requestID'] === id || one['eventID'] === id) {
      return one;
    }
    for (const inner of Object.values(one)) {
      const found = find(inner);
      if (found) {
        return found;
      }
    }
    return null;
  };
  for (const text of Object.values(kept)) {
    const at = text.indexOf(id);
    if (at < 0) {
      continue;
    }
    const line = text.slice(text.lastIndexOf('\n', at) + 1, (text.indexOf('\n', at) + 1 || text.length + 1) - 1);
    if (/^[0-9a-f]{64} /.test(line)) {
      return { log_line: line };
    }
    for (const candidate of [line, text]) {
      try {
        const event = find(JSON.parse(candidate));
        if (event) {
          return { event: JSON.stringify(event) };
        }
      } catch {
        // not one object a line: the whole text is tried
      }
    }
  }
  return null;
}

/** A request of the cause as the one to look at: its own record, else what the cause says. */
export async function explainCause(cause: LogCause): Promise<void> {
  const record = cause.requests?.map(recordOf).find((r) => r !== null);
  if (record) {
    const context = [...(cause.explain ?? '').matchAll(/--context '?([\w-]+:[\w/-]+)=([^\s']+)/g)].map((m) => [m[1]!, m[2]!]);
    await readEvidence(record, Object.fromEntries(context) as Record<string, string>);
    return;
  }
  const request: Request = {
    ...(cause.action ? { action: cause.action } : {}),
    ...(cause.resource ? { resource: cause.resource } : {}),
    ...(cause.principal ? { principal: cause.session ?? cause.principal } : {}),
    ...(/^[\d.]+$|:/.test(cause.source_ip ?? '') ? { from: cause.source_ip! } : {}),
  };
  change({ ...work.value, request }, '');
}
