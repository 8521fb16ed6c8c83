import type { LabelSelector } from '#inventory/facts.js';
import { asList, asRecord } from '#inventory/readers/unknown-record.js';

export const textsOf = (value: unknown): readonly string[] => asList(value).filter((item) => typeof item === 'string');

/** A label selector inside a custom resource; what is no selector selects nothing of its own accord. */
export function readSelector(value: unknown): LabelSelector {
  const { matchLabels, matchExpressions } = asRecord(value);
  return {
    matchLabels: Object.fromEntries(Object.entries(asRecord(matchLabels)).map(([key, text]) => [key, String(text)])),
    matchExpressions: asList(matchExpressions).map((item) => {
      const { key, operator, values } = asRecord(item);
      return { key: String(key ?? ''), operator: String(operator ?? ''), values: textsOf(values) };
    }),
  };
}
