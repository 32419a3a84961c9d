import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const css = readFileSync(join(import.meta.dirname, '../../src/style/tokens.css'), 'utf8');
const block = (selector: string): Record<string, string> => {
  const body = css.slice(css.indexOf(selector)).split('}')[0]!;
  return Object.fromEntries([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map((m) => [m[1]!, m[2]!]));
};

const light = (hex: string): number =>
  [0.2126, 0.7152, 0.0722].reduce((sum, share, n) => {
    const value = parseInt(hex.slice(1 + n * 2, 3 + n * 2), 16) / 255;
    return sum + share * (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  }, 0);

const ratio = (a: string, b: string): number => {
  const [dark, bright] = [light(a), light(b)].sort((x, y) => x - y) as [number, number];
  return (bright + 0.05) / (dark + 0.05);
};

describe.each([
  ['light', ':root {'],
  ['dark', ':root[data-theme="dark"] {'],
])('%s', (_name, selector) => {
  const colours = block(selector);
  test.each(['ink', 'soft', 'denied', 'allowed', 'unsure', 'link', 'changed'])('%s is read on paper and raised', (name) => {
    expect(ratio(colours[name]!, colours['paper']!)).toBeGreaterThan(4.5);
    expect(ratio(colours[name]!, colours['raised']!)).toBeGreaterThan(4.5);
  });
  test.each(['denied', 'allowed', 'unsure', 'changed'])('%s is read on its tint', (name) => {
    expect(ratio(colours[name]!, colours[`${name}-tint`]!)).toBeGreaterThan(4.5);
  });
  test('borders of controls are seen', () => {
    expect(ratio(colours['edge']!, colours['paper']!)).toBeGreaterThan(3);
    expect(ratio(colours['edge']!, colours['raised']!)).toBeGreaterThan(3);
  });
  test('ink is read on what is selected', () => {
    expect(ratio(colours['ink']!, colours['select']!)).toBeGreaterThan(4.5);
  });
});
