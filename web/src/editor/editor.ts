/* CodeMirror, loaded when someone edits. It lives in a shadow root: its styles are constructed sheets, which a strict policy allows. */
import { defaultKeymap, history, historyKeymap, temporarilySetTabFocusMode } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, type DecorationSet } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export interface EditorMark {
  from: number;
  to: number;
  also: boolean;
}

export interface Finding {
  from: number;
  to: number;
  severity: 'error' | 'warning' | 'info';
  message: string;
}

const setMarks = StateEffect.define<readonly EditorMark[]>();

const marksField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setMarks)) {
        const end = transaction.newDoc.length;
        next = Decoration.set(
          effect.value
            .filter((m) => m.from < m.to && m.to <= end)
            .map((m) => Decoration.mark({ class: m.also ? 'cm-blame also' : 'cm-blame' }).range(m.from, m.to)),
          true,
        );
      }
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--link)' },
  { tag: tags.string, color: 'var(--ink)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--unsure)' },
  { tag: [tags.punctuation, tags.separator, tags.bracket, tags.squareBracket, tags.brace], color: 'var(--soft)' },
]);

const look = EditorView.theme({
  '&': { fontSize: '13px', color: 'var(--ink)', backgroundColor: 'var(--paper)', height: '100%' },
  '&.cm-focused': { outline: '3px solid var(--link)', outlineOffset: '-3px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.65', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '10px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--raised)', color: 'var(--soft)', border: 'none', borderRight: '1px solid var(--rule)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--raised) 60%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--ink)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { backgroundColor: 'var(--select) !important' },
  '.cm-blame': {
    backgroundColor: 'var(--denied-tint)',
    textDecoration: 'underline 2px var(--denied)',
    textUnderlineOffset: '3px',
    borderRadius: '2px',
  },
  '.cm-blame.also': { backgroundColor: 'var(--raised)', textDecorationColor: 'var(--soft)' },
  '.cm-tooltip, .cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--ink)', border: '1px solid var(--rule)' },
  '.cm-panels input, .cm-panels button': { color: 'var(--ink)', backgroundColor: 'var(--paper)', border: '1px solid var(--edge)' },
});

export interface Editor {
  /** Shows another text, where it is not what was typed. */
  show(text: string): void;
  marks(marks: readonly EditorMark[]): void;
  findings(findings: readonly Finding[]): void;
  go(index: number): void;
  focus(): void;
  end(): void;
}

export function edit(host: HTMLElement, text: string, label: string, typed: (text: string) => void): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  root.replaceChildren();
  let quiet = false;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        search({ top: true }),
        json(),
        syntaxHighlighting(colours),
        lintGutter(),
        marksField,
        look,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
        keymap.of([
          {
            key: 'Escape',
            run: (at) => {
              temporarilySetTabFocusMode(at);
              return false;
            },
          },
          ...lintKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !quiet) {
            typed(update.state.doc.toString());
          }
        }),
      ],
    }),
  });
  const clamp = (index: number): number => Math.max(0, Math.min(index, view.state.doc.length));
  return {
    show(next) {
      if (next !== view.state.doc.toString()) {
        quiet = true;
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
        quiet = false;
      }
    },
    marks: (marks) => view.dispatch({ effects: setMarks.of(marks) }),
    findings(findings) {
      const list: Diagnostic[] = findings.map((f) => ({ ...f, from: clamp(f.from), to: clamp(Math.max(f.to, f.from)) }));
      view.dispatch(setDiagnostics(view.state, list));
    },
    go(index) {
      view.dispatch({ selection: { anchor: clamp(index) }, scrollIntoView: true });
      view.focus();
    },
    focus: () => view.focus(),
    end: () => view.destroy(),
  };
}
