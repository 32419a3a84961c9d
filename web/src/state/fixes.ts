/* A fix applied here: a request step changes the facts, a policy step the documents. Nothing is ever sent to AWS. */
import { batch, signal } from '@preact/signals';

import type { Fix, Request, Step } from '../engine/types';
import { parse, type Node } from '../text/json';
import { equal, patched } from '../text/diff';
import { answered } from './answer';
import { editing, openDoc, toVerdict } from './look';
import { change, fileOf, givenNames, undo, work, type Work } from './work';
import type { PolicyKind } from './paste';

export const applied = signal<{ title: string; before: Work } | null>(null);

/* The policy after a step: the engine's word for it, or what its commands would write. */
const afterOf = (step: Step): unknown => (step.document ? tryValue(step.document) : undefined) ?? documentIn(step.commands);

/* Documents of here-documents in commands: `cat > NAME <<'EOF'`. */
function documentIn(commands: readonly string[]): unknown {
  for (const command of commands) {
    const found = /<<'?(\w+)'?\n([\s\S]*?)\n\1/.exec(command)?.[2];
    if (found) {
      try {
        return JSON.parse(found);
      } catch {
        return undefined;
      }
    }
  }
  return undefined;
}

interface Found {
  from: number;
  to: number;
  quoted: boolean;
}

/* Where in the file the policy stands that the way back would put there. */
function findPolicy(file: string, before: unknown): Found | null {
  const look = (node: Node): Found | null => {
    if (node.kind === 'string') {
      return node.text!.startsWith('{') && equal(tryValue(node.text!), before) ? { from: node.from, to: node.to, quoted: true } : null;
    }
    if (node.members?.some((m) => m.name === 'Statement') && equal(tryValue(file.slice(node.from, node.to)), before)) {
      return { from: node.from, to: node.to, quoted: false };
    }
    for (const inner of [...(node.members?.map((m) => m.value) ?? []), ...(node.items ?? [])]) {
      const found = look(inner);
      if (found) {
        return found;
      }
    }
    return null;
  };
  try {
    return look(parse(file));
  } catch {
    return null;
  }
}

function tryValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

const pathOf = (policy: string): { path: string; pointer: string } => {
  const at = policy.indexOf('#/');
  return at < 0 ? { path: policy, pointer: '' } : { path: policy.slice(0, at), pointer: policy.slice(at + 1) };
};

/* A policy of the snapshot: the file with the changed policy in its place. */
function inFile(step: Step, from: Work): Work | null {
  const { path, pointer } = pathOf(step.policy ?? '');
  const file = fileOf(path, from);
  const after = afterOf(step);
  const set = (text: string): Work => ({ ...from, overlay: { ...from.overlay, [path]: text } });
  if (file === undefined) {
    return null;
  }
  if (pointer === '/Policy') {
    const holder = tryValue(file) as Record<string, unknown> | undefined;
    const before = typeof holder?.['Policy'] === 'string' ? tryValue(holder['Policy']) : undefined;
    const next = after ?? (before === undefined ? undefined : patched(before, step.patch));
    return next === undefined ? null : set(JSON.stringify({ ...holder, Policy: pretty(next) }));
  }
  const before = documentIn(step.rollback);
  if (before === undefined) {
    return newInline(step, from, path, file, after);
  }
  const found = findPolicy(file, before);
  if (!found) {
    return null;
  }
  const next = after ?? patched(before, step.patch);
  const text = found.quoted ? JSON.stringify(pretty(next)) : pretty(next);
  return set(file.slice(0, found.from) + text + file.slice(found.to));
}

const HOLDERS = {
  user: ['UserDetailList', 'UserName', 'UserPolicyList'],
  role: ['RoleDetailList', 'RoleName', 'RolePolicyList'],
  group: ['GroupDetailList', 'GroupName', 'GroupPolicyList'],
} as const;

/* `put-user-policy` and its kin: an inline policy that was not there. */
function newInline(step: Step, from: Work, path: string, file: string, after: unknown): Work | null {
  const command = step.commands.find((c) => /put-(user|role|group)-policy/.test(c)) ?? '';
  const kind = /put-(user|role|group)-policy/.exec(command)?.[1] as keyof typeof HOLDERS | undefined;
  const option = (name: string): string | undefined => new RegExp(`--${name}\\s+'?([^\\s']+)`).exec(command)?.[1];
  const account = tryValue(file) as Record<string, Array<Record<string, unknown>>> | undefined;
  if (!kind || !account || after === undefined) {
    return null;
  }
  const [list, nameKey, policies] = HOLDERS[kind];
  const who = option(`${kind}-name`);
  const entry = account[list]?.find((e) => e[nameKey] === who);
  if (!entry) {
    return null;
  }
  const name = option('policy-name');
  const kept = ((entry[policies] as Array<Record<string, unknown>> | undefined) ?? []).filter((p) => p['PolicyName'] !== name);
  entry[policies] = [...kept, { PolicyName: name, PolicyDocument: after }];
  return { ...from, overlay: { ...from.overlay, [path]: pretty(account) } };
}

