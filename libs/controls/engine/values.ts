import { emptyKeySet, equalSets, hasHash, hashKey, KeySetBuilder, unionOf, type KeyPiece, type KeySet } from './key-set.js';
import { shownValue } from './shown-value.js';

/** Settings that a verdict rests on, by name, as they were found; never a secret. */
export type Values = Readonly<Record<string, string>>;

/** What was found for subjects that pass, by the keys that their findings would have. */
export interface SeenValues {
  readonly values: Values;
  readonly keys: KeySet;
}

/** Characters of one control's distinct values; subjects with others beside those are seen without. */
const MOST_TEXT = 200_000;

/** Most of a cluster's nodes are set alike: each value is held once. */
export class SeenValuesBuilder {
  private readonly known = new Map<string, { readonly values: Values; readonly keys: KeySetBuilder }>();
  private left = MOST_TEXT;

  addPieces(values: Values, a: KeyPiece, b: KeyPiece, c: KeyPiece): void {
    const text = JSON.stringify(values);
    let seen = this.known.get(text);
    if (!seen) {
      if (text.length > this.left) return;
      this.left -= text.length;
      this.known.set(text, (seen = { values, keys: new KeySetBuilder() }));
    }
    seen.keys.addPieces(a, b, c);
  }

  build(): readonly SeenValues[] {
    return inOrder([...this.known.values()].map(({ values, keys }) => ({ values, keys: keys.build() })));
  }
}

/** Values that several say, once each; the most common where they are too many. No key is in two of them. */
export function joinedValues(all: Iterable<SeenValues>): readonly SeenValues[] {
  const byText = new Map<string, SeenValues>();
  for (const { values, keys } of all) {
    const text = JSON.stringify(values);
    byText.set(text, { values, keys: unionOf(byText.get(text)?.keys ?? emptyKeySet, keys) });
  }
  let left = MOST_TEXT;
  return inOrder([...byText.values()].filter(({ keys }) => keys.length > 0)).filter(({ values }) => (left -= JSON.stringify(values).length) >= 0);
}

export const equalValues = (a: readonly SeenValues[], b: readonly SeenValues[]): boolean =>
  a.length === b.length && a.every(({ values, keys }, i) => equalSets(keys, b[i]!.keys) && JSON.stringify(values) === JSON.stringify(b[i]!.values));

/** What a key was seen with; undefined where that is not known. */
export function valuesAt(seen: readonly SeenValues[], key: string): Values | undefined {
  const hash = hashKey(key);
  return seen.find(({ keys }) => hasHash(keys, hash))?.values;
}

const inOrder = (seen: readonly SeenValues[]): readonly SeenValues[] =>
  seen.toSorted((a, b) => b.keys.length - a.keys.length || (JSON.stringify(a.values) < JSON.stringify(b.values) ? -1 : 1));

/** What a setting is said to be where nobody set it. */
export const NOT_SET = 'not set';

/** Long enough for a list of cipher suites, whose end may be what changed. */
const LONGEST = 1_000;

/** As it is kept: cut, and NOT_SET where there is none. */
export function valueOf(value: unknown): string {
  const one: unknown = Array.isArray(value) ? value.join(',') : value;
  return one === undefined || one === '' ? NOT_SET : shownValue(one, LONGEST);
}

/** Of many, each once. */
export const valueOfAll = (values: Iterable<string>): string => valueOf([...new Set(values)].sort());

/** Two verdicts' values told as one change. */
export interface ValueChange {
  readonly names: readonly string[];
  /** Null where not known, or not there. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Of settings known to both those that differ; else those that one of them alone has, or all where the two are alike. */
export function changeOf(before: Values = {}, after: Values = {}): ValueChange {
  const all = Object.keys({ ...before, ...after });
  const both = all.filter((name) => Object.hasOwn(before, name) && Object.hasOwn(after, name));
  const changed = [both.filter((name) => before[name] !== after[name]), all.filter((name) => !both.includes(name)), all].find((names) => names.length > 0) ?? [];
  return { names: changed, before: textOf(before, changed), after: textOf(after, changed) };
}

/** All of them as one text. */
export const valuesText = (values: Values): string => textOf(values, Object.keys(values)) ?? '';

function textOf(values: Values, names: readonly string[]): string | null {
  const told = names.filter((name) => Object.hasOwn(values, name));
  if (told.length === 0) return null;
  return names.length === 1 ? values[names[0]!]! : told.map((name) => `${name}=${values[name]}`).join(', ');
}
