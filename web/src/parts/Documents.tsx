/* The documents that take part, one tab each: read first, edited on demand; the verdict follows each keystroke. */
import { effect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import type { Editor } from '../editor/editor';
import { answer, documents, source, trouble } from '../state/answer';
import { addingPolicy } from '../state/dialogs';
import { docId, textOf, viewOf, withText, type Doc, type Source } from '../state/documents';
import { findingsOf } from '../state/lint';
import { editing, openDoc } from '../state/look';
import { guessPolicy, POLICY_KINDS, type PolicyKind } from '../state/paste';
import { addPolicy } from '../state/session';
import { base, change, fileOf, givenNames, givenOf, work, world, type Work } from '../state/work';
import { t } from '../strings';
import { diffLines } from '../text/diff';
import { toUtf16 } from '../text/offsets';
import { Copy } from './bits';
import { marksOf, Whole } from './Source';
import { titleOf } from './words';

const plain = (from: Work): Source => ({
  file: (path) => fileOf(path, from),
  given: (name) => givenOf(name, from),
  brought: () => undefined,
});

const sourceOf = (from: Work): Source => ({ ...plain(from), before: plain(base.value) });

const isEdited = (doc: Doc): boolean => {
  const now = textOf(doc, sourceOf(work.value))?.text;
  const before = textOf(doc, sourceOf(base.value))?.text;
  return now !== undefined && now !== before;
};

/** The work with another text of a document. */
function withDoc(doc: Doc, text: string, from: Work): Work {
  const at = givenNames(from.given).indexOf(doc.path);
  if (at >= 0) {
    return { ...from, given: from.given.map((g, n) => (n === at ? { ...g, text } : g)) };
  }
  return { ...from, overlay: { ...from.overlay, [doc.path]: withText(doc, text, sourceOf(from)) } };
}

function reset(doc: Doc): void {
  const before = textOf(doc, sourceOf(base.value));
  const at = givenNames(work.value.given).indexOf(doc.path);
  if (at >= 0) {
    if (before) {
      change(withDoc(doc, before.text, work.value), '');
    }
    return;
  }
  const overlay = { ...work.value.overlay };
  const earlier = base.value.overlay[doc.path];
  if (earlier === undefined) {
    delete overlay[doc.path];
  } else {
    overlay[doc.path] = earlier;
  }
  change({ ...work.value, overlay }, '');
}

/* A place of the trouble in this document, as an index of its text. */
function troubleIn(doc: Doc, text: string): { from: number; to: number; message: string } | null {
  const wrong = trouble.value;
  if (!wrong || !wrong.source) {
    return null;
  }
  const [path, pointer = ''] = wrong.source.split('#');
  if (path !== doc.path || (pointer && pointer !== doc.pointer)) {
    return null;
  }
  const start = pointer || !doc.pointer ? 0 : (textOf(doc, sourceOf(work.value))?.base ?? 0);
  const from = toUtf16(text, wrong.offset) - start;
  return { from, to: from + Math.max(1, wrong.length), message: [wrong.message, wrong.hint].filter(Boolean).join(' ') };
}

function EditorPane({ doc, title, tall }: { doc: Doc; title: string; tall: boolean }): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const current = useRef(doc);
  current.current = doc;
  useEffect(() => {
    let ended = false;
    let watch: (() => void) | undefined;
    const shown = viewOf(doc, sourceOf(work.value))?.text ?? '';
    void import('../editor/editor').then(({ edit }) => {
      if (ended || !host.current) {
        return;
      }
      const made = edit(host.current, shown, t('docs.editor', { title }), (text) => {
        change(withDoc(current.current, text, work.value), docId(doc.path, doc.pointer));
      });
      editor.current = made;
      made.focus();
      watch = effect(() => {
        const told = answer.value;
        const text = viewOf(current.current, sourceOf(work.value))?.text;
        if (text !== undefined) {
          made.show(text);
        }
        const view = viewOf(current.current, source.value);
        const wrong = text === undefined ? null : troubleIn(current.current, text);
        if (told && view && view.text === text && !trouble.value) {
          made.marks(marksOf(told, doc.id, view).marks);
        }
        const lint = text !== undefined && !wrong ? findingsOf(doc.id, text) : [];
        made.findings(wrong ? [{ ...wrong, severity: 'error' }] : lint);
      });
    });
    return () => {
      ended = true;
      watch?.();
      editor.current?.end();
      editor.current = null;
    };
  }, [doc.id]);
  return <div class={`editor ${tall ? 'tall' : ''}`} ref={host} data-doc={doc.id} />;
}

function Changes({ doc }: { doc: Doc }): JSX.Element | null {
  const before = viewOf(doc, sourceOf(base.value))?.text;
  const now = viewOf(doc, sourceOf(work.value))?.text;
  if (before === undefined || now === undefined || before === now) {
    return null;
  }
  const lines = diffLines(before, now);
  const near = (n: number): boolean => lines.slice(Math.max(0, n - 2), n + 3).some((l) => l.kind !== 'same');
  return (
    <details class="changes">
      <summary>{t('docs.diff')}</summary>
      <pre class="code diff" tabIndex={0} translate={false} aria-label={t('docs.diff')}>
        <code>
          {lines.map(
            (line, n) =>
              near(n) && (
                <span class={`line ${line.kind}`}>
                  {line.kind !== 'same' && <span class="away">{t(line.kind === 'add' ? 'fix.added' : 'fix.removed')} </span>}
                  {line.kind === 'add' ? '+' : line.kind === 'del' ? '-' : ' '}
                  {line.text}
                  {'\n'}
                </span>
              ),
          )}
        </code>
      </pre>
    </details>
  );
}

