/* What would help, each decided again; a click applies it here. */
import type { JSX } from 'preact';

import type { Answer, Fix, Step } from '../engine/types';
import { answered, state, whole } from '../state/answer';
import { after, applied, apply, unapply } from '../state/fixes';
import { work } from '../state/work';
import { named, t } from '../strings';
import { Fold, Icon, Said, Take } from './bits';

function Diff({ text }: { text: string }): JSX.Element {
  const kept = text.split('\n').filter((line) => line && !/^(---|\+\+\+|@@|\\ No newline)/.test(line));
  const indent = Math.min(...kept.map((line) => /^ */.exec(line.slice(1))![0].length));
  const lines = kept.map((line) => `${line[0]} ${line.slice(1 + indent).replace(/^( +)/, (blanks) => ' '.repeat(Math.ceil(blanks.length / 2)))}`);
  return (
    <pre class="code diff" translate={false} lang="en" tabIndex={0} aria-label={t('docs.diff')}>
      <code>
        {lines.map((line) => {
          const kind = line.startsWith('+') ? 'add' : line.startsWith('-') ? 'del' : 'same';
          return (
            <span class={`line ${kind}`}>
              {kind !== 'same' && <span class="away">{t(kind === 'add' ? 'fix.added' : 'fix.removed')} </span>}
              {line}
              {'\n'}
            </span>
          );
        })}
      </code>
    </pre>
  );
}

function OneStep({ step }: { step: Step }): JSX.Element {
  return (
    <>
      {step.diff && <Diff text={step.diff} />}
      {step.side_effects.length > 0 && (
        <div class="mind">
          <strong>{t('fix.side')}</strong>
          <ul>
            {step.side_effects.map((effect) => (
              <li key={effect}>
                <Said text={effect} />
              </li>
            ))}
          </ul>
        </div>
      )}
      {step.commands.length > 0 && (
        <Fold summary={t('fix.commands')}>
          <Take text={step.commands.join('\n')} />
          {step.rollback.length > 0 && (
            <>
              <h4>{t('fix.rollback')}</h4>
              <Take text={step.rollback.join('\n')} />
            </>
          )}
        </Fold>
      )}
    </>
  );
}

function Proof({ fix }: { fix: Fix }): JSX.Element {
  const { proof } = fix;
  return (
    <div class="proof">
      <p class={proof.decision}>
        <Icon name={proof.decision === 'allowed' ? 'yes' : 'ask'} />
        {t('fix.proof', { word: named('word', proof.decision) })}
      </p>
      {proof.public && <p class="denied">{t('fix.public')}</p>}
      {proof.also_allows.length > 0 && (
        <Fold summary={`${t('fix.also')} (${proof.also_allows.length}${proof.also_capped ? '+' : ''})`}>
          <ul>
            {proof.also_allows.map((other) => (
              <li key={other}>
                <Said text={other} />
              </li>
            ))}
          </ul>
        </Fold>
      )}
    </div>
  );
}

function Card({ fix, n }: { fix: Fix; n: number }): JSX.Element {
  const possible = after(fix, answered.value ?? work.value) !== null;
  return (
    <li class="fix">
      <h3>
        <span class="n" aria-hidden="true">
          {n}
        </span>
        <span>
          <Said text={fix.title} />
        </span>
      </h3>
      <p class="fine">{fix.owner ? t('fix.owner', { account: fix.owner }) : t('fix.yours')}</p>
      {fix.steps.map((step, k) => (
        <OneStep key={step.id + k} step={step} />
      ))}
      <Proof fix={fix} />
      {possible ? (
        <button type="button" class="main apply" data-fix={fix.id} onClick={() => apply(fix)}>
          {t('fix.apply')}
        </button>
      ) : (
        <p class="fine">{t('fix.cannot')}</p>
      )}
    </li>
  );
}

export function Fixes({ told }: { told: Answer }): JSX.Element | null {
  const done = applied.value;
  const looked = whole.value === answered.value;
  const current = done && state.value !== 'denied';
  if (!looked && told.decision === 'denied') {
    return (
      <section class="fixes" id="fixes" data-region aria-labelledby="fixes-heading" tabIndex={-1} aria-busy="true">
        <h2 id="fixes-heading">{t('fix.heading')}</h2>
        <p class="fine">{t('tables.loading')}</p>
      </section>
    );
  }
  if (!told.fixes.length && !told.not_proposed?.length && !told.no_fix && !current) {
    return null;
  }
  return (
    <section class="fixes" id="fixes" data-region aria-labelledby="fixes-heading" tabIndex={-1}>
      <h2 id="fixes-heading">{t('fix.heading')}</h2>
      {current && (
        <div class="fix done">
          <p>
            <strong>
              <Icon name="yes" /> {t('fix.applied')}
            </strong>{' '}
            <Said text={done.title} />
          </p>
          <button type="button" onClick={unapply}>
            {t('fix.undo')}
          </button>
        </div>
      )}
      {told.fixes.length > 0 && <p class="fine">{t('fix.intro')}</p>}
      {told.no_fix && told.decision === 'denied' && (
        <p>
          <Said text={told.no_fix} />
        </p>
      )}
      <ol class="cards">
        {told.fixes.map((fix, n) => (
          <Card key={fix.id + n} fix={fix} n={n + 1} />
        ))}
      </ol>
      {told.not_proposed && told.not_proposed.length > 0 && (
        <Fold summary={`${t('fix.not')} (${told.not_proposed.length})`}>
          <ul class="plain">
            {told.not_proposed.map((other) => (
              <li key={other.title}>
                <Said text={other.title} />
                <p class="fine">
                  <Said text={other.why} />
                </p>
              </li>
            ))}
          </ul>
        </Fold>
      )}
    </section>
  );
}
