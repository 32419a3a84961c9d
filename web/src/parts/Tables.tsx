/* Looking around: the matrix of principals and actions, who can, what can, what is public, lint. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';

import type { Decision, Verdict } from '../engine/types';
import { answer, answered, documents, engine, source } from '../state/answer';
import { textOf } from '../state/documents';
import { lint, type LintRow } from '../state/lint';
import { base, now, policiesOf, questionOf, setRequest, work, world, type Work } from '../state/work';
import { named, t, tn, type Key } from '../strings';
import { Copy, download, Icon, Name, Said } from './bits';
import { ICON_OF_DECISION, titleOf } from './words';

type Cell = string;
interface Sheet {
  heads: readonly Key[];
  rows: readonly Cell[][];
  empty: Key;
  caption?: string;
}

const csv = (sheet: Sheet): string =>
  [sheet.heads.map((h) => t(h)), ...sheet.rows].map((row) => row.map((c) => `"${c.replace(/"/g, '""')}"`).join(',')).join('\r\n');

const markdownOf = (sheet: Sheet): string => {
  const line = (cells: readonly string[]): string => `| ${cells.map((c) => c.replace(/\|/g, '\\|')).join(' | ')} |`;
  return [line(sheet.heads.map((h) => t(h))), line(sheet.heads.map(() => '---')), ...sheet.rows.map(line)].join('\n');
};

function Sorted({ sheet }: { sheet: Sheet }): JSX.Element {
  const [by, setBy] = useState<{ column: number; down: boolean } | null>(null);
  const [filter, setFilter] = useState('');
  const rows = useMemo(() => {
    const wanted = filter.toLowerCase();
    const kept = sheet.rows.filter((row) => row.some((cell) => cell.toLowerCase().includes(wanted)));
    return by ? [...kept].sort((a, b) => (a[by.column]! < b[by.column]! ? -1 : 1) * (by.down ? -1 : 1)) : kept;
  }, [sheet, by, filter]);
  if (!sheet.rows.length) {
    return <p>{t(sheet.empty)}</p>;
  }
  return (
    <>
      <div class="table-tools">
        <input type="text" aria-label={t('tables.filter')} placeholder={t('tables.filter')} value={filter} onInput={(e) => setFilter(e.currentTarget.value)} />
        <Copy text={() => markdownOf(sheet)} label={t('share.markdown')} />
        <button type="button" class="quiet" onClick={() => download('why403.csv', 'text/csv', csv(sheet))}>
          {t('tables.csv')}
        </button>
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label={sheet.caption ?? t('tables.heading')}>
        <table class="cards-when-narrow">
          {sheet.caption && <caption>{sheet.caption}</caption>}
          <thead>
            <tr>
              {sheet.heads.map((head, n) => (
                <th scope="col" key={head} aria-sort={by?.column === n ? (by.down ? 'descending' : 'ascending') : undefined}>
                  <button type="button" onClick={() => setBy({ column: n, down: by?.column === n && !by.down })}>
                    {t(head)}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, n) => (
              <tr key={n}>
                {row.map((cell, m) => (
                  <td key={m}>
                    <Said text={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface Placed {
  policy: string;
  sid?: string | null;
  name?: string;
  index: number;
}

const statementName = (s: Placed): string => [s.name ?? s.policy.split('/').pop(), s.sid ?? `#${s.index + 1}`].filter(Boolean).join(' ');

const context = (from: Work): Record<string, unknown> => {
  const { request: _r, ask: _a, ...rest } = questionOf(from, now.value);
  return rest;
};

async function whoCan(from: Work): Promise<Sheet> {
  interface Row {
    caller: string;
    state: string;
    boxes: Array<{ text: string }>;
    granted_by: Placed[];
  }
  const check = answer.value?.checks[0];
  const told = await engine.ask<{ callers: Row[] }>({ ask: 'who-can', operands: [check?.action ?? '', check?.resource ?? ''], ...context(from) });
  return {
    heads: ['tables.principal', 'tables.conditions', 'tables.statement'],
    empty: 'tables.nobody',
    caption: t('tables.who.of', { action: check?.action ?? '', resource: check?.resource ?? '' }),
    rows: told.callers.map((r) => [r.caller, r.boxes.map((b) => b.text).join('; ') || r.state, r.granted_by.map(statementName).join(', ')]),
  };
}

async function whatCan(from: Work): Promise<Sheet> {
  interface Row {
    access_level: string;
    actions: { in?: string[]; like?: string[] };
    resources: { in?: string[]; like?: string[]; unlike?: string[] };
    boxes: Array<{ text: string }>;
    granted_by: Placed[];
  }
  const told = await engine.ask<{ rows: Row[] }>({ ask: 'what-can', operands: [from.request.principal ?? ''], ...context(from) });
  return {
    heads: ['tables.action', 'tables.resource', 'tables.conditions', 'tables.statement'],
    empty: 'tables.none',
    caption: t('tables.what.of', { principal: from.request.principal ?? '' }),
    rows: told.rows.map((r) => [
      [...(r.actions.in ?? []), ...(r.actions.like ?? [])].join(', '),
      [...(r.resources.in ?? []), ...(r.resources.like ?? [])].join(', '),
      r.boxes.map((b) => b.text).join('; '),
      r.granted_by.map(statementName).join(', '),
    ]),
  };
}

async function publicOnes(from: Work): Promise<Sheet> {
  interface Row {
    resource: string;
    s3_public: boolean;
    effective: string;
    closed_by: string[];
    unknown: string[];
  }
  const told = await engine.ask<{ resources: Row[] }>({ ask: 'public', all: true, ...context(from) });
  return {
    heads: ['tables.resource', 'tables.bys3', 'tables.effective', 'tables.held'],
    empty: 'tables.nopublic',
    rows: told.resources.map((r) => [r.resource, r.s3_public ? 'yes' : 'no', r.effective, [...r.closed_by, ...r.unknown.map((u) => `? ${u}`)].join(', ')]),
  };
}

async function linted(): Promise<Sheet> {
  const rows: Array<LintRow & { where: string }> = [];
  for (const doc of documents.value.filter((d) => d.editable)) {
    const text = textOf(doc, source.value)?.text;
    if (text) {
      rows.push(...(await lint(text).catch(() => [])).map((r) => ({ ...r, where: titleOf(doc) })));
    }
  }
  return {
    heads: ['tables.severity', 'tables.rule', 'tables.place', 'tables.message'],
    empty: 'tables.nolint',
    rows: rows.map((r) => [r.type.toLowerCase().replace('_', ' '), r.code, `${r.where}${r.path ? ` ${r.path}` : ''}`, r.message]),
  };
}

/* ---- the matrix ---- */

