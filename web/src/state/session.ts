/* What a person does: paste, open, choose, forget. */
import { batch, signal } from '@preact/signals';

import { Refused } from '../engine/client';
import type { Answer, Reading, Request } from '../engine/types';
import { withoutSecrets } from '../text/secrets';
import { answer, answered, crashed, decide, engine, evidence, first, tooBig, trouble, whole } from './answer';
import { guessPolicy, kindOf, type CaseFile, type Pasted, type PolicyKind } from './paste';
import { begin, change, NOTHING, work, world, type GivenPolicy, type Work, type World } from './work';

export const pasted = signal('');
export const removed = signal(0);
export const what = signal<Pasted['kind'] | 'error' | 'event' | 'log_line' | 'command' | 'curl'>('nothing');
/** Why the text could not be read at all. */
export const unreadable = signal<string | null>(null);
export const logText = signal<string | null>(null);

function clearAnswer(): void {
  answer.value = null;
  answered.value = null;
  whole.value = null;
  first.value = null;
  trouble.value = null;
  tooBig.value = null;
}

/** The text of the box changed; what it is decides what happens. */
export async function paste(raw: string): Promise<void> {
  const { text, removed: cut } = withoutSecrets(raw);
  const found = kindOf(text);
  batch(() => {
    pasted.value = text;
    removed.value = cut;
    unreadable.value = null;
    what.value = found.kind === 'evidence' ? found.what : found.kind;
  });
  switch (found.kind) {
    case 'nothing':
      batch(() => {
        evidence.value = null;
        clearAnswer();
        begin({ ...NOTHING, given: work.value.given });
      });
      return;
    case 'evidence':
      return readEvidence(found.evidence);
    case 'policy':
      return addPolicy(found.text);
    case 'snapshot':
      return openWorld({ name: 'snapshot', at: null, files: found.files });
    case 'case':
      return openCase(found.case);
    case 'logs':
      logText.value = text;
      return;
  }
}

/** `context`: condition keys that are known from elsewhere. */
export async function readEvidence(asked: Record<string, unknown>, context: Record<string, string> = {}): Promise<void> {
  const text = pasted.value;
  try {
    const told = await engine.ask<Answer>({ ask: 'evidence', evidence: asked });
    if (pasted.value !== text) {
      return; // more was typed meanwhile
    }
    batch(() => {
      clearAnswer();
      evidence.value = told.evidence ?? null;
      const request = cleanRequest(told.request);
      const known = { ...request.context, ...context };
      begin({ ...work.value, request: Object.keys(known).length ? { ...request, context: known } : request });
    });
  } catch (error) {
    if (!(error instanceof Refused)) {
      crashed.value = String(error);
      return;
    }
    batch(() => {
      evidence.value = null;
      unreadable.value = error.trouble.message;
      clearAnswer();
      begin({ ...work.value, request: {} });
    });
  }
}

/* The request as the form has it: what is not known is not there, and pairs are members. */
const cleanRequest = (request: Request): Request => {
  const { unsaid: _u, ...rest } = request as Request & { unsaid?: unknown };
  const known = Object.entries(rest).filter(([, value]) => value !== null && value !== '');
  return Object.fromEntries(
    known.map(([name, value]) => [
      name,
      Array.isArray(value) && (name === 'headers' || name === 'query') ? Object.fromEntries(value as Array<[string, string]>) : value,
    ]),
  ) as Request;
};

export function chooseReading(reading: Reading): void {
  const { operation: _o, action: _a, ...rest } = work.value.request;
  const request: Request = { ...rest };
  if (reading.operation) {
    request.operation = reading.operation;
  } else if (reading.action) {
    request.action = reading.action;
  }
  if (reading.resource) {
    request.resource = reading.resource;
  }
  change({ ...work.value, request }, '');
}

/** A policy: in the world it takes the place of its bucket's, else it is judged by itself. */
export function addPolicy(text: string, kind?: PolicyKind): void {
  const guess = guessPolicy(text);
  const as = kind ?? guess.kind;
  const path = as === 'resource' && guess.bucket ? bucketPolicyPath(guess.bucket) : null;
  if (path) {
    change({ ...work.value, overlay: { ...work.value.overlay, [path]: JSON.stringify({ Policy: text }) } }, '');
    return;
  }
  const one: GivenPolicy = { kind: as, text };
  const others = work.value.given.filter((g) => g.kind !== as);
  const request = Object.keys(work.value.request).length ? work.value.request : suggestRequest(text, as, guess.bucket);
  change({ ...work.value, given: [...others, one], request }, 'policy');
}

