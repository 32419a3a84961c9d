/* Lines of a document with what is marked in them, and which of them are left out. */
import { lineAt, linesOf, type Line } from './offsets';

export interface Mark {
  from: number;
  to: number;
  label: string | null;
  also: boolean;
}

export interface Tick {
  from: number;
  matches: 'yes' | 'no' | 'unknown';
  label: string | null;
}

export interface Piece {
  text: string;
  mark: Mark | null;
}

export interface ShownLine {
  n: number;
  pieces: Piece[];
  notes: Mark[];
  tick: Tick | null;
}

export type Row = ShownLine | { gap: number };

const AROUND = 3;
const SHORT = 26;

function piecesOf(text: string, line: Line, marks: readonly Mark[]): Piece[] {
  const pieces: Piece[] = [];
  let at = line.from;
  for (const mark of marks) {
    const from = Math.max(mark.from, line.from, at);
    const to = Math.min(mark.to, line.to);
    const lead = /^\s*/.exec(text.slice(from, Math.max(from, to)))![0].length; // an indent is not worth a line under it
    if (to <= from + lead) {
      continue;
    }
    if (from + lead > at) {
      pieces.push({ text: text.slice(at, from + lead), mark: null });
    }
    pieces.push({ text: text.slice(from + lead, to), mark });
    at = to;
  }
  if (at < line.to || !pieces.length) {
    pieces.push({ text: text.slice(at, line.to), mark: null });
  }
  return pieces;
}

/** The lines `from` to `to` of a text; `all`: none is left out. */
export function excerpt(
  text: string,
  marks: readonly Mark[],
  ticks: readonly Tick[],
  range: { from: number; to: number } | null,
  all: boolean,
): Row[] {
  const lines = linesOf(text);
  const sorted = [...marks].sort((a, b) => a.from - b.from || a.to - b.to);
  const start = range && !all ? Math.max(1, lineAt(lines, range.from).n) : 1;
  const end = range && !all ? lineAt(lines, Math.max(range.from, range.to - 1)).n : lines.length;
  const marked = new Set<number>();
  for (const mark of sorted) {
    marked.add(lineAt(lines, mark.from).n);
    marked.add(lineAt(lines, Math.max(mark.from, mark.to - 1)).n);
  }
  const wanted = (n: number): boolean => {
    if (all) {
      return true;
    }
    if (n < start || n > end) {
      return false;
    }
    if (end - start < SHORT || n - start < 2 || end - n < 1) {
      return true;
    }
    for (let near = n - AROUND; near <= n + AROUND; near++) {
      if (marked.has(near)) {
        return true;
      }
    }
    return false;
  };
  const rows: Row[] = [];
  let skipped = 0;
  for (const line of lines) {
    if (!wanted(line.n)) {
      skipped++;
      continue;
    }
    if (skipped && (rows.length || start > 1)) {
      rows.push({ gap: skipped });
    }
    skipped = 0;
    rows.push({
      n: line.n,
      pieces: piecesOf(text, line, sorted),
      notes: sorted.filter((m) => m.label && lineAt(lines, Math.max(m.from, m.to - 1)).n === line.n),
      tick: ticks.find((tick) => tick.from >= line.from && tick.from <= line.to) ?? null,
    });
  }
  if (skipped) {
    rows.push({ gap: skipped });
  }
  return rows;
}
