import { describe, expect, test } from 'vitest';

import { indexer, lineAt, linesOf, toUtf16, toUtf8 } from '../../src/text/offsets';

const TEXTS = ['', 'plain', '한글 정책', 'a😀b', '{"a":"\\u00e9","b":"é"}', '\ufeff{"x":1}', 'a\r\nb\rc\nd', `${'ß'.repeat(300)}x${'😀'.repeat(200)}`];

describe('bytes of UTF-8 and units of UTF-16', () => {
  test.each(TEXTS)('there and back at every character: %j', (text) => {
    const at = indexer(text);
    for (let index = 0; index <= text.length; index++) {
      if (/[\udc00-\udfff]/.test(text[index] ?? '')) {
        continue; // inside a pair
      }
      expect(at(toUtf8(text, index))).toBe(index);
    }
  });
  test('inside a character is its start', () => {
    expect(toUtf16('a한b', 2)).toBe(1);
    expect(toUtf16('a한b', 3)).toBe(1);
    expect(toUtf16('a한b', 4)).toBe(2);
  });
  test('beyond the end is the end', () => {
    expect(toUtf16('ab', 99)).toBe(2);
    expect(toUtf16('한', -1)).toBe(0);
    expect(toUtf16('한', 99)).toBe(1);
  });
});

test('lines end by LF, CRLF and CR', () => {
  const lines = linesOf('a\r\nbc\rd\n');
  expect(lines.map((l) => [l.n, l.from, l.to])).toEqual([
    [1, 0, 1],
    [2, 3, 5],
    [3, 6, 7],
    [4, 8, 8],
  ]);
  expect(lineAt(lines, 4).n).toBe(2);
  expect(lineAt(lines, 8).n).toBe(4);
});
