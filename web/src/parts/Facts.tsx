/* The facts of the request: each can be changed, and the answer follows each keystroke. */
import type { JSX } from 'preact';

import type { Request } from '../engine/types';
import { evidence } from '../state/answer';
import { setRequest, work, base, change, now } from '../state/work';
import { t, tn, type Key } from '../strings';

const BUCKET_ONLY = /^(List|Get|Put|Delete|Create|Head)Bucket|^ListObject|^ListMultipart|^ListBuckets/;

export const asArn = (text: string): string => text.trim().replace(/^s3:\/\//, 'arn:aws:s3:::');

function set(member: keyof Request, value: unknown): void {
  const request: Record<string, unknown> = { ...work.value.request };
  if (value === undefined || value === '') {
    delete request[member];
  } else {
    request[member] = value;
  }
  setRequest(request as Request, `fact-${String(member)}`);
}

function setWhat(text: string): void {
  const { operation: _o, action: _a, ...rest } = work.value.request;
  const value = text.trim();
  setRequest(value === '' ? rest : value.includes(':') ? { ...rest, action: value } : { ...rest, operation: value }, 'fact-what');
}

/* How the fact came to be known: a name of the evidence for each member. */
const SAID: Record<string, string[]> = {
  principal: ['principal'],
  what: ['operation', 'action', 'method'],
  resource: ['resource', 'bucket', 'key'],
  network: ['network', 'from', 'source address', 'VPC endpoint'],
};

function howKnown(member: string, present: boolean): 'said' | 'inferred' | 'missing' | null {
  const read = evidence.value;
  if (!read) {
    return null;
  }
  if (!present) {
    return 'missing';
  }
  const facts = read.sources.flatMap((s) => s.facts).filter((f) => SAID[member]?.includes(f.name));
  return facts.length ? (facts.some((f) => !f.inferred) ? 'said' : 'inferred') : null;
}

function Known({ how }: { how: 'said' | 'inferred' | 'missing' | null }): JSX.Element | null {
  return how && <span class={`known ${how}`}>{t(`facts.${how}` as Key)}</span>;
}

interface FieldProps {
  id: string;
  label: Key;
  value: string;
  hint?: string;
  how?: 'said' | 'inferred' | 'missing' | null;
  list?: string;
  onText(text: string): void;
}

function Field({ id, label, value, hint, how, list, onText }: FieldProps): JSX.Element {
  return (
    <div class="field">
      <label for={id}>
        {t(label)} <Known how={how ?? null} />
      </label>
      <input
        id={id}
        type="text"
        value={value}
        placeholder={hint}
        list={list}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </div>
  );
}

function Network({ request }: { request: Request }): JSX.Element {
  const kind = request.via !== undefined ? 'endpoint' : request.from !== undefined ? 'internet' : 'unknown';
  const choose = (next: string): void => {
    const { from: _f, via: _v, ...rest } = work.value.request;
    setRequest(next === 'internet' ? { ...rest, from: '203.0.113.9' } : next === 'endpoint' ? { ...rest, via: 'vpce-0123456789abcdef0' } : rest, '');
  };
  return (
    <fieldset class="field network">
      <legend>
        {t('facts.network')} <Known how={howKnown('network', kind !== 'unknown')} />
      </legend>
      <div class="choices">
        {(['unknown', 'internet', 'endpoint'] as const).map((name) => (
          <label key={name}>
            <input type="radio" name="network" value={name} checked={kind === name} onChange={() => choose(name)} />
            <span>{t(`facts.network.${name}`)}</span>
          </label>
        ))}
      </div>
      {kind === 'internet' && (
        <input
          type="text"
          id="fact-from"
          aria-label={t('facts.ip')}
          value={request.from}
          spellcheck={false}
          onInput={(e) => set('from', e.currentTarget.value || '203.0.113.9')}
        />
      )}
      {kind === 'endpoint' && (
        <input
          type="text"
          id="fact-via"
          aria-label={t('facts.vpce')}
          value={request.via}
          spellcheck={false}
          onInput={(e) => set('via', e.currentTarget.value || 'vpce-0123456789abcdef0')}
        />
      )}
    </fieldset>
  );
}

const headerText = (headers: Record<string, string> | undefined): string =>
  Object.entries(headers ?? {})
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

function headersOf(text: string): Record<string, string> | undefined {
  const found = text
    .split('\n')
    .map((line) => /^\s*([\w-]+)\s*:\s*(.*)$/.exec(line))
    .filter((m) => m !== null);
  return found.length ? Object.fromEntries(found.map((m) => [m[1]!, m[2]!])) : undefined;
}

type Context = NonNullable<Request['context']>;

const contextText = (context: Context | undefined): string =>
  Object.entries(context ?? {})
    .map(([key, value]) => {
      const said = value === null ? '(absent)' : Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : '(unknown)';
      return `${key} = ${said}`;
    })
    .join('\n');

function contextOf(text: string): Context | undefined {
  const out: Context = {};
  for (const line of text.split('\n')) {
    const found = /^\s*([\w-]+:[^=]+?)\s*=\s*(.*?)\s*$/.exec(line);
    if (found) {
      const [, key, value] = found;
      out[key!] = value === '(absent)' ? null : value === '(unknown)' ? { unknown: true } : value!.includes(', ') ? value!.split(', ') : value!;
    }
  }
  return Object.keys(out).length ? out : undefined;
}

const changedFacts = (): number => {
  const before = base.value.request as Record<string, unknown>;
  const after = work.value.request as Record<string, unknown>;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).length;
};

