import { expect, test } from 'vitest';

import { diffLines, equal, patched } from '../../src/text/diff';
import { excerpt } from '../../src/text/excerpt';
import { withoutSecrets } from '../../src/text/secrets';

test('patches of RFC 6902, and the value stays', () => {
  const before = { Statement: [{ Action: 'a', 'b/c': { '~': 1 } }] };
  const copy = structuredClone(before);
  expect(patched(before, [{ op: 'add', path: '/Statement/-', value: 2 }])).toEqual({ Statement: [before.Statement[0], 2] });
  expect(patched(before, [{ op: 'replace', path: '/Statement/0/b~1c/~0', value: 2 }])).toEqual({ Statement: [{ Action: 'a', 'b/c': { '~': 2 } }] });
  expect(patched(before, [{ op: 'remove', path: '/Statement/0' }])).toEqual({ Statement: [] });
  expect(patched(before, [{ op: 'replace', path: '', value: [] }])).toEqual([]);
  expect(() => patched(before, [{ op: 'add', path: '/no/where', value: 1 }])).toThrow();
  expect(before).toEqual(copy);
});

test('a patch cannot reach a prototype', () => {
  expect(() => patched({}, [{ op: 'add', path: '/__proto__/polluted', value: 1 }])).toThrow();
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('lines that are kept, added and removed make both texts again', () => {
  const a = '{\n a\n b\n c\n}';
  const b = '{\n a\n x\n c\n d\n}';
  const lines = diffLines(a, b);
  const side = (kind: string): string => lines.filter((l) => l.kind === 'same' || l.kind === kind).map((l) => l.text).join('\n');
  expect([side('del'), side('add')]).toEqual([a, b]);
});

test('equal goes by value', () => {
  expect(equal({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
  expect(equal({ a: [] }, { a: {} })).toBe(false);
  expect(equal({ a: undefined }, { b: undefined })).toBe(false);
});

test('an excerpt shows the marked lines and says what it leaves out', () => {
  const text = Array.from({ length: 60 }, (_, n) => `line ${n + 1}`).join('\n');
  const from = text.indexOf('line 40');
  const rows = excerpt(text, [{ from, to: from + 7, label: 'here', also: false }], [], { from: 0, to: text.length }, false);
  const shown = rows.flatMap((r) => ('n' in r ? [r.n] : []));
  expect(shown).toEqual([1, 2, 37, 38, 39, 40, 41, 42, 43, 60]);
  const row = rows.find((r) => 'n' in r && r.n === 40);
  expect(row && 'pieces' in row && row.pieces.find((p) => p.mark)?.text).toBe('line 40');
});

test.each([
  ["Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/x, Signature=CANARY", 1],
  ['https://b.s3.amazonaws.com/k?X-Amz-Signature=CANARY&X-Amz-Security-Token=CANARY', 2],
  ['https://b.s3.amazonaws.com/k?AWSAccessKeyId=CANARY&Expires=1&Signature=CANARY', 2],
  ['aws_secret_access_key = CANARYCANARYCANARY', 1],
  ['"SessionToken": "CANARYCANARYCANARY"', 1],
  ['Cookie: session=CANARY', 1],
])('secrets are cut: %s', (text, count) => {
  const cut = withoutSecrets(text);
  expect(cut.text).not.toContain('CANARY');
  expect(cut.removed).toBe(count);
  expect(withoutSecrets(cut.text)).toEqual({ text: cut.text, removed: 0 });
});
