/* Small parts that the others are made of. */
import { useState } from 'preact/hooks';
import type { ComponentChildren, JSX } from 'preact';

import { t } from '../strings';

const ICONS = {
  yes: 'M5 12.5l4.5 4.5L19 7.5',
  no: 'M7 7l10 10M17 7L7 17',
  dash: 'M7 12h10',
  ask: 'M9 9.2a3 3 0 1 1 4.3 2.7c-.9.5-1.3 1-1.3 2.1M12 17.2v.3',
  ring: 'M12 7a5 5 0 1 0 .01 0',
  start: 'M8 6l7 6-7 6',
  undo: 'M8 6L4 10l4 4M4 10h9a5 5 0 0 1 0 10h-2',
  redo: 'M16 6l4 4-4 4M20 10h-9a5 5 0 0 0 0 10h2',
  copy: 'M9 9h9v11H9zM6 15V4h9',
  share: 'M12 15V4M8 8l4-4 4 4M5 13v6h14v-6',
} as const;

export type IconName = keyof typeof ICONS;

export const Icon = ({ name }: { name: IconName }): JSX.Element => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={ICONS[name]} />
  </svg>
);

/** Names and ARNs, which may break after `:` and `/` and are no language. */
export function Name({ text }: { text: string }): JSX.Element {
  const parts = text.split(/(?<=[:/])/);
  return (
    <code translate={false} lang="en">
      {parts.map((part, n) => (n ? [<wbr />, part] : part))}
    </code>
  );
}

/** A sentence of the engine: what stands between backticks is a name, and so is an ARN. */
export function Said({ text }: { text: string }): JSX.Element {
  const parts = text.split(/(`[^`]+`|arn:[\w-]+:[^\s;,]+[^\s;,.:])/);
  return <>{parts.map((part, n) => (n % 2 ? <Name text={part.replace(/^`|`$/g, '')} /> : part))}</>;
}

export async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea'); // from a disk there may be no clipboard to ask for
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

export function Copy({ text, label, name }: { text: string | (() => string); label?: string; name?: string }): JSX.Element {
  const [done, setDone] = useState(false);
  return (
    <button
      type="button"
      class="quiet"
      aria-label={name}
      onClick={async () => {
        setDone(await toClipboard(typeof text === 'string' ? text : text()));
        setTimeout(() => setDone(false), 2000);
      }}
    >
      <Icon name={done ? 'yes' : 'copy'} />
      <span aria-live="polite">{done ? t('copied') : (label ?? t('copy'))}</span>
    </button>
  );
}

export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

export const Take = ({ text, name }: { text: string; name?: string }): JSX.Element => (
  <div class="take">
    <pre translate={false} lang="en" tabIndex={0}>
      {text}
    </pre>
    <Copy text={text} name={name} />
  </div>
);

export function Fold(props: { summary: ComponentChildren; open?: boolean; children: ComponentChildren; class?: string }): JSX.Element {
  return (
    <details open={props.open} class={props.class}>
      <summary>{props.summary}</summary>
      {props.children}
    </details>
  );
}
