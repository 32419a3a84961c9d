/* What the engine answers, as far as the page looks at it. A member may be missing: an older engine does not write it. */
import type { Request } from 'why403';

export type { Request };
export type Decision = 'allowed' | 'denied' | 'undetermined';
export type Say = 'allow' | 'no-allow' | 'deny' | 'unknown' | 'not-applicable' | 'not-given';

export interface Place {
  policy: string | null;
  offset: number;
  length: number;
  line?: number;
  column?: number;
  file?: string;
  embedded?: boolean;
}

export interface Element {
  element: string;
  offset: number;
  length: number;
  matches: 'yes' | 'no' | 'unknown';
  label?: string | null;
}

export interface Statement extends Place {
  sid: string | null;
  index: number;
  name?: string;
  arn?: string;
  effect?: 'Allow' | 'Deny';
  matches?: 'yes' | 'no' | 'unknown';
  elements?: Element[];
}

export interface Blame extends Place {
  label: string | null;
}

export interface Cause {
  cause: string;
  action: string | null;
  resource: string | null;
  statement: Statement | null;
  sentence: string | null;
  element: string | null;
  blame: Blame | null;
  blames: Blame[];
  layer?: string | null;
  page?: string | null;
  detail?: string | null;
}

export interface Layer {
  layer: string;
  verdict: Say;
  source?: string | null;
  statements: Statement[];
  near?: Statement[];
  said?: string | null;
  why?: string | null;
  levels?: Array<{ level: string; verdict: Say; source?: string | null; statements: Statement[] }>;
}

export interface Check {
  action: string;
  resource: string;
  decision: Decision;
  need: string;
  reason: string;
  layers: Layer[];
}

export interface Gate {
  cause: string;
  closed: 'yes' | 'no' | 'unknown';
  status: number;
  detail?: string | null;
  source?: string | null;
}

export interface PatchStep {
  op: 'add' | 'remove' | 'replace';
  path: string;
  value?: unknown;
}

export interface Step {
  kind: string;
  id: string;
  title: string;
  owner: string | null;
  policy: string | null;
  diff: string | null;
  patch: PatchStep[];
  commands: string[];
  rollback: string[];
  side_effects: string[];
  removes: string[];
  /** The whole policy after the step. */
  document?: string | null;
  request?: Request | null;
}

export interface Fix {
  id: string;
  title: string;
  owner: string | null;
  policy: string | null;
  steps: Step[];
  proof: { decision: Decision; status: number; also_allows: string[]; also_covers: string[]; also_capped: boolean; public: boolean };
}

export interface Branch {
  fact: string;
  value: string | null;
  other?: boolean;
  decision: Decision;
  cause: string | null;
}

export interface Reading {
  operation: string | null;
  action: string | null;
  resource: string | null;
  principal: string | null;
  why: string;
  decision: Decision | null;
  chosen: boolean;
}

export interface Evidence {
  sources: Array<{
    kind: string;
    facts: Array<{ name: string; value: string; inferred: boolean; from: string }>;
    notes: string[];
    refused: string | null;
  }>;
  missing: Array<{ name: string; option: string; why: string }>;
  readings: Reading[];
  reported: { form: string; causes: string[]; message: string | null; layer: string | null } | null;
  judged: boolean;
  agreement: string | null;
  look: Array<{ what: string; command: string; changed_by: string }>;
}

export interface Answer {
  format: number;
  request: Request;
  decision: Decision;
  status: number;
  error_code: string | null;
  cause: string | null;
  action: string | null;
  resource: string | null;
  statement: Statement | null;
  causes: Cause[];
  checks: Check[];
  gates: Gate[];
  message: string | null;
  fixes: Fix[];
  not_proposed?: Array<{ title: string; why: string }>;
  no_fix?: string | null;
  assumptions: string[];
  unknown: string[];
  settle: string[];
  notes: string[];
  branches?: Branch[];
  documents?: Record<string, { text: string; file?: string | null; pointer?: string | null }>;
  warnings?: Array<{ message: string; hint?: string; source?: string; line?: number; column?: number }>;
  evidence?: Evidence;
}

/** Why a question could not be answered, and where. */
export interface Trouble {
  code: number;
  message: string;
  hint: string;
  source: string;
  line: number;
  column: number;
  offset: number;
  length: number;
}

/** One line of `decide`. */
export interface Verdict {
  decision?: Decision;
  status?: number;
  cause?: string | null;
  error?: { message: string };
}
