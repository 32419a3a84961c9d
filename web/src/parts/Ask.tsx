/* The box for anything, and what was read from it. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { evidence } from '../state/answer';
import { openFiles, openPicked } from '../state/open';
import { chooseReading, paste, pasted, removed, unreadable, what } from '../state/session';
import { work } from '../state/work';
import { t, tn, type Key } from '../strings';
import { Said } from './bits';
import { Facts } from './Facts';

const WAIT = 300;

function Box(): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    if (matchMedia('(hover: hover)').matches && !location.hash) {
      area.current?.focus({ preventScroll: true });
    }
  }, []);
  const read = (text: string): void => {
    clearTimeout(timer.current);
    void paste(text);
  };
  return (
    <div class="box">
      <label for="paste">{t('ask.box')}</label>
      <textarea
        id="paste"
        ref={area}
        rows={4}
        spellcheck={false}
        autocapitalize="off"
        placeholder={t('ask.placeholder')}
        value={pasted.value}
        onPaste={() => setTimeout(() => area.current && read(area.current.value))}
        onInput={(event) => {
          const text = event.currentTarget.value;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => read(text), WAIT);
        }}
      />
      <p class="fine">{t('page.private')}</p>
    </div>
  );
}

export function Openers(): JSX.Element {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement): void => {
    void openPicked([...(input.files ?? [])]);
    input.value = '';
  };
  return (
    <div class="openers">
      <button type="button" onClick={() => files.current?.click()}>
        {t('ask.open')}
      </button>
      <button type="button" class="quiet" onClick={() => folder.current?.click()}>
        {t('ask.folder')}
      </button>
      <input ref={files} type="file" multiple hidden id="files" onChange={(e) => take(e.currentTarget)} />
      <input ref={folder} type="file" hidden id="folder" {...{ webkitdirectory: true }} onChange={(e) => take(e.currentTarget)} />
    </div>
  );
}

function Readings(): JSX.Element | null {
  const readings = evidence.value?.readings ?? [];
  if (readings.length < 2) {
    return null;
  }
  const { request } = work.value;
  return (
    <fieldset class="readings">
      <legend>{t('ask.readings')}</legend>
      {readings.map((reading, n) => (
        <label key={n}>
          <input
            type="radio"
            name="reading"
            checked={(reading.operation ?? null) === (request.operation ?? null) && (reading.action ?? null) === (request.action ?? null)}
            onChange={() => chooseReading(reading)}
          />
          <span>
            <Said text={reading.why} />
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function Ask({ bare }: { bare: boolean }): JSX.Element {
  const kind = what.value;
  return (
    <section class="ask" id="ask" aria-labelledby="ask-heading" data-region>
      {bare ? (
        <header class="hero">
          <h1 id="ask-heading">{t('ask.empty')}</h1>
          <p class="lead">{t('ask.empty.more')}</p>
        </header>
      ) : (
        <h2 id="ask-heading">{t('ask.heading')}</h2>
      )}
      <Box />
      <Openers />
      {removed.value > 0 && <p class="secrets">{tn('ask.secrets', removed.value)}</p>}
      {unreadable.value !== null && (
        <div class="unreadable" role="alert">
          <p>
            <strong>{t('ask.unreadable')}</strong>
          </p>
          <p class="fine">
            <Said text={unreadable.value} />
          </p>
          <p class="fine">{t('ask.unreadable.what')}</p>
        </div>
      )}
      {kind !== 'nothing' && unreadable.value === null && <p class="read fine">{t(`ask.read.${kind === 'evidence' ? 'error' : kind}` as Key)}</p>}
      <Readings />
      {!bare && <Facts />}
    </section>
  );
}

/** Files and folders may be dropped anywhere. */
export function useDrops(): void {
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files')) {
        event.preventDefault();
        document.body.classList.add('dropping');
      }
    };
    const leave = (event: DragEvent): void => {
      if (!event.relatedTarget) {
        document.body.classList.remove('dropping');
      }
    };
    const drop = (event: DragEvent): void => {
      document.body.classList.remove('dropping');
      if (event.dataTransfer?.types.includes('Files')) {
        event.preventDefault();
        void openFiles(event.dataTransfer);
      }
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
}