export function AddPolicy(): JSX.Element | null {
  const [text, setText] = useState('');
  const [kind, setKind] = useState<PolicyKind | null>(null);
  if (!addingPolicy.value) {
    return null;
  }
  const guess = kind ?? guessPolicy(text).kind;
  return (
    <form
      class="add-policy"
      onSubmit={(event) => {
        event.preventDefault();
        addPolicy(text, guess);
        addingPolicy.value = false;
        setText('');
      }}
    >
      <label for="policy-text">{t('docs.add')}</label>
      <textarea
        id="policy-text"
        rows={8}
        spellcheck={false}
        placeholder='{"Version": "2012-10-17", "Statement": […]}'
        value={text}
        onInput={(e) => setText(e.currentTarget.value)}
      />
      <div class="row">
        <label for="policy-kind">{t('docs.kind')}</label>
        <select id="policy-kind" value={guess} onChange={(e) => setKind(e.currentTarget.value as PolicyKind)}>
          {POLICY_KINDS.map((k) => (
            <option key={k} value={k}>
              {t(`kind.${k}`)}
            </option>
          ))}
        </select>
        <button type="submit" class="main" disabled={!text.trim()}>
          {t('docs.add')}
        </button>
        <button type="button" class="quiet" onClick={() => (addingPolicy.value = false)}>
          {t('close')}
        </button>
      </div>
    </form>
  );
}

/* What was changed comes first. Tabs keep their places while a document is edited, and the open one stays even if the answer no longer looks at it. */
function steady(now: readonly Doc[], before: readonly Doc[]): readonly Doc[] {
  if (!editing.value) {
    return [...now.filter(isEdited), ...now.filter((d) => !isEdited(d))];
  }
  const held = before.filter((d) => d.id === openDoc.value || now.some((n) => n.id === d.id));
  return [...held.map((d) => now.find((n) => n.id === d.id) ?? d), ...now.filter((n) => !held.some((d) => d.id === n.id))];
}

export function Documents(): JSX.Element | null {
  const told = answer.value;
  const [tall, setTall] = useState(false);
  const before = useRef<readonly Doc[]>([]);
  const docs = steady(documents.value, before.current);
  before.current = docs;
  const open = docs.find((d) => d.id === openDoc.value) ?? docs[0];
  if (!told) {
    return addingPolicy.value ? <AddPolicy /> : null;
  }
  const move = (event: KeyboardEvent): void => {
    const at = docs.findIndex((d) => d.id === open?.id);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: docs.length - 1 }[event.key];
    const doc = next === undefined ? undefined : docs[next];
    if (doc) {
      event.preventDefault();
      openDoc.value = doc.id;
      requestAnimationFrame(() => document.getElementById(`tab-${docs.indexOf(doc)}`)?.focus());
    }
  };
  return (
    <section class="documents" id="documents" data-region aria-labelledby="documents-heading" tabIndex={-1}>
      <div class="bar">
        <h2 id="documents-heading">{t('docs.heading')}</h2>
        {!addingPolicy.value && !world.value && (
          <button type="button" class="quiet" onClick={() => (addingPolicy.value = true)}>
            {t('docs.add')}
          </button>
        )}
      </div>
      <AddPolicy />
      {open && (
        <>
          <div role="tablist" aria-labelledby="documents-heading" onKeyDown={move}>
            {docs.map((doc, n) => (
              <button
                type="button"
                role="tab"
                id={`tab-${n}`}
                key={doc.id}
                aria-selected={doc === open}
                aria-controls="panel"
                tabIndex={doc === open ? 0 : -1}
                onClick={() => (openDoc.value = doc.id)}
              >
                {titleOf(doc)}
                {isEdited(doc) && <span class="edited"> {t('docs.edited')}</span>}
              </button>
            ))}
          </div>
          <div class="panel" id="panel" role="tabpanel" aria-labelledby={`tab-${docs.indexOf(open)}`}>
            <div class="bar">
              <span class="path" translate={false}>
                {open.path}
              </span>
              <span class="row">
                {isEdited(open) && (
                  <button type="button" class="quiet" onClick={() => reset(open)}>
                    {t('docs.reset')}
                  </button>
                )}
                <Copy text={() => viewOf(open, source.value)?.text ?? ''} />
                {editing.value && open.editable && (
                  <button type="button" class="quiet" aria-pressed={tall} onClick={() => setTall(!tall)}>
                    {t(tall ? 'docs.short' : 'docs.tall')}
                  </button>
                )}
                {open.editable && (
                  <button
                    type="button"
                    class="main edit"
                    onClick={() => {
                      openDoc.value = open.id; // it stays, whatever the answer says next
                      editing.value = !editing.value;
                    }}
                  >
                    {t(editing.value ? 'docs.done' : 'docs.edit')}
                  </button>
                )}
              </span>
            </div>
            {editing.value && open.editable ? (
              <EditorPane key={open.id} doc={open} title={titleOf(open)} tall={tall} />
            ) : (
              <Whole answer={told} doc={open} title={titleOf(open)} />
            )}
            <Changes doc={open} />
          </div>
        </>
      )}
    </section>
  );
}
