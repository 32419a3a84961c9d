/* The documents that take part: a policy is a place in a file of the snapshot, or a text that was given by hand. What is edited is the
 * policy alone; the file around it stays as it was. */
import type { Answer, Layer, Place } from '../engine/types';
import { around, follow, indented, tryParse, type Node, type Shown } from '../text/json';
import { indexer } from '../text/offsets';

export interface Source {
  /** Files of the snapshot as they stand now, edits included. */
  file(path: string): string | undefined;
  /** A policy given by hand, by the engine's name for it. */
  given(name: string): string | undefined;
  /** A text that the answer brought along: AWS's own policies. */
  brought(name: string): string | undefined;
  /** The texts before anything was changed. */
  before?: Source;
}

export interface Doc {
  id: string;
  /** File of the snapshot, or name of a given or an AWS policy. */
  path: string;
  /** The policy inside the file; '' is the whole. */
  pointer: string;
  layer: string;
  name: string | null;
  editable: boolean;
  /** A policy that a string of the file holds, and its offsets count in it. */
  quoted: boolean;
}

export const docId = (path: string, pointer: string): string => `${path}#${pointer}`;

const split = (policy: string): { path: string; pointer: string } => {
  const at = policy.indexOf('#/');
  return at < 0 ? { path: policy, pointer: '' } : { path: policy.slice(0, at), pointer: policy.slice(at + 1) };
};

const isPolicy = (node: Node): boolean => !!node.members?.some((m) => m.name === 'Statement');

const parsed = new Map<string, { text: string; root: Node | null }>();

/** The tree of a file; looked at often, so the last ones are kept. */
function treeOf(path: string, text: string): Node | null {
  const known = parsed.get(path);
  if (known?.text === text) {
    return known.root;
  }
  const root = tryParse(text);
  parsed.delete(path);
  parsed.set(path, { text, root });
  if (parsed.size > 40) {
    parsed.delete(parsed.keys().next().value!);
  }
  return root;
}

/** Which document a place of the answer lies in. */
export function locate(place: Place, source: Source): { id: string; path: string; pointer: string; quoted: boolean } | null {
  if (!place.policy) {
    return null;
  }
  const { path, pointer } = split(place.policy);
  const text = source.file(path);
  if (text === undefined) {
    return { id: docId(place.policy, ''), path: place.policy, pointer: '', quoted: false };
  }
  if (pointer) {
    return { id: docId(path, pointer), path, pointer, quoted: true };
  }
  const root = treeOf(path, text);
  const chain = root ? around(root, indexer(text)(place.offset)) : [];
  const policy = chain.reverse().find(({ node }) => isPolicy(node));
  const inside = policy?.pointer ?? '';
  return { id: docId(path, inside), path, pointer: inside, quoted: false };
}

/** The text of a document, and where it begins in what the engine counts. */
export function textOf(doc: Pick<Doc, 'path' | 'pointer'>, source: Source): { text: string; base: number; whole: string } | null {
  const file = source.file(doc.path);
  if (file === undefined) {
    const text = source.given(doc.path) ?? source.brought(doc.path);
    return text === undefined ? null : { text, base: 0, whole: text };
  }
  if (!doc.pointer) {
    return { text: file, base: 0, whole: file };
  }
  const root = treeOf(doc.path, file);
  const node = root && follow(root, doc.pointer);
  if (!node) {
    return null;
  }
  if (node.kind === 'string') {
    return { text: node.text!, base: 0, whole: node.text! };
  }
  return { text: file.slice(node.from, node.to), base: node.from, whole: file };
}

/** The file with another policy in the document's place. */
export function withText(doc: Pick<Doc, 'path' | 'pointer'>, text: string, source: Source): string {
  const file = source.file(doc.path);
  if (file === undefined || !doc.pointer) {
    return text;
  }
  const root = treeOf(doc.path, file);
  const node = root && follow(root, doc.pointer);
  if (!node) {
    return file;
  }
  return file.slice(0, node.from) + (node.kind === 'string' ? JSON.stringify(text) : text) + file.slice(node.to);
}

export interface View extends Shown {
  /** A byte offset of the engine as an index of the shown text. */
  at(offset: number): number;
  /** The same of the end of something: behind its last character. */
  end(offset: number): number;
}

/** The document as it is shown: indented where it was written on one line, or in the midst of a file; as it is once it was edited. */
export function viewOf(doc: Pick<Doc, 'path' | 'pointer'>, source: Source): View | null {
  const found = textOf(doc, source);
  if (!found) {
    return null;
  }
  const edited = source.before !== undefined && textOf(doc, source.before)?.text !== found.text;
  const inside = doc.pointer !== '' && found.base > 0;
  const shown = indented(found.text, edited ? null : tryParse(found.text), inside);
  const index = indexer(found.whole);
  const stored = (offset: number): number => Math.max(0, Math.min(index(offset) - found.base, found.text.length));
  return { ...shown, at: (offset) => shown.map(stored(offset)), end: (offset) => shown.map(Math.max(0, stored(offset) - 1)) + 1 };
}

const policyString = (text: string, path: string): string => {
  const root = treeOf(path, text);
  return root?.members?.some((m) => m.name === 'Policy' && m.value.kind === 'string') ? '/Policy' : '';
};

