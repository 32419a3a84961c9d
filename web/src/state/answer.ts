/* Asks the engine whenever the work changes: one question at a time, and the newest takes the place of one that waits. */
import { computed, effect, signal } from '@preact/signals';

import { Client, Crashed, Refused } from '../engine/client';
import type { Answer, Evidence, Trouble } from '../engine/types';
import { documentsOf, type Source } from './documents';
import { base, fileOf, givenNames, givenOf, now, questionOf, work, world, type Work } from './work';

export type State =
  | 'empty'
  | 'reading'
  | 'facts'
  | 'denied'
  | 'allowed'
  | 'undetermined'
  | 'error'
  | 'too-big'
  | 'stale'
  | 'crashed';

export const engine = new Client();

/** The last good answer, and the work that it answers. */
export const answer = signal<Answer | null>(null);
export const answered = signal<Work | null>(null);
/** The answer before anything was changed, to say what a change did. */
export const first = signal<Answer | null>(null);
export const trouble = signal<Trouble | null>(null);
export const crashed = signal<string | null>(null);
export const tooBig = signal<{ size: number; command: string } | null>(null);
/** What was read from what was pasted. */
export const evidence = signal<Evidence | null>(null);
export const busy = signal(false);
/** A question has waited longer than a person notices. */
export const slow = signal(false);
/** How long the last answer took, in ms; for the tests. */
export const took = signal(0);

export const complete = (from: Work): boolean =>
  !!(from.request.operation || from.request.action) && !!from.request.resource && !!from.request.principal;

export const judged = (from: Work): boolean => world.value !== null || from.given.length > 0;

export const state = computed<State>(() => {
  if (crashed.value !== null) {
    return 'crashed';
  }
  if (tooBig.value) {
    return 'too-big';
  }
  if (trouble.value) {
    return 'error';
  }
  const asked = work.value;
  if (busy.value && slow.value) {
    return answer.value ? 'stale' : 'reading';
  }
  if (!complete(asked) || !judged(asked)) {
    return evidence.value || Object.keys(asked.request).length || asked.given.length ? 'facts' : 'empty';
  }
  return answer.value ? answer.value.decision : slow.value ? 'reading' : 'empty';
});

/** Texts for the source view, as they stood when the answer was given. */
export const source = computed<Source>(() => {
  const from = answered.value ?? work.value;
  const texts = answer.value?.documents;
  return {
    file: (path) => fileOf(path, from),
    given: (name) => givenOf(name, from),
    brought: (name) => texts?.[name]?.text,
    before: { file: (path) => fileOf(path, base.value), given: (name) => givenOf(name, base.value), brought: (name) => texts?.[name]?.text },
  };
});

export const documents = computed(() =>
  answer.value ? documentsOf(answer.value, givenNames((answered.value ?? work.value).given), source.value) : [],
);

const SLOW = 150;
const WITH = ['near', 'elements', 'all-layers', 'documents', 'branches', 'changed'];
let waiting = false;
let running = false;

const question = (from: Work): Promise<Answer> =>
  engine.ask<Answer>({ ...questionOf(from, now.value), with: WITH, without: ['layers'] });

async function run(): Promise<void> {
  running = true;
  const late = setTimeout(() => (slow.value = true), SLOW);
  while (waiting) {
    waiting = false;
    const from = work.value;
    const at = performance.now();
    try {
      const told = await question(from);
      took.value = performance.now() - at;
      answered.value = from;
      answer.value = told;
      trouble.value = null;
      if (from === base.value || !first.value) {
        first.value = told;
      }
    } catch (error) {
      if (error instanceof Refused) {
        await settle();
        if (!waiting) {
          trouble.value = error.trouble;
        }
      } else if (error instanceof Crashed) {
        crashed.value = error.message;
      } else {
        throw error;
      }
    }
  }
  clearTimeout(late);
  slow.value = false;
  busy.value = false;
  running = false;
}

/* A quote that is half typed is no error yet. */
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, trouble.value || !answer.value ? 0 : 500));

export function decide(): void {
  waiting = true;
  busy.value = true;
  if (!running) {
    void run();
  }
}

effect(() => {
  const asked = work.value;
  now.value;
  if (complete(asked) && judged(asked)) {
    decide();
  } else {
    answer.value = null;
    answered.value = null;
    trouble.value = null;
  }
});

export function restart(): void {
  engine.stop();
  crashed.value = null;
  decide();
}
