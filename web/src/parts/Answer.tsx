/* The verdict, the chain, and why. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import type { Answer, Branch, Cause, Statement } from '../engine/types';
import { answer, answered, crashed, evidence, judged, restart, state, tooBig, trouble } from '../state/answer';
import { branches, useBranch } from '../state/branches';
import { LIMIT } from '../state/open';
import { anonymousReport } from '../state/share';
import { addingPolicy, openExampleAccount, openSnapshotDialog } from '../state/dialogs';
import { work } from '../state/work';
import { named, number, t, tn } from '../strings';
import { Copy, Fold, Icon, Name, Said, Take } from './bits';
import { Chain } from './Chain';
import { Excerpt } from './Source';
import { ICON_OF_DECISION, titleOf } from './words';

const headline = (cause: Cause | undefined): string | null => cause?.sentence ?? null;

function Verdict({ told, lead }: { told: Answer; lead: JSX.Element | string | null }): JSX.Element {
  const { decision } = told;
  return (
    <header class={`verdict ${decision}`}>
      <h1 id="verdict" tabIndex={-1}>
        <span class="seal">
          <Icon name={ICON_OF_DECISION[decision]} />
        </span>
        <span>{t(`state.${decision}`)}</span>
        {told.status > 0 && decision === 'denied' && (
          <span class="status" translate={false}>
            {told.status} {told.error_code}
          </span>
        )}
      </h1>
      {lead && <p class="lead">{lead}</p>}
    </header>
  );
}

function lastWord(told: Answer): Statement | null {
  for (const check of told.checks) {
    for (const layer of [...check.layers].reverse()) {
      const found = layer.statements.find((s) => s.effect === 'Allow' && s.matches === 'yes');
      if (found && (layer.layer === 'bucket-policy' || layer.layer === 'identity' || layer.layer === 'key-policy')) {
        return found;
      }
    }
  }
  return null;
}

function layerOf(told: Answer, statement: Statement): string {
  return told.checks.flatMap((c) => c.layers).find((l) => l.statements.includes(statement))?.layer ?? '';
}

function Causes({ told }: { told: Answer }): JSX.Element | null {
  const [head, ...rest] = told.causes;
  if (!head) {
    return null;
  }
  return (
    <section class="why" aria-labelledby="why-heading">
      <h2 id="why-heading">{t('why.heading')}</h2>
      <OneCause cause={head} told={told} bare />
      {rest.length > 0 && (
        <Fold summary={tn('why.also', rest.length)} class="also">
          {rest.map((cause, n) => (
            <OneCause key={n} cause={cause} told={told} />
          ))}
        </Fold>
      )}
    </section>
  );
}

function OneCause({ cause, told, bare = false }: { cause: Cause; told: Answer; bare?: boolean }): JSX.Element {
  const place = cause.statement ?? cause.blame;
  const name = cause.statement?.name ?? null;
  return (
    <div class="cause">
      {!bare && cause.sentence && (
        <p>
          <Said text={cause.sentence} />
        </p>
      )}
      {cause.detail && (
        <p>
          <Said text={cause.detail} />
        </p>
      )}
      {place?.policy && <Excerpt answer={told} place={place} title={titleOf({ path: place.policy.split('#')[0]!, layer: cause.layer ?? '', name })} />}
      {cause.page && (
        <p class="fine">
          <a href={cause.page} rel="noreferrer" target="_blank">
            {t('why.page')}
          </a>
        </p>
      )}
    </div>
  );
}

function Either({ told }: { told: Answer }): JSX.Element | null {
  const list = branches.value;
  if (told.decision !== 'undetermined' || !list.length) {
    return null;
  }
  const said = (b: Branch): string =>
    b.value === null ? t('branch.absent', { fact: b.fact }) : t('branch.value', { fact: b.fact, value: b.value });
  return (
    <section class="either" aria-labelledby="either-heading">
      <h2 id="either-heading">{t('branch.heading')}</h2>
      <ul class="branches">
        {list.map((branch) => (
          <li key={said(branch)} class={branch.decision}>
            <span class="disc">
              <Icon name={ICON_OF_DECISION[branch.decision]} />
            </span>
            <span>
              <strong>{named('word', branch.decision)}</strong>
              <span class="fine"> {said(branch)}</span>
            </span>
            <button type="button" onClick={() => useBranch(branch)}>
              {t('branch.use')}
            </button>
          </li>
        ))}
      </ul>
      {told.settle.length > 0 && (
        <>
          <h3>{t('state.undetermined.settle')}</h3>
          {told.settle.map((command) => (
            <Take key={command} text={command} />
          ))}
        </>
      )}
    </section>
  );
}

function Notes({ told }: { told: Answer }): JSX.Element {
  const lists = [
    [t('why.assumed'), told.assumptions],
    [t('why.notes'), told.notes],
    [t('why.warnings'), (told.warnings ?? []).map((w) => `${w.source ? `${w.source}:${w.line ?? 1}: ` : ''}${w.message}`)],
  ] as const;
  return (
    <>
      {told.message && (
        <Fold summary={t('why.message')} class="words">
          <Take text={told.message} />
        </Fold>
      )}
      {lists.map(
        ([heading, list]) =>
          list.length > 0 && (
            <Fold key={heading} summary={`${heading} (${number(list.length)})`} class="words">
              <ul class="plain">
                {list.map((line) => (
                  <li key={line}>
                    <Said text={line} />
                  </li>
                ))}
              </ul>
            </Fold>
          ),
      )}
    </>
  );
}

function Told({ told }: { told: Answer }): JSX.Element {
  const last = told.decision === 'allowed' ? lastWord(told) : null;
  const lead =
    told.decision === 'denied' && headline(told.causes[0]) ? (
      <Said text={headline(told.causes[0])!} />
    ) : told.decision === 'undetermined' ? (
      <Said text={t('state.undetermined.hangs', { fact: told.unknown.map((u) => (/^[\w:/-]+$/.test(u) ? `\`${u}\`` : u)).join(', ') })} />
    ) : told.decision === 'allowed' ? (
      <Said
        text={t('state.allowed.lead', {
          who: `\`${told.request.principal ?? ''}\``,
          action: `\`${told.request.operation ?? told.request.action ?? ''}\``,
          resource: `\`${told.request.resource ?? ''}\``,
        })}
      />
    ) : null;
  return (
    <>
      <Verdict told={told} lead={lead} />
      <Chain answer={told} />
      <Either told={told} />
      <Causes told={told} />
      {last && (
        <section class="why" aria-labelledby="why-heading">
          <h2 id="why-heading">{t('state.allowed.last')}</h2>
          <Excerpt
            answer={told}
            place={last}
            title={titleOf({ path: (last.policy ?? '').split('#')[0]!, layer: layerOf(told, last), name: last.name ?? null })}
          />
        </section>
      )}
      <Notes told={told} />
    </>
  );
}

function NeedFacts(): JSX.Element {
  const { request } = work.value;
  const look = evidence.value?.look ?? [];
  const reported = evidence.value?.reported;
  const missing = [
    !request.operation && !request.action && t('state.facts.what'),
    !request.resource && t('state.facts.on'),
    !request.principal && t('state.facts.who'),
  ].filter((m): m is string => !!m);
  return (
    <>
      <header class="verdict facts">
        <h1 id="verdict" tabIndex={-1}>
          <span class="seal">
            <Icon name="ask" />
          </span>
          <span>{t('state.facts')}</span>
        </h1>
        <p class="lead">
          {missing.join(' ')} {!judged(work.value) && t('state.facts.world')}
        </p>
        {reported?.layer && <p>{t('state.facts.reported', { layer: reported.layer })}</p>}
      </header>
      {!judged(work.value) && (
        <div class="row">
          <button type="button" class="main" onClick={() => openSnapshotDialog()}>
            {t('state.facts.add')}
          </button>
          <button type="button" class="main" onClick={() => (addingPolicy.value = true)}>
            {t('state.facts.policy')}
          </button>
          <button type="button" class="main" onClick={() => void openExampleAccount()}>
            {t('state.facts.example')}
          </button>
        </div>
      )}
      {look.length > 0 && (
        <section aria-labelledby="look-heading">
          <div class="bar">
            <h2 id="look-heading">{t('state.facts.look')}</h2>
            <Copy text={look.map((l) => `# ${l.what}\n${l.command}`).join('\n')} label={t('state.facts.look.copy')} />
          </div>
          <ol class="look">
            {look.map((l) => (
              <li key={l.command}>
                <span>{l.what}</span>
                <Name text={l.command} />
              </li>
            ))}
          </ol>
        </section>
      )}
    </>
  );
}

function Stopped(): JSX.Element {
  const plain = (text: string, more: JSX.Element): JSX.Element => (
    <div class="verdict undetermined" role="alert">
      <h1 id="verdict" tabIndex={-1}>
        {text}
      </h1>
      {more}
    </div>
  );
  if (crashed.value !== null) {
    return plain(
      t('state.crashed'),
      <>
        <p class="lead">{t('state.crashed.more')}</p>
        <div class="row">
          <button type="button" class="main" onClick={restart}>
            {t('state.crashed.restart')}
          </button>
          <Copy text={anonymousReport} label={t('state.crashed.report')} />
        </div>
      </>,
    );
  }
  const big = tooBig.value!;
  const mb = (n: number): string => number(Math.ceil(n / 1048576));
  return plain(
    t('state.too-big', { size: mb(big.size), limit: mb(LIMIT) }),
    <>
      <p class="lead">{t('state.too-big.more')}</p>
      <Take text={big.command} />
    </>,
  );
}

export function TroubleNote(): JSX.Element | null {
  const wrong = trouble.value;
  if (!wrong) {
    return null;
  }
  return (
    <div class="trouble" role="alert">
      <p>
        <strong>{t('state.error')}</strong>{' '}
        {wrong.line > 0 && <span class="fine">{t('state.error.place', { source: wrong.source, line: wrong.line, column: wrong.column })}</span>}
      </p>
      <p>
        <Said text={wrong.message} /> {wrong.hint && <Said text={wrong.hint} />}
      </p>
      {answer.value && <p class="fine">{t('state.error.last')}</p>}
    </div>
  );
}

/* Said aloud when the verdict changed, and not more often than it can be heard. */
function Aloud(): JSX.Element {
  const [text, setText] = useState('');
  const before = useRef<string | null>(null);
  const now = state.value;
  useEffect(() => {
    if (now !== 'denied' && now !== 'allowed' && now !== 'undetermined') {
      return;
    }
    const timer = setTimeout(() => {
      if (before.current !== now) {
        before.current = now;
        setText(t('state.now', { word: named('word', now) }));
      }
    }, 800);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <p class="away" role="status" aria-atomic="true">
      {text}
    </p>
  );
}

export function AnswerArea(): JSX.Element {
  const told = answer.value;
  const now = state.value;
  const current = told && answered.value;
  return (
    <section class={`answer ${now}`} id="answer" data-region aria-labelledby="verdict" aria-busy={now === 'stale' || now === 'reading'}>
      <TroubleNote />
      {now === 'crashed' || now === 'too-big' ? (
        <Stopped />
      ) : now === 'facts' ? (
        <NeedFacts />
      ) : current ? (
        <Told told={told} />
      ) : (
        <p class="lead" id="verdict" tabIndex={-1}>
          {now === 'reading' ? t('state.reading') : ''}
        </p>
      )}
      <Aloud />
    </section>
  );
}
