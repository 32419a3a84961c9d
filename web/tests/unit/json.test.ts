import { expect, test } from 'vitest';

import { around, Broken, follow, indented, parse, tryParse } from '../../src/text/json';

const POLICY = '{"Version":"2012-10-17","Statement":[{"Sid":"한글😀","Effect":"Deny","Action":["s3:Get*","s3:Put*"],"Resource":"*","Principal":"*","Condition":{}}]}';

test('values lie where they stand', () => {
  const root = parse(' {"a": [1, "x\\u00e9"], "b/~": {"c": null}} ');
  const x = follow(root, '/a/1')!;
  expect([x.kind, x.text]).toEqual(['string', 'xé']);
  expect(follow(root, '/b~1~0/c')?.kind).toBe('word');
  expect(follow(root, '/nothing')).toBeNull();
});

test('what is around a place, outermost first', () => {
  const root = parse(POLICY);
  const chain = around(root, POLICY.indexOf('s3:Put'));
  expect(chain.map((c) => c.pointer)).toEqual(['', '/Statement', '/Statement/0', '/Statement/0/Action', '/Statement/0/Action/1']);
});

test('the indented text is the same value, and its map leads to the same tokens', () => {
  const shown = indented(POLICY, parse(POLICY));
  expect(shown.same).toBe(false);
  expect(JSON.parse(shown.text)).toEqual(JSON.parse(POLICY));
  for (const token of ['"Deny"', '"s3:Put*"', '"한글😀"', '"Principal"']) {
    const at = POLICY.indexOf(token);
    expect(shown.text.slice(shown.map(at), shown.map(at + token.length - 1) + 1)).toBe(token);
  }
});

test('a text that is laid out stays', () => {
  const text = JSON.stringify(JSON.parse(POLICY), null, 4);
  expect(indented(text, parse(text)).text).toBe(text);
});

test.each(['', '{', '{"a":}', '[1,]', '{"a":1,,}', '01', '"\u0001"', '{} x', '"\\x"', '['.repeat(500)])('%j is no JSON', (text) => {
  expect(() => parse(text)).toThrow(Broken);
  expect(tryParse(text)).toBeNull();
});
