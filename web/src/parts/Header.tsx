import type { JSX } from 'preact';

import { answer } from '../state/answer';
import { dialog, openSnapshotDialog } from '../state/dialogs';
import { closeLogs, logs } from '../state/logs';
import { forget } from '../state/session';
import { setTheme, theme } from '../state/theme';
import { canRedo, canUndo, redo, undo, work, world } from '../state/work';
import { t, tn } from '../strings';
import { Icon } from './bits';

function Chip(): JSX.Element {
  const there = world.value;
  const count = there ? Object.keys(there.files).length : 0;
  return (
    <button type="button" class="chip" onClick={openSnapshotDialog} aria-haspopup="dialog">
      <span class="soft">{t('header.snapshot')}</span>{' '}
      <span>
        {there
          ? [there.name, there.at && t('world.read', { date: there.at.slice(0, 10) }), tn('header.snapshot.files', count)].filter(Boolean).join(' · ')
          : t('header.snapshot.none')}
      </span>
    </button>
  );
}

const forgetAll = (): void => {
  closeLogs();
  forget();
};

export function Header(): JSX.Element {
  const started = Object.keys(work.value.request).length > 0 || world.value !== null || logs.value !== null;
  return (
    <header class="top" data-region id="top">
      <a class="brand" href="./" onClick={(event) => (event.preventDefault(), forgetAll())}>
        why<b>403</b>
      </a>
      <Chip />
      <span class="tools">
        {(canUndo.value || canRedo.value) && (
          <>
            <button type="button" class="quiet" disabled={!canUndo.value} onClick={undo} title={t('header.undo')}>
              <Icon name="undo" />
              <span class="away">{t('header.undo')}</span>
            </button>
            <button type="button" class="quiet" disabled={!canRedo.value} onClick={redo} title={t('header.redo')}>
              <Icon name="redo" />
              <span class="away">{t('header.redo')}</span>
            </button>
          </>
        )}
        {answer.value && (
          <button type="button" class="quiet" aria-haspopup="dialog" onClick={() => (dialog.value = 'share')}>
            <Icon name="share" /> {t('header.share')}
          </button>
        )}
        {started && (
          <button type="button" class="quiet" onClick={forgetAll}>
            {t('header.forget')}
          </button>
        )}
        <label class="theme">
          <span class="away">{t('header.theme')}</span>
          <select value={theme.value} onChange={(e) => setTheme(e.currentTarget.value)}>
            {(['system', 'light', 'dark'] as const).map((name) => (
              <option key={name} value={name}>
                {t(`header.theme.${name}`)}
              </option>
            ))}
          </select>
        </label>
      </span>
    </header>
  );
}
