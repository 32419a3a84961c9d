/* Asks the engine whenever the work changes: one question at a time, and the newest takes the place of one that waits. */
import { batch, computed, effect, signal } from '@preact/signals';

import { Client, Refused } from '../engine/client';
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
/** The work whose answer has everything, fixes too. */
export const whole = signal<Work | null>(null);
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
const QUIET = 150;
/* First the verdict and what is drawn of it; when nothing more is typed, what takes longer: fixes, statements that did not match, texts. */
const QUICK = { with: ['elements', 'all-layers', 'branches'], without: ['layers', 'fixes'] };
const FULL = { with: ['near', 'elements', 'all-layers', 'documents', 'branches', 'changed'], without: ['layers'] };

let waiting = false;
let running = false;
let timer: ReturnType<typeof setTimeout> | undefined;

const question = (from: Work, more: object): Promise<Answer> => engine.ask<Answer>({ ...questionOf(from, now.value), ...more });

async function answerTo(from: Work): Promise<void> {
  const at = performance.now();
  const told = await question(from, QUICK);
  if (from !== work.value && waiting) {
    return;
  }
  took.value = performance.now() - at;
  batch(() => {
    answered.value = from;
    answer.value = { ...told, documents: answer.value?.documents ?? {} };
    trouble.value = null;
    whole.value = null;
    if (from === base.value || !first.value) {
      first.value = answer.value;
    }
  });
}

async function complement(): Promise<void> {
  const from = answered.value;
  if (!from || running || from !== work.value || whole.value) {
    return;
  }
  try {
    const told = await question(from, FULL);
    if (from === work.value && !running) {
      batch(() => {
        if (first.value === answer.value) {
          first.value = told;
        }
        answer.value = told;
        whole.value = from;
      });
    }
  } catch (error) {
    if (!(error instanceof Refused)) {
      crashed.value = String(error);
    }
  }
}

async function run(): Promise<void> {
  running = true;
  const fresh = answer.value === null;
  clearTimeout(timer);
  const late = setTimeout(() => (slow.value = true), SLOW);
  while (waiting) {
    waiting = false;
    try {
      await answerTo(work.value);
    } catch (error) {
      if (error instanceof Refused) {
        await settle();
        if (!waiting) {
          trouble.value = error.trouble;
        }
      } else {
        crashed.value = error instanceof Error ? error.message : String(error);
      }
    }
  }
  clearTimeout(late);
  batch(() => {
    slow.value = false;
    busy.value = false;
  });
  running = false;
  timer = setTimeout(() => void complement(), fresh ? 0 : QUIET);
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
    whole.value = null;
  }
});

export function restart(): void {
  engine.stop();
  crashed.value = null;
  decide();
}
