import type { LabelSelector } from '../facts.js';
import { asList, asRecord } from './unknown-record.js';

const strings = (value: unknown): readonly string[] => asList(value).filter((item): item is string => typeof item === 'string');

/** A label selector inside a custom resource; undefined where there is none or where it is none. */
export function looseSelector(value: unknown): LabelSelector | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { matchLabels, matchExpressions } = asRecord(value);
  const labels = Object.entries(asRecord(matchLabels));
  if (!labels.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return undefined;
  return {
    matchLabels: Object.fromEntries(labels),
    matchExpressions: asList(matchExpressions).map((item) => {
      const { key, operator, values } = asRecord(item);
      return { key: typeof key === 'string' ? key : '', operator: typeof operator === 'string' ? operator : '', values: strings(values) };
    }),
  };
}
