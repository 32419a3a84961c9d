/* A document as text, with the bytes that decide underlined and what they do said below. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Answer, Place, Statement } from '../engine/types';
import { source } from '../state/answer';
import { locate, viewOf, type View } from '../state/documents';
import { t, tn } from '../strings';
import { excerpt, type Mark, type Row, type Tick } from '../text/excerpt';
import { Icon, Said } from './bits';

const TICKS = { yes: 'yes', no: 'no', unknown: 'ask' } as const;

function Code({ rows, label }: { rows: readonly Row[]; label: string }): JSX.Element {
  const ticks = rows.some((row) => 'tick' in row && row.tick);
  return (
    <pre class={`code ${ticks ? 'ticked' : ''}`} tabIndex={0} aria-label={label} translate={false} lang="en">
      <code>
        {rows.map((row, n) =>
          'gap' in row ? (
            <span class="gap" key={`g${n}`}>
              ⋯ {tn('docs.lines', row.gap)}
              {'\n'}
            </span>
          ) : (
            <span key={row.n}>
              <span class="line" data-n={row.n}>
                {row.tick && (
                  <span class={`tick ${row.tick.matches}`} title={row.tick.label ?? undefined}>
                    <Icon name={TICKS[row.tick.matches]} />
                    <span class="away">{t(`element.${row.tick.matches}`)} </span>
                  </span>
                )}
                {row.pieces.map((piece) => (piece.mark ? <mark class={piece.mark.also ? 'also' : ''}>{piece.text}</mark> : piece.text))}
                {'\n'}
              </span>
              {row.notes.map((note) => (
                <span class={`note ${note.also ? 'also' : ''}`}>
                  <Said text={note.label!} />
                  {'\n'}
                </span>
              ))}
            </span>
          ),
        )}
      </code>
    </pre>
  );
}

const statementsOf = (answer: Answer): Statement[] => {
  const seen = new Map<string, Statement>();
  for (const layer of answer.checks.flatMap((c) => c.layers)) {
    for (const s of [...layer.statements, ...(layer.near ?? [])]) {
      const key = `${s.policy}@${s.offset}`;
      if (!seen.has(key) || s.elements) {
        seen.set(key, s);
      }
    }
  }
  return [...seen.values()];
};

/** Marks and ticks that the answer has for a document. */
export function marksOf(answer: Answer, id: string, view: View): { marks: Mark[]; ticks: Tick[]; statement: { from: number; to: number } | null } {
  const marks: Mark[] = [];
  const ticks: Tick[] = [];
  const here = (place: Place): boolean => locate(place, source.value)?.id === id;
  let statement: { from: number; to: number } | null = null;
  answer.causes.forEach((cause, n) => {
    for (const blame of cause.blames) {
      if (here(blame)) {
        const mark = { from: view.at(blame.offset), to: view.end(blame.offset + blame.length), label: blame.label, also: n > 0 };
        if (!marks.some((m) => m.from === mark.from && m.to === mark.to)) {
          marks.push(mark);
        }
      }
    }
    const place = cause.statement;
    if (!statement && place && here(place)) {
      statement = { from: view.at(place.offset), to: view.end(place.offset + place.length) };
    }
  });
  for (const s of statementsOf(answer)) {
    if (!here(s)) {
      continue;
    }
    for (const element of s.elements ?? []) {
      if (element.length) {
        ticks.push({ from: view.at(element.offset), matches: element.matches, label: element.label ?? null });
      }
    }
    if (!statement && (s.matches ?? 'yes') !== 'no') {
      statement = { from: view.at(s.offset), to: view.end(s.offset + s.length) };
    }
  }
  return { marks, ticks, statement };
}

/** The place of a cause in its document. */
export function Excerpt({ answer, place, title }: { answer: Answer; place: Place; title: string }): JSX.Element | null {
  const [all, setAll] = useState(false);
  const at = locate(place, source.value);
  const view = at && viewOf(at, source.value);
  if (!at || !view) {
    return null;
  }
  const { marks, ticks } = marksOf(answer, at.id, view);
  const range = { from: view.at(place.offset), to: view.end(place.offset + place.length) };
  const rows = excerpt(view.text, marks, ticks, range, all);
  return (
    <figure class="source">
      <figcaption>
        <span class="path">{title}</span>
        {(all || rows.some((r) => 'gap' in r)) && (
          <button type="button" class="link" onClick={() => setAll(!all)}>
            {all ? t('docs.part') : t('docs.whole')}
          </button>
        )}
      </figcaption>
      <Code rows={rows} label={title} />
    </figure>
  );
}

export function Whole({ answer, doc, title }: { answer: Answer; doc: { id: string; path: string; pointer: string }; title: string }): JSX.Element | null {
  const view = viewOf(doc, source.value);
  if (!view) {
    return null;
  }
  const { marks, ticks } = marksOf(answer, doc.id, view);
  return <Code rows={excerpt(view.text, marks, ticks, null, true)} label={title} />;
}
