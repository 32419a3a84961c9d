/* Findings about the document that is being edited: asked of the whole engine when the text has been quiet for a moment. */
import { signal } from '@preact/signals';

import type { Finding } from '../editor/editor';
import { indexer } from '../text/offsets';
import { engine } from './answer';
import { guessPolicy, type PolicyKind } from './paste';

export interface LintRow {
  code: string;
  type: string;
  message: string;
  path: string;
  offset: number;
  length: number;
  line: number;
  column: number;
}

interface LintAnswer {
  findings?: LintRow[];
  answers?: Array<{ findings?: LintRow[] }>;
}

const QUIET = 400;
const known = signal<{ id: string; text: string; findings: Finding[] } | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;
let wanted: { id: string; text: string } | null = null;

const TYPES: Partial<Record<PolicyKind, string>> = { identity: 'identity', resource: 'bucket', key: 'key', trust: 'trust', scp: 'scp', rcp: 'rcp' };

export async function lint(text: string, kind?: PolicyKind): Promise<LintRow[]> {
  const type = TYPES[kind ?? guessPolicy(text).kind];
  const told = await engine.ask<LintAnswer>({ ask: 'lint', files: { 'policy.json': text }, ...(type ? { type } : {}) });
  return told.findings ?? told.answers?.flatMap((a) => a.findings ?? []) ?? [];
}

const severity = (type: string): Finding['severity'] => (/ERROR/.test(type) ? 'error' : /WARNING/.test(type) ? 'warning' : 'info');

async function look(id: string, text: string): Promise<void> {
  const rows = await lint(text).catch(() => []);
  const at = indexer(text);
  known.value = {
    id,
    text,
    findings: rows.map((r) => ({ from: at(r.offset), to: at(r.offset + r.length), severity: severity(r.type), message: `${r.message} (${r.code})` })),
  };
}

/** What is known about this text now; what is not yet known is asked for. */
export function findingsOf(id: string, text: string): readonly Finding[] {
  const found = known.value;
  if (found?.id === id && found.text === text) {
    return found.findings;
  }
  if (wanted?.id !== id || wanted.text !== text) {
    wanted = { id, text };
    clearTimeout(timer);
    timer = setTimeout(() => void look(id, text), QUIET);
  }
  return [];
}
