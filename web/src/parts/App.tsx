import type { JSX } from 'preact';

import { answer, state, took, whole } from '../state/answer';
import { logProgress, logs, logTrouble } from '../state/logs';
import { linkNotice } from '../state/start';
import { work } from '../state/work';
import { t } from '../strings';
import { AnswerArea } from './Answer';
import { Ask, useDrops } from './Ask';
import { Dialogs } from './Dialogs';
import { AddPolicy, Documents } from './Documents';
import { Examples } from './Examples';
import { Fixes } from './Fixes';
import { Header } from './Header';
import { Logs } from './Logs';
import { Tables } from './Tables';

export function App(): JSX.Element {
  useDrops();
  const now = state.value;
  const inLogs = logs.value !== null || logProgress.value !== null || logTrouble.value !== null;
  const bare = now === 'empty' && !inLogs;
  const told = answer.value;
  return (
    <>
      <a class="skip" href="#ask">
        {t('page.skip.ask')}
      </a>
      <a class="skip" href="#answer">
        {t('page.skip.answer')}
      </a>
      <Header />
      {linkNotice.value && (
        <p class="notice" role="status">
          {linkNotice.value}
        </p>
      )}
      <main data-state={now} data-took={took.value.toFixed(2)} data-whole={whole.value !== null && whole.value === work.value} class={`${bare ? 'bare' : ''} ${inLogs ? 'in-logs' : ''}`}>
        <div class="left">{inLogs ? <Logs /> : <Ask bare={bare} />}</div>
        {bare ? (
          <Examples />
        ) : (
          <>
            <div class="middle">
              {now !== 'empty' && <AnswerArea />}
              {told ? <Documents /> : <AddPolicy />}
            </div>
            {told && (
              <div class="right">
                <Fixes told={told} />
                <Tables />
              </div>
            )}
          </>
        )}
      </main>
      <footer class="foot">
        <p>{t('page.version', { version: __VERSION__ })}</p>
        <p>{t('page.private')}</p>
        <p>{t('page.source')}</p>
      </footer>
      <Dialogs />
    </>
  );
}