/* Policies of who asks that say nothing about this request are in no statement of the answer. */
function identityPolicies(path: string, text: string, principal: string | undefined): Array<{ pointer: string; name: string | null }> {
  const root = treeOf(path, text);
  const found: Array<{ pointer: string; name: string | null }> = [];
  const [, kind, who] = /:(user|role|assumed-role)\/(?:.*\/)?([^/]+)$/.exec(principal?.replace(/(assumed-role\/[^/]+)\/.*/, '$1') ?? '') ?? [];
  if (!root || !who) {
    return found;
  }
  const stringAt = (node: Node | null | undefined, name: string): string | undefined =>
    node?.members?.find((m) => m.name === name)?.value.text;
  const itemsAt = (node: Node | null | undefined, name: string): Node[] => node?.members?.find((m) => m.name === name)?.value.items ?? [];
  const inline = (list: string, nameKey: string, policies: string, wanted: (name: string) => boolean): Node[] =>
    itemsAt(root, list).filter((entry, n) => {
      if (!wanted(stringAt(entry, nameKey) ?? '')) {
        return false;
      }
      itemsAt(entry, policies).forEach((p, m) => {
        found.push({ pointer: `/${list}/${n}/${policies}/${m}/PolicyDocument`, name: stringAt(p, 'PolicyName') ?? null });
      });
      return true;
    });
  const users = kind === 'user' ? inline('UserDetailList', 'UserName', 'UserPolicyList', (n) => n === who) : [];
  const roles = kind === 'user' ? [] : inline('RoleDetailList', 'RoleName', 'RolePolicyList', (n) => n === who);
  const groups = new Set(users.flatMap((u) => itemsAt(u, 'GroupList').map((g) => g.text ?? '')));
  const inGroups = inline('GroupDetailList', 'GroupName', 'GroupPolicyList', (n) => groups.has(n));
  const attached = new Set(
    [...users, ...roles, ...inGroups].flatMap((e) => itemsAt(e, 'AttachedManagedPolicies').map((p) => stringAt(p, 'PolicyArn') ?? '')),
  );
  itemsAt(root, 'Policies').forEach((p, n) => {
    if (attached.has(stringAt(p, 'Arn') ?? '')) {
      const versions = itemsAt(p, 'PolicyVersionList');
      const current = stringAt(p, 'DefaultVersionId');
      const m = Math.max(0, versions.findIndex((v) => stringAt(v, 'VersionId') === current));
      found.push({ pointer: `/Policies/${n}/PolicyVersionList/${m}/Document`, name: stringAt(p, 'PolicyName') ?? null });
    }
  });
  return found.filter(({ pointer }) => follow(root, pointer));
}

/** Every document that the answer looked at, the blamed ones first. */
export function documentsOf(answer: Answer, given: readonly string[], source: Source): Doc[] {
  const docs = new Map<string, Doc>();
  const add = (place: Place, layer: string, name: string | null): void => {
    const at = locate(place, source);
    if (at && !docs.has(at.id) && textOf(at, source) !== null) {
      docs.set(at.id, { ...at, layer, name, editable: source.file(at.path) !== undefined || source.given(at.path) !== undefined });
    }
  };
  for (const cause of answer.causes) {
    for (const blame of cause.blames) {
      add(blame, cause.layer ?? '', cause.statement?.name ?? null);
    }
    if (cause.statement) {
      add(cause.statement, cause.layer ?? '', cause.statement.name ?? null);
    }
  }
  for (const check of answer.checks) {
    for (const layer of check.layers) {
      addLayer(layer, add, answer, source);
    }
  }
  for (const name of given) {
    add({ policy: name, offset: 0, length: 0 }, layerOfGiven(name), null);
  }
  return [...docs.values()];
}

function addLayer(layer: Layer, add: (place: Place, layer: string, name: string | null) => void, answer: Answer, source: Source): void {
  for (const statement of [...layer.statements, ...(layer.near ?? [])]) {
    add(statement, layer.layer, statement.name ?? null);
  }
  const path = layer.source;
  const text = path ? source.file(path) : undefined;
  if (!path || text === undefined) {
    return;
  }
  if (layer.layer === 'identity') {
    for (const { pointer, name } of identityPolicies(path, text, answer.request.principal)) {
      const node = follow(treeOf(path, text)!, pointer)!;
      add({ policy: node.kind === 'string' ? `${path}#${pointer}` : path, offset: utf8Start(text, node.from), length: 0 }, layer.layer, name);
    }
    return;
  }
  const pointer = policyString(text, path);
  if (pointer) {
    add({ policy: `${path}#${pointer}`, offset: 0, length: 0 }, layer.layer, null);
  }
}

const utf8Start = (text: string, index: number): number => new TextEncoder().encode(text.slice(0, index)).length;

const LAYER_OF: Record<string, string> = {
  resource: 'bucket-policy',
  key: 'key-policy',
  vpc_endpoint: 'vpc-endpoint',
  access_point: 'access-point',
};

export function layerOfGiven(name: string): string {
  const kind = /^policies\.([a-z_]+)/.exec(name)?.[1] ?? '';
  return LAYER_OF[kind] ?? kind;
}
