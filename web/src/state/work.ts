/* What the answer is a function of: the request, the world by name, what was changed in it, and policies given by hand. Undo and redo go
 * over all of it. */
import { batch, computed, signal } from '@preact/signals';

import type { Request } from '../engine/types';
import type { PolicyKind } from './paste';

export interface GivenPolicy {
  kind: PolicyKind;
  text: string;
}

export interface Work {
  request: Request;
  /** Files of the world that stand otherwise here. */
  overlay: Readonly<Record<string, string>>;
  given: readonly GivenPolicy[];
}

/** A snapshot: its files, never changed. */
export interface World {
  name: string;
  at: string | null;
  files: Readonly<Record<string, string>>;
}

const STEPS = 200;
const JOIN = 600; // ms: keystrokes in one document are one step

export const NOTHING: Work = { request: {}, overlay: {}, given: [] };

export const world = signal<World | null>(null);
export const work = signal<Work>(NOTHING);
/** What `Reset` goes back to. */
export const base = signal<Work>(NOTHING);
/** Time of a request that does not say its own: an answer does not change by itself. */
export const now = signal(new Date().toISOString().replace(/\.\d+/, ''));

const past = signal<readonly Work[]>([]);
const future = signal<readonly Work[]>([]);
export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);
export const changed = computed(() => work.value !== base.value && JSON.stringify(work.value) !== JSON.stringify(base.value));

let joined: { what: string; at: number } | null = null;

/** Makes a change that can be undone. Changes of the same `what` in a row are one step. */
export function change(next: Work, what = ''): void {
  const at = Date.now();
  const same = what !== '' && joined?.what === what && at - joined.at < JOIN;
  joined = { what, at };
  batch(() => {
    if (!same) {
      past.value = [...past.value.slice(1 - STEPS), work.value];
    }
    future.value = [];
    work.value = next;
  });
}

/** Begins anew: nothing to undo, nothing changed. */
export function begin(next: Work): void {
  joined = null;
  batch(() => {
    past.value = [];
    future.value = [];
    work.value = next;
    base.value = next;
  });
}

export function undo(): void {
  const last = past.value[past.value.length - 1];
  if (last) {
    joined = null;
    batch(() => {
      future.value = [...future.value, work.value];
      past.value = past.value.slice(0, -1);
      work.value = last;
    });
  }
}

export function redo(): void {
  const next = future.value[future.value.length - 1];
  if (next) {
    joined = null;
    batch(() => {
      past.value = [...past.value, work.value];
      future.value = future.value.slice(0, -1);
      work.value = next;
    });
  }
}

export const setRequest = (request: Request, what = 'request'): void => change({ ...work.value, request }, what);

const LISTS = new Set<PolicyKind>(['identity', 'session', 'scp', 'rcp']);

/** The engine's name of each policy that was given. */
export function givenNames(given: readonly GivenPolicy[]): string[] {
  const count: Partial<Record<PolicyKind, number>> = {};
  return given.map(({ kind }) => {
    const n = (count[kind] = (count[kind] ?? -1) + 1);
    const nested = kind === 'scp' || kind === 'rcp' ? '[0]' : '';
    return LISTS.has(kind) ? `policies.${kind}${nested}[${n}]` : `policies.${kind}`;
  });
}

export function policiesOf(given: readonly GivenPolicy[]): Record<string, unknown> | undefined {
  if (!given.length) {
    return undefined;
  }
  const out: Record<string, unknown> = {};
  for (const { kind, text } of given) {
    if (kind === 'scp' || kind === 'rcp') {
      ((out[kind] ??= [[]]) as string[][])[0]!.push(text);
    } else if (LISTS.has(kind)) {
      ((out[kind] ??= []) as string[]).push(text);
    } else {
      out[kind] = text;
    }
  }
  return out;
}

/** The question that `explain` is asked. */
export function questionOf(from: Work, at: string): Record<string, unknown> {
  const question: Record<string, unknown> = { ask: 'explain', request: { at, ...from.request } };
  if (Object.keys(from.overlay).length) {
    question['overlay'] = from.overlay;
  }
  const policies = policiesOf(from.given);
  if (policies) {
    question['policies'] = policies;
  }
  return question;
}

export const fileOf = (path: string, from: Work = work.value): string | undefined => from.overlay[path] ?? world.value?.files[path];

export function givenOf(name: string, from: Work = work.value): string | undefined {
  const at = givenNames(from.given).indexOf(name);
  return at < 0 ? undefined : from.given[at]!.text;
}
