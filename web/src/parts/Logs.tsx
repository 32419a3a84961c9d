/* Denials of logs by their cause, over time; a cause opens the same answer as a pasted error. */
import type { JSX } from 'preact';

import { closeLogs, explainCause, logProgress, logs, logTrouble, stopLogs, type LogCause } from '../state/logs';
import { world } from '../state/work';
import { moment, number, t, tn } from '../strings';
import { Name, Said } from './bits';

interface Began {
  event: string;
  time: string;
  actor: string;
}

const WIDE = 480;
const HIGH = 84;
const BARS = 40;

const beganOf = (cause: LogCause): Began | null => (cause['began'] as Began | null | undefined) ?? null;

/* Denials of all causes, each counted where the engine found it. */
function Timeline({ causes }: { causes: readonly LogCause[] }): JSX.Element | null {
  const counted = causes.flatMap(({ timeline }) =>
    timeline ? timeline.counts.map((n, k) => ({ at: Date.parse(timeline.from) + k * timeline.seconds * 1000, n })) : [],
  );
  const began = causes.map((cause) => Date.parse(beganOf(cause)?.time ?? ''));
  const stamps = [...counted.map((c) => c.at), ...began].filter((x) => !Number.isNaN(x));
  if (!stamps.length) {
    return null;
  }
  const from = stamps.reduce((a, b) => Math.min(a, b));
  const to = stamps.reduce((a, b) => Math.max(a, b), from + 1);
  const x = (at: number): number => ((at - from) / (to - from)) * (WIDE - 8) + 4;
  const bars = new Array<number>(BARS).fill(0);
  for (const { at, n } of counted) {
    bars[Math.min(BARS - 1, Math.floor(((at - from) / (to - from)) * BARS))]! += n;
  }
  const top = Math.max(...bars, 1);
  const marks = causes.map(beganOf).filter((b): b is Began => !!b);
  return (
    <svg class="timeline" viewBox={`0 0 ${WIDE} ${HIGH + 16}`} role="img" aria-label={t('logs.timeline')}>
      <line x1="0" x2={WIDE} y1={HIGH} y2={HIGH} />
      {bars.map((value, n) => {
        const high = Math.max(2, (value / top) * (HIGH - 12));
        return value > 0 && <rect key={n} x={4 + (n * (WIDE - 8)) / BARS} y={HIGH - high} width={(WIDE - 8) / BARS - 2} height={high} rx="1" />;
      })}
      {marks.map((mark) => (
        <line key={mark.time + mark.event} class="began" x1={x(Date.parse(mark.time))} x2={x(Date.parse(mark.time))} y1="0" y2={HIGH}>
          <title>{t('logs.began', { event: mark.event, time: moment(mark.time), actor: mark.actor })}</title>
        </line>
      ))}
      <text x="2" y={HIGH + 13}>
        {new Date(from).toISOString().slice(0, 10)}
      </text>
      <text x={WIDE - 2} y={HIGH + 13} text-anchor="end">
        {new Date(to).toISOString().slice(0, 10)}
      </text>
    </svg>
  );
}

function OneCause({ cause }: { cause: LogCause }): JSX.Element {
  const began = beganOf(cause);
  return (
    <li class="log-cause">
      <h3>
        <span class="count">{number(cause.count)}</span> <span>{cause.cause}</span>
      </h3>
      <dl>
        {cause.principal && (
          <>
            <dt>{t('logs.who')}</dt>
            <dd>
              <Name text={cause.principal} />
            </dd>
          </>
        )}
        {cause.action && (
          <>
            <dt>{t('logs.what')}</dt>
            <dd>
              <Name text={cause.action} />
            </dd>
          </>
        )}
        {cause.resource && (
          <>
            <dt>{t('logs.where')}</dt>
            <dd>
              <Name text={cause.resource} />
            </dd>
          </>
        )}
        {cause.first && (
          <>
            <dt>{t('logs.first')}</dt>
            <dd>{moment(cause.first)}</dd>
          </>
        )}
        {cause.last && cause.last !== cause.first && (
          <>
            <dt>{t('logs.last')}</dt>
            <dd>{moment(cause.last)}</dd>
          </>
        )}
      </dl>
      {began && (
        <p class="fine">
          <Said text={t('logs.began', { event: `\`${began.event}\``, time: moment(began.time), actor: began.actor })} />
        </p>
      )}
      <button type="button" onClick={() => void explainCause(cause)}>
        {t('logs.explain')}
      </button>
    </li>
  );
}

export function Logs(): JSX.Element {
  const told = logs.value;
  const at = logProgress.value;
  return (
    <section class="logs" id="ask" data-region aria-labelledby="logs-heading">
      <div class="bar">
        <h2 id="logs-heading">{t('logs.heading')}</h2>
        <button type="button" class="quiet" onClick={closeLogs}>
          {t('logs.close')}
        </button>
      </div>
      {at && (
        <div>
          <p>{at.deciding ? t('logs.deciding') : t('logs.reading', { file: at.file })}</p>
          <progress max={at.all} value={at.deciding ? undefined : at.done} aria-label={t('logs.heading')} />
          <p class="fine">{t('logs.progress', { files: at.done, all: at.all, mb: (at.bytes / 1048576).toFixed(1) })}</p>
          <button type="button" onClick={stopLogs}>
            {t('logs.stop')}
          </button>
        </div>
      )}
      {logTrouble.value && (
        <p class="trouble" role="alert">
          <strong>{t('logs.unread')}</strong> <Said text={logTrouble.value} />
        </p>
      )}
      {told && (
        <>
          <p role="status">
            {tn('logs.denials', Number(told['denied'] ?? 0))} · {tn('logs.causes', told.causes.length)}
          </p>
          {!world.value && <p class="fine">{t('logs.nosnapshot')}</p>}
          {told.causes.length === 0 && <p>{t('logs.none')}</p>}
          <Timeline causes={told.causes} />
          <ol>
            {told.causes.map((cause, n) => (
              <OneCause key={n} cause={cause} />
            ))}
          </ol>
        </>
      )}
    </section>
  );
}