const KIND_OF: ReadonlyArray<[RegExp, PolicyKind]> = [
  [/put-(user|role|group)-policy|create-policy|identity/, 'identity'],
  [/put-key-policy|key policy/, 'key'],
  [/put-access-point-policy/, 'access_point'],
  [/modify-vpc-endpoint/, 'vpc_endpoint'],
  [/update-assume-role-policy/, 'trust'],
  [/put-bucket-policy|bucket/, 'resource'],
];

/* A policy that was given by hand, or that is not there yet. */
function inGiven(step: Step, from: Work): Work | null {
  const names = givenNames(from.given);
  const at = names.indexOf(step.policy ?? '');
  const after = afterOf(step);
  if (at >= 0) {
    const before = tryValue(from.given[at]!.text);
    const next = after ?? patched(before, step.patch);
    return { ...from, given: from.given.map((g, n) => (n === at ? { ...g, text: pretty(next) } : g)) };
  }
  const text = [...step.commands, step.policy ?? '', step.title].join(' ');
  const kind = KIND_OF.find(([pattern]) => pattern.test(text))?.[1];
  const next = after ?? (step.patch.length === 1 && step.patch[0]!.path === '' ? step.patch[0]!.value : undefined);
  return kind && next !== undefined ? { ...from, given: [...from.given, { kind, text: pretty(next) }] } : null;
}

const header = (request: Request, name: string, value: string | null): Request => {
  const { [name]: _old, ...headers } = request.headers ?? {};
  return { ...request, headers: value === null ? headers : { ...headers, [name]: value } };
};

const address = (range: string): string => range.replace(/\/\d+$/, '').replace(/::$/, '::9').replace(/\.0$/, '.9');

/* What a request step asks for, by its id and words; null where the page has no way to say it. */
const REQUEST_STEPS: Record<string, (request: Request, title: string) => Request | null> = {
  'use-endpoint': ({ from: _f, ...rest }, title) => {
    const via = /\bvpce-[0-9a-f]+\b/.exec(title)?.[0];
    return via ? { ...rest, via } : null;
  },
  'use-address': ({ via: _v, ...rest }, title) => {
    const found = /address in (\S+)/.exec(title)?.[1];
    return found ? { ...rest, from: address(found) } : null;
  },
  'use-credentials': (request, title) => {
    const principal = /credentials of (\S+?),/.exec(title)?.[1];
    return principal ? { ...request, principal } : null;
  },
  'send-header': (request, title) => {
    const found = /header (\S+): (\S+)/.exec(title);
    return found ? header(request, found[1]!, found[2]!) : null;
  },
  'drop-header': (request, title) => {
    const found = /header (\S+)/.exec(title);
    return found ? header(request, found[1]!, null) : null;
  },
  'send-parameter': (request, title) => {
    const found = /send ([\w-]+)=(\S*) with/.exec(title);
    return found ? { ...request, query: { ...request.query, [found[1]!]: found[2]! } } : null;
  },
  'send-context': (request, title) => {
    const found = /(?:with|sends) ([\w-]+:[^=]+?) = (.+)$|without (\S+:\S+)$/.exec(title);
    return found ? { ...request, context: { ...request.context, [found[1] ?? found[3]!]: found[2] ?? null } } : null;
  },
  'use-https': ({ secure: _s, ...rest }) => ({ ...rest, secure: true }),
  'use-mfa': (request) => ({ ...request, mfa: true }),
  'drop-acl': (request) => header(request, 'x-amz-acl', null),
  'bucket-owner-full-control': (request) => header(request, 'x-amz-acl', 'bucket-owner-full-control'),
  'private-acl': (request) => header(request, 'x-amz-acl', 'private'),
  'request-payer': (request) => header(request, 'x-amz-request-payer', 'requester'),
  'drop-version': ({ version_id: _v, ...rest }) => rest,
};
REQUEST_STEPS['use-client'] = REQUEST_STEPS['send-context']!;

function inRequest(step: Step, from: Work): Work | null {
  const request = Object.hasOwn(REQUEST_STEPS, step.id) ? REQUEST_STEPS[step.id]!(from.request, step.title) : null;
  return request && { ...from, request };
}

function stepDone(step: Step, from: Work): Work | null {
  if (step.request) {
    const { at: _at, ...request } = step.request;
    return { ...from, request: { ...request, ...(from.request.at ? { at: from.request.at } : {}) } };
  }
  return step.kind === 'request' ? inRequest(step, from) : (inFile(step, from) ?? inGiven(step, from));
}

/** The work after a fix; null: it cannot be made here. */
export function after(fix: Fix, from: Work): Work | null {
  let next: Work | null = from;
  for (const step of fix.steps) {
    try {
      next = next && stepDone(step, next);
    } catch {
      next = null;
    }
  }
  return next === from ? null : next;
}

export function apply(fix: Fix): void {
  const before = answered.value ?? work.value;
  const next = after(fix, before);
  if (next) {
    batch(() => {
      change(next, '');
      applied.value = { title: fix.title, before };
      editing.value = false;
      openDoc.value = null; // the changed one comes first
    });
    requestAnimationFrame(toVerdict);
  }
}

export function unapply(): void {
  applied.value = null;
  undo();
  requestAnimationFrame(toVerdict);
}