const bucketPolicyPath = (bucket: string): string | null => {
  const end = `/s3/${bucket}/policy.json`;
  return Object.keys(world.value?.files ?? {}).find((path) => path.endsWith(end)) ?? null;
};

/* A first request to look at: the policy's own first action on its own bucket. */
function suggestRequest(text: string, kind: PolicyKind, bucket: string | null): Request {
  const account = /\b(\d{12})\b/.exec(text)?.[1] ?? '111122223333';
  const principal = /arn:aws[^:"]*:(?:iam|sts)::\d{12}:(?:user|role|assumed-role)\/[^"*]+/.exec(text)?.[0];
  const action = /"s3:(GetObject|PutObject|DeleteObject|ListBucket)"/.exec(text)?.[1];
  const operation = action === 'ListBucket' ? 'ListObjectsV2' : (action ?? 'GetObject');
  const named = bucket ?? 'example-bucket';
  const request: Request = {
    operation,
    resource: action === 'ListBucket' ? `arn:aws:s3:::${named}` : `arn:aws:s3:::${named}/example.txt`,
    principal: principal ?? `arn:aws:iam::${account}:user/alice`,
  };
  return kind === 'resource' || kind === 'identity' ? { ...request, resource_account: account } : request;
}

export async function openWorld(next: World | null): Promise<void> {
  try {
    await engine.world(next ? singleFile(next.files) : null);
  } catch (error) {
    if (error instanceof Refused) {
      trouble.value = error.trouble;
    } else {
      crashed.value = String(error);
    }
    return;
  }
  batch(() => {
    world.value = next;
    clearAnswer();
    begin({ ...work.value, overlay: {} });
  });
  decideIfReady();
}

const decideIfReady = (): void => {
  if (work.value.request.resource) {
    decide();
  }
};

/** A snapshot as the engine takes it: the files as texts, each in its place. */
export const singleFile = (files: Readonly<Record<string, string>>): string => {
  const parts = Object.entries(files).map(([path, text]) => {
    const trimmed = text.trim();
    return `${JSON.stringify(path)}:${/^[[{]/.test(trimmed) && valid(trimmed) ? trimmed : JSON.stringify(text)}`;
  });
  return `{${parts.join(',')}}`;
};

const valid = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

/** A case of `why403 test`, an example, or what a link holds. */
export async function openCase(file: CaseFile, text = ''): Promise<void> {
  const given: GivenPolicy[] = [];
  for (const [kind, value] of Object.entries(file.policies ?? {})) {
    for (const one of [value].flat(2)) {
      given.push({ kind: kind as PolicyKind, text: textOf(one) });
    }
  }
  const files = file.snapshot && typeof file.snapshot === 'object' ? (file.snapshot as Record<string, unknown>) : null;
  const next = files
    ? { name: file.name ?? 'snapshot', at: null, files: Object.fromEntries(Object.entries(files).map(([p, v]) => [p, textOf(v)])) }
    : null;
  if (next || world.value) {
    await engine.world(next ? singleFile(next.files) : null);
  }
  const start: Work = { request: cleanRequest(file.request as Request), overlay: {}, given };
  batch(() => {
    pasted.value = text;
    removed.value = 0;
    unreadable.value = null;
    evidence.value = null;
    world.value = next;
    clearAnswer();
    begin(start);
    if (file.overlay) {
      change({ ...start, overlay: file.overlay }, '');
    }
  });
}

export function forget(): void {
  engine.stop();
  void engine.world(null).catch(() => undefined);
  batch(() => {
    pasted.value = '';
    removed.value = 0;
    what.value = 'nothing';
    unreadable.value = null;
    logText.value = null;
    evidence.value = null;
    world.value = null;
    crashed.value = null;
    clearAnswer();
    begin(NOTHING);
  });
  if (location.hash) {
    history.replaceState(null, '', location.pathname + location.search);
  }
}