const COMMON = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:ListBucket', 's3:GetObjectTagging', 's3:PutObjectAcl', 's3:GetBucketPolicy'];
const ON_BUCKET = /^s3:(ListBucket|GetBucket|PutBucket|DeleteBucket|ListBucketVersions|GetEncryption|GetLifecycle)/;
const PEOPLE = 12;

interface Matrix {
  people: string[];
  actions: string[];
  before: Decision[][] | null;
  after: Decision[][];
}

function peopleOf(from: Work): string[] {
  const found = new Set<string>([from.request.principal ?? '']);
  const look = (text: string | undefined): void => {
    for (const m of (text ?? '').matchAll(/"(arn:aws[\w-]*:iam::\d{12}:(?:user|role)\/[^"*?$]+)"/g)) {
      found.add(m[1]!);
    }
  };
  for (const doc of documents.value) {
    look(textOf(doc, source.value)?.text);
  }
  Object.entries(world.value?.files ?? {}).forEach(([path, text]) => path.endsWith('authorization-details.json') && look(text));
  found.delete('');
  return [...[...found].slice(0, PEOPLE), 'anonymous'];
}

async function matrixOf(from: Work, people: string[], actions: string[]): Promise<Decision[][]> {
  const resource = from.request.resource ?? '';
  const bucket = resource.replace(/(:::[^/]+)\/.*/, '$1');
  const { operation: _o, action: _a, ...rest } = from.request;
  const requests = people.flatMap((principal) =>
    actions.map((action) => ({ ...rest, at: rest.at ?? now.value, principal, action, resource: ON_BUCKET.test(action) ? bucket : resource })),
  );
  const policies = policiesOf(from.given);
  const verdicts = await engine.many<Verdict>(requests, {
    ...(Object.keys(from.overlay).length ? { overlay: from.overlay } : {}),
    ...(policies ? { policies } : {}),
  });
  return people.map((_, n) => actions.map((_a, m) => verdicts[n * actions.length + m]?.decision ?? 'undetermined'));
}

