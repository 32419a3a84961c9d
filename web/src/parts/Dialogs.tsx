/* Dialogs: the snapshot, sharing, the keyboard. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { dialog, openExampleAccount } from '../state/dialogs';
import { openWorld } from '../state/session';
import { caseOf, exported, FITS, linkOf, MOST } from '../state/share';
import { keysOn } from '../state/keys';
import { world } from '../state/work';
import { t, tn, number } from '../strings';
import { Openers } from './Ask';
import { Copy, download, Take } from './bits';

function Frame({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  const self = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    self.current?.showModal();
  }, []);
  return (
    <dialog ref={self} aria-labelledby="dialog-heading" onClose={() => (dialog.value = null)} onClick={(e) => e.target === self.current && self.current?.close()}>
      <div class="frame">
        <div class="bar">
          <h2 id="dialog-heading">{title}</h2>
          <button type="button" class="quiet" onClick={() => self.current?.close()}>
            {t('close')}
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

function Snapshot(): JSX.Element {
  const there = world.value;
  return (
    <Frame title={t('world.heading')}>
      {there && (
        <p>
          <strong>{there.name}</strong> {tn('header.snapshot.files', Object.keys(there.files).length)}{' '}
          <button type="button" class="link" onClick={() => void openWorld(null)}>
            {t('world.remove')}
          </button>
        </p>
      )}
      <p>{t('world.is')}</p>
      <Openers />
      <p>{t('world.make')}</p>
      <Take text="why403 collect snapshot" />
      <button type="button" onClick={() => void openExampleAccount()}>
        {t('world.example')}
      </button>
    </Frame>
  );
}

const FORMATS = [
  ['markdown', 'share.markdown', 'text/markdown', 'md'],
  ['json', 'share.json', 'application/json', 'json'],
  ['sarif', 'share.sarif', 'application/sarif+json', 'sarif'],
  ['html', 'share.html', 'text/html', 'html'],
] as const;

function Share(): JSX.Element {
  const [names, setNames] = useState(true);
  const [link, setLink] = useState<{ url: string; kept: boolean; documents: number } | null>(null);
  useEffect(() => {
    let current = true;
    setLink(null);
    linkOf(names).then(
      (made) => current && setLink(made),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [names]);
  const n = link?.url.length ?? 0;
  return (
    <Frame title={t('share.heading')}>
      <h3>{t('share.link')}</h3>
      <label class="check">
        <input type="checkbox" checked={names} onChange={(e) => setNames(e.currentTarget.checked)} /> {t('share.names')}{' '}
        <span class="fine">{t('share.names.more')}</span>
      </label>
      {link?.kept && <p class="fine">{t('share.names.differs')}</p>}
      {link && n <= MOST && (
        <>
          <Take text={link.url} />
          <p class="fine">{t(n <= FITS ? 'share.chat' : 'share.long', { n: number(n) })}</p>
          <p class="fine">{tn('share.warn', link.documents)}</p>
        </>
      )}
      {link && n > MOST && <p>{t('share.toolong', { n: number(n) })}</p>}
      <h3>{t('share.export')}</h3>
      <div class="row">
        {FORMATS.map(([format, label, type, end]) => (
          <button key={format} type="button" onClick={async () => download(`why403.${end}`, type, await exported(format))}>
            {t(label)}
          </button>
        ))}
        <button type="button" onClick={() => download('why403-case.json', 'application/json', `${JSON.stringify([caseOf()], null, 2)}\n`)}>
          {t('share.case')}
        </button>
        <button
          type="button"
          onClick={() => {
            dialog.value = null;
            setTimeout(() => print());
          }}
        >
          {t('share.print')}
        </button>
        <ExportCopy />
      </div>
    </Frame>
  );
}

function ExportCopy(): JSX.Element {
  const [text, setText] = useState('');
  useEffect(() => {
    void exported('markdown').then(setText);
  }, []);
  return <Copy text={text} label={`${t('copy')} ${t('share.markdown')}`} />;
}

const KEYS = [
  ['Ctrl Enter', 'keys.decide'],
  ['F6, Shift F6', 'keys.region'],
  ['Ctrl Z, Ctrl Shift Z', 'keys.undo'],
  ['← → Home End', 'keys.chain'],
  ['Esc', 'keys.escape'],
  ['F8, Shift F8', 'keys.findings'],
  ['?', 'keys.list'],
] as const;

function Keys(): JSX.Element {
  return (
    <Frame title={t('keys.heading')}>
      <dl class="keys">
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(does)}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" checked={keysOn.value} onChange={(e) => (keysOn.value = e.currentTarget.checked)} /> {t('keys.off')}
      </label>
    </Frame>
  );
}

export function Dialogs(): JSX.Element | null {
  switch (dialog.value) {
    case 'snapshot':
      return <Snapshot />;
    case 'share':
      return <Share />;
    case 'keys':
      return <Keys />;
    case null:
      return null;
  }
}
