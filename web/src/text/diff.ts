/* A diff of lines, and RFC 6902 patches. */
import type { PatchStep } from '../engine/types';

export interface DiffLine {
  kind: 'same' | 'add' | 'del';
  text: string;
}

const MOST = 4000; // lines of either side that are compared

/** Longest common lines; the ends that are equal are taken first. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.split('\n');
  const b = after.split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) {
    head++;
  }
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) {
    tail++;
  }
  const x = a.slice(head, a.length - tail);
  const y = b.slice(head, b.length - tail);
  const same = (text: string): DiffLine => ({ kind: 'same', text });
  return [...a.slice(0, head).map(same), ...middle(x, y), ...a.slice(a.length - tail).map(same)];
}

function middle(x: readonly string[], y: readonly string[]): DiffLine[] {
  if (x.length * y.length > MOST * MOST) {
    return [...x.map((text): DiffLine => ({ kind: 'del', text })), ...y.map((text): DiffLine => ({ kind: 'add', text }))];
  }
  const width = y.length + 1;
  const common = new Uint32Array((x.length + 1) * width);
  for (let i = x.length - 1; i >= 0; i--) {
    for (let j = y.length - 1; j >= 0; j--) {
      common[i * width + j] =
        x[i] === y[j] ? common[(i + 1) * width + j + 1]! + 1 : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const out: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && x[i] === y[j]) {
      out.push({ kind: 'same', text: x[i]! });
      i++;
      j++;
    } else if (j >= y.length || (i < x.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) {
      out.push({ kind: 'del', text: x[i++]! });
    } else {
      out.push({ kind: 'add', text: y[j++]! });
    }
  }
  return out;
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const parts = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));

/** A value with the steps of a patch done; the value itself stays. */
export function patched(value: unknown, patch: readonly PatchStep[]): unknown {
  let root = structuredClone(value) as Json;
  for (const step of patch) {
    const path = parts(step.path);
    const last = path.pop();
    if (last === undefined) {
      root = step.op === 'remove' ? null : (step.value as Json);
      continue;
    }
    const parent = path.reduce<Json | undefined>((at, name) => {
      if (Array.isArray(at)) {
        return at[Number(name)];
      }
      return at && typeof at === 'object' && Object.hasOwn(at, name) ? at[name] : undefined;
    }, root);
    if (Array.isArray(parent)) {
      const n = last === '-' ? parent.length : Number(last);
      parent.splice(n, step.op === 'add' ? 0 : 1, ...(step.op === 'remove' ? [] : [step.value as Json]));
    } else if (parent && typeof parent === 'object') {
      if (step.op === 'remove') {
        delete parent[last];
      } else {
        Object.defineProperty(parent, last, { value: step.value, writable: true, enumerable: true, configurable: true });
      }
    } else {
      throw new Error(`no ${step.path}`);
    }
  }
  return root;
}

export const equal = (a: unknown, b: unknown): boolean => {
  if (a === b) {
    return true;
  }
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || Array.isArray(a) !== Array.isArray(b)) {
    return false;
  }
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((n) => Object.hasOwn(b, n) && equal((a as Record<string, unknown>)[n], (b as Record<string, unknown>)[n]))
  );
};
