/* What goes to the worker and what comes back. */
import type { Trouble } from './types';

export type ToWorker =
  | { kind: 'open'; core: string | ArrayBuffer | null; whole: string | ArrayBuffer }
  | { kind: 'world'; snapshot: string | null }
  | { kind: 'ask'; question: string }
  | { kind: 'lines'; question: string; lines: string }
  | { kind: 'whole' };

export type FromWorker = { id: number } & ({ value: unknown } | { trouble: Trouble } | { broken: string });
