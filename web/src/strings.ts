/* Every word of the page comes from a catalogue; whole sentences with named places. */
import en from '../strings/en.json';

export type Key = keyof typeof en;
type Stem<K extends string> = K extends `${infer S}_other` ? S : never;
export type Plural = Stem<Key>;
export type Places = Record<string, string | number>;

/** Catalogues by language; a new one has the same keys or does not compile. */
const CATALOGUES: Record<string, Record<Key, string>> = { en };

export const language = ((): string => {
  for (const wanted of navigator.languages ?? []) {
    const short = wanted.split('-')[0]!;
    if (short in CATALOGUES) {
      return short;
    }
  }
  return 'en';
})();

const catalogue = CATALOGUES[language] ?? en;
const plurals = new Intl.PluralRules(language);

const fill = (text: string, places: Places): string => text.replace(/\{(\w+)\}/g, (_, name: string) => String(places[name] ?? ''));

export const t = (key: Key, places: Places = {}): string => fill(catalogue[key], places);

/** A sentence with a number in it. */
export function tn(stem: Plural, n: number, places: Places = {}): string {
  const exact = n === 0 && `${stem}_zero` in catalogue ? 'zero' : plurals.select(n);
  const key = (`${stem}_${exact}` in catalogue ? `${stem}_${exact}` : `${stem}_other`) as Key;
  return fill(catalogue[key], { n: number(n), ...places });
}

/** A text under a name that the engine gives; the name itself where the catalogue does not know it. */
export const named = (prefix: string, name: string): string => {
  const key = `${prefix}.${name}`;
  return key in catalogue ? catalogue[key as Key] : name;
};

export const number = (n: number): string => new Intl.NumberFormat(language).format(n);

export const moment = (text: string): string => {
  const at = new Date(text);
  return Number.isNaN(at.getTime())
    ? text
    : `${new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`;
};