export function Facts(): JSX.Element {
  const { request } = work.value;
  const what = request.operation ?? request.action ?? '';
  const count = changedFacts();
  return (
    <form class="facts" onSubmit={(event) => event.preventDefault()}>
      <h3 class="away">{t('facts.heading')}</h3>
      <Field
        id="fact-who"
        label="facts.who"
        value={request.principal ?? ''}
        hint={t('facts.who.hint')}
        how={howKnown('principal', !!request.principal)}
        onText={(text) => set('principal', text.trim())}
      />
      <Field id="fact-what" label="facts.what" value={what} hint="GetObject" how={howKnown('what', !!what)} list="operations" onText={setWhat} />
      <Field
        id="fact-on"
        label="facts.on"
        value={request.resource ?? ''}
        hint={BUCKET_ONLY.test(what) ? 's3://bucket' : t('facts.on.hint')}
        how={howKnown('resource', !!request.resource)}
        onText={(text) => set('resource', asArn(text))}
      />
      <Network request={request} />
      <details class="more" open={!!(request.headers || request.context || request.resource_account)}>
        <summary>{t('facts.more')}</summary>
        <Field
          id="fact-account"
          label="facts.account"
          value={request.resource_account ?? ''}
          hint="111122223333"
          onText={(text) => set('resource_account', text.trim())}
        />
        <Field id="fact-at" label="facts.when" value={request.at ?? now.value} onText={(text) => set('at', text.trim())} />
        <div class="field">
          <label for="fact-headers">{t('facts.headers')}</label>
          <textarea
            id="fact-headers"
            rows={2}
            spellcheck={false}
            placeholder={t('facts.headers.hint')}
            defaultValue={headerText(request.headers)}
            key={`h${headerText(request.headers)}`}
            onChange={(event) => set('headers', headersOf(event.currentTarget.value))}
          />
        </div>
        <div class="field">
          <label for="fact-context">{t('facts.context')}</label>
          <textarea
            id="fact-context"
            rows={3}
            spellcheck={false}
            placeholder={t('facts.context.hint')}
            defaultValue={contextText(request.context)}
            key={`c${contextText(request.context)}`}
            onChange={(event) => set('context', contextOf(event.currentTarget.value))}
          />
        </div>
      </details>
      <datalist id="operations">
        {OPERATIONS.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {count > 0 && (
        <p class="changes">
          {tn('facts.changed', count)}{' '}
          <button type="button" class="link" onClick={() => change({ ...work.value, request: base.value.request }, '')}>
            {t('facts.reset')}
          </button>
        </p>
      )}
    </form>
  );
}

const OPERATIONS = [
  'GetObject',
  'PutObject',
  'DeleteObject',
  'HeadObject',
  'ListObjectsV2',
  'HeadBucket',
  'CopyObject',
  'CreateMultipartUpload',
  'UploadPart',
  'PutObjectAcl',
  'GetObjectTagging',
  'PutObjectTagging',
  'GetBucketPolicy',
  'PutBucketPolicy',
  'GetBucketLocation',
  'ListBuckets',
  'CreateBucket',
  'DeleteBucket',
];