function Grid(): JSX.Element {
  const [matrix, setMatrix] = useState<Matrix | null>(null);
  const [only, setOnly] = useState(false);
  const from = answered.value;
  useEffect(() => {
    if (!from) {
      return;
    }
    let current = true;
    const timer = setTimeout(async () => {
      const people = peopleOf(from);
      const asked = answer.value?.checks[0]?.action;
      const actions = [...new Set([...(asked?.startsWith('s3:') ? [asked] : []), ...COMMON])].slice(0, 8);
      const after = await matrixOf(from, people, actions);
      const before = from === base.value ? null : await matrixOf({ ...base.value, request: from.request }, people, actions);
      if (current) {
        setMatrix({ people, actions, before, after });
      }
    }, 150);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [from]);
  if (!matrix || !from) {
    return <p class="fine">{t('tables.loading')}</p>;
  }
  const { people, actions, before, after } = matrix;
  const differs = (n: number, m: number): boolean => !!before && before[n]?.[m] !== after[n]?.[m];
  const count = people.reduce((sum, _, n) => sum + actions.filter((_a, m) => differs(n, m)).length, 0);
  const move = (event: KeyboardEvent): void => {
    const cells = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role="gridcell"] button')];
    const at = cells.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: actions.length, ArrowUp: -actions.length }[event.key];
    const next = step === undefined ? undefined : cells[at + step];
    if (next) {
      event.preventDefault();
      cells.forEach((c) => (c.tabIndex = c === next ? 0 : -1));
      next.focus();
    }
  };
  return (
    <>
      {before && (
        <p class="changes" role="status">
          {tn('tables.changes', count)}{' '}
          <label class="check">
            <input type="checkbox" checked={only} onChange={(e) => setOnly(e.currentTarget.checked)} /> {t('tables.changed')}
          </label>
        </p>
      )}
      <div class="scroll">
        <table class="matrix" role="grid" onKeyDown={move}>
          <caption>{t('tables.matrix.of', { resource: from.request.resource ?? '' })}</caption>
          <thead>
            <tr>
              <th scope="col">{t('tables.principal')}</th>
              {actions.map((a) => (
                <th scope="col" key={a}>
                  <Name text={a} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {people.map((person, n) =>
              only && !actions.some((_, m) => differs(n, m)) ? null : (
                <tr key={person}>
                  <th scope="row">
                    <Name text={person.replace(/^arn:aws[\w-]*:iam::\d+:/, '')} />
                  </th>
                  {actions.map((action, m) => {
                    const cell = after[n]![m]!;
                    const said = differs(n, m)
                      ? t('tables.was', { now: named('word', cell), before: named('word', before![n]![m]!) })
                      : named('word', cell);
                    return (
                      <td role="gridcell" key={action} class={`v ${cell} ${differs(n, m) ? 'now' : ''}`}>
                        <button
                          type="button"
                          class="quiet"
                          tabIndex={n === 0 && m === 0 ? 0 : -1}
                          title={`${person} ${action}: ${said}`}
                          aria-label={said}
                          onClick={() => {
                            const { operation: _o, ...rest } = work.value.request;
                            const bucket = rest.resource?.replace(/(:::[^/]+)\/.*/, '$1');
                            setRequest({ ...rest, principal: person, action, ...(ON_BUCKET.test(action) && bucket ? { resource: bucket } : {}) }, '');
                          }}
                        >
                          <span class={cell}>
                            <Icon name={ICON_OF_DECISION[cell]} />
                          </span>
                        </button>
                      </td>
                    );
                  })}
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
    </>
  );
}

const SHEETS = { who: whoCan, what: whatCan, public: publicOnes, lint: linted } as const;
type Tab = 'matrix' | keyof typeof SHEETS;

function Asked({ tab }: { tab: keyof typeof SHEETS }): JSX.Element {
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const from = answered.value;
  useEffect(() => {
    let current = true;
    setSheet(null);
    setWrong(null);
    if (from) {
      SHEETS[tab](from).then(
        (found) => current && setSheet(found),
        (error: unknown) => current && setWrong(error instanceof Error ? error.message : String(error)),
      );
    }
    return () => {
      current = false;
    };
  }, [tab, from]);
  if (wrong !== null) {
    return (
      <p>
        <Said text={wrong} />
      </p>
    );
  }
  return sheet ? <Sorted sheet={sheet} /> : <p class="fine">{t('tables.loading')}</p>;
}

export function Tables(): JSX.Element {
  const [tab, setTab] = useState<Tab | null>(null);
  const tabs: Tab[] = world.value ? ['matrix', 'who', 'what', 'public', 'lint'] : ['matrix', 'lint'];
  const move = (event: KeyboardEvent): void => {
    const at = tabs.indexOf(tab ?? 'matrix');
    const next = { ArrowRight: tabs[at + 1], ArrowLeft: tabs[at - 1] }[event.key];
    if (next) {
      event.preventDefault();
      setTab(next);
      requestAnimationFrame(() => document.getElementById(`table-${next}`)?.focus());
    }
  };
  return (
    <section class="tables" id="tables" data-region aria-labelledby="tables-heading" tabIndex={-1}>
      <h2 id="tables-heading">{t('tables.heading')}</h2>
      <div role="tablist" aria-labelledby="tables-heading" onKeyDown={move}>
        {tabs.map((name) => (
          <button
            type="button"
            role="tab"
            id={`table-${name}`}
            key={name}
            aria-selected={tab === name}
            aria-controls={tab === name ? 'table-panel' : undefined}
            tabIndex={name === (tab ?? 'matrix') ? 0 : -1}
            onClick={() => setTab(name)}
          >
            {t(`tables.${name}`)}
          </button>
        ))}
      </div>
      {tab && (
        <div role="tabpanel" id="table-panel" aria-labelledby={`table-${tab}`}>
          {tab === 'matrix' ? <Grid /> : <Asked tab={tab} />}
        </div>
      )}
    </section>
  );
}
