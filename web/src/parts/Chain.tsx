/* The way of the request through the layers, one row for each permission that it needs. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';

import type { Answer, Check, Gate, Layer, Say } from '../engine/types';
import { first } from '../state/answer';
import { openLayer } from '../state/look';
import { named, t } from '../strings';
import { Icon, Name, type IconName } from './bits';
import { ICON_OF, ICON_OF_DECISION, layerName, wordOf } from './words';

const ORDER = [
  'scp',
  'rcp',
  'vpc-endpoint',
  'identity',
  'session',
  'boundary',
  'access-point',
  'bucket-policy',
  'key-policy',
  'key-grant',
  'bucket-acl',
  'object-acl',
  'trust-policy',
];

interface Box {
  id: string;
  name: string;
  word: string;
  look: Say | 'start' | 'end';
  icon: IconName;
  flag: string | null;
  was: string | null;
  pale: boolean;
  why: string | null;
  layer: string | null;
}

const about = (check: Check, of: Answer | null): Check | undefined =>
  of?.checks.find((c) => c.action === check.action && c.resource === check.resource);

/* Does this layer end the request? An Allow of the other side may make silence harmless. */
function isFatal(layer: Layer, check: Check, answer: Answer): boolean {
  if (check.decision === 'undetermined') {
    return layer.verdict === 'unknown';
  }
  return check.decision === 'denied' && answer.causes.some((c) => c.layer === layer.layer && c.action === check.action);
}

function layerBoxes(answer: Answer, check: Check): Box[] {
  const before = about(check, first.value === answer ? null : first.value);
  let stopped = false;
  const ordered = [...check.layers].sort((a, b) => ORDER.indexOf(a.layer) - ORDER.indexOf(b.layer));
  return ordered.map((layer) => {
    const fatal = isFatal(layer, check, answer);
    const say = layer.verdict;
    const flag = !fatal
      ? null
      : check.decision === 'undetermined'
        ? t('chain.hangs')
        : stopped
          ? t('chain.also')
          : t('chain.stopped');
    const earlier = before?.layers.find((l) => l.layer === layer.layer);
    const box: Box = {
      id: layer.layer,
      name: layerName(layer.layer),
      word: wordOf(say),
      look: say,
      icon: ICON_OF[say],
      flag,
      was: earlier && earlier.verdict !== say ? t('state.was', { word: wordOf(earlier.verdict) }) : null,
      pale: stopped && !fatal,
      why: layer.said ?? layer.why ?? null,
      layer: layer.layer,
    };
    stopped ||= fatal;
    return box;
  });
}

function gateBox(gate: Gate, stopped: boolean): Box {
  const closed = gate.closed === 'yes';
  return {
    id: gate.cause,
    name: named('layer', 'gates'),
    word: closed ? t('word.closed') : t('word.unknown'),
    look: closed ? 'deny' : 'unknown',
    icon: closed ? 'no' : 'ask',
    flag: stopped ? t('chain.also') : closed ? t('chain.stopped') : t('chain.hangs'),
    was: null,
    pale: false,
    why: gate.detail ?? gate.cause,
    layer: null,
  };
}

function boxesOf(answer: Answer, check: Check, last: boolean): Box[] {
  const edge = { flag: null, was: null, pale: false, why: null, layer: null };
  const layers = layerBoxes(answer, check);
  const gates = last ? answer.gates.filter((g) => g.closed !== 'no') : [];
  const decision = gates.length && answer.decision !== 'allowed' ? answer.decision : check.decision;
  return [
    { ...edge, id: 'request', name: t('chain.request'), word: check.action, look: 'start', icon: 'start' },
    ...layers,
    ...gates.map((g) => gateBox(g, layers.some((b) => b.flag !== null))),
    {
      ...edge,
      id: 'answer',
      name: t('chain.answer'),
      word: named('word', decision),
      look: decision === 'allowed' ? 'allow' : decision === 'denied' ? 'deny' : 'unknown',
      icon: ICON_OF_DECISION[decision],
      pale: false,
    },
  ];
}

function Row({ answer, check, last }: { answer: Answer; check: Check; last: boolean }): JSX.Element {
  const list = useRef<HTMLOListElement>(null);
  const boxes = boxesOf(answer, check, last);
  const off = boxes.filter((b) => b.look === 'not-applicable');
  const shown = boxes.filter((b) => b.look !== 'not-applicable');
  const fatal = Math.max(0, shown.findIndex((b) => b.flag !== null));
  const move = (event: KeyboardEvent): void => {
    const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>('button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    const button = next === undefined ? undefined : buttons[next];
    if (button) {
      event.preventDefault();
      buttons.forEach((b) => (b.tabIndex = b === button ? 0 : -1));
      button.focus();
    }
  };
  return (
    <div class="way">
      {answer.checks.length > 1 && (
        <h3 class="permission">
          <Name text={check.action} /> <span class="fine">{t('chain.on', { resource: check.resource })}</span>
        </h3>
      )}
      <ol class="chain" ref={list} aria-label={t('chain.label')} onKeyDown={move}>
        {shown.map((box, n) => (
          <li
            key={box.id + n}
            class={`box ${box.look} ${box.pale ? 'pale' : ''} ${box.flag ? 'fatal' : ''} ${box.was ? 'changed' : ''}`}
            aria-current={box.flag === t('chain.stopped') ? 'step' : undefined}
          >
            <button
              type="button"
              tabIndex={n === fatal ? 0 : -1}
              title={box.why ?? undefined}
              onClick={() => box.layer && openLayer(box.layer, check.action)}
            >
              <span class="disc">
                <Icon name={box.icon} />
              </span>
              <span class="name">
                {box.name}
                <span class="away">: </span>
              </span>
              <span class="word">{box.word}</span>
              {box.flag && (
                <span class="flag">
                  <span class="away">, </span>
                  {box.flag}
                </span>
              )}
              {box.was && (
                <span class="was">
                  <span class="away">, </span>
                  {box.was}
                </span>
              )}
            </button>
          </li>
        ))}
      </ol>
      {off.length > 0 && (
        <details class="fine off">
          <summary>{t('chain.all', { n: off.length })}</summary>
          <ul>
            {off.map((box) => (
              <li key={box.id}>
                {box.name}
                {box.why && `: ${box.why}`}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

export function Chain({ answer }: { answer: Answer }): JSX.Element | null {
  if (!answer.checks.length) {
    return null;
  }
  return (
    <div class="ways">
      {answer.checks.map((check, n) => (
        <Row key={check.action + check.resource} answer={answer} check={check} last={n === answer.checks.length - 1} />
      ))}
    </div>
  );
}
