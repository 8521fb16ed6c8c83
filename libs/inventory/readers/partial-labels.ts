import type { LabelExpression, LabelSelector } from '../facts.js';

/**
 * What is known of an object's label: its value, `null` where it surely has none, `undefined` where nobody knows.
 * Selectors over such labels answer true or false only where no label that is unknown could change it.
 */
export type LabelLookup = (key: string) => string | null | undefined;

export type Tristate = boolean | undefined;

export const not = (value: Tristate): Tristate => (value === undefined ? undefined : !value);

export function allOf(values: Iterable<Tristate>): Tristate {
  let result: Tristate = true;
  for (const value of values) {
    if (value === false) return false;
    if (value === undefined) result = undefined;
  }
  return result;
}

export const anyOf = (values: Iterable<Tristate>): Tristate => not(allOf([...values].map(not)));

/** Whether a Kubernetes label selector matches what is known of an object's labels. */
export const selectsPartly = ({ matchLabels, matchExpressions }: LabelSelector, lookup: LabelLookup): Tristate =>
  allOf([
    ...Object.entries(matchLabels).map(([key, value]) => matches({ key, operator: 'In', values: [value] }, lookup)),
    ...matchExpressions.map((expression) => matches(expression, lookup)),
  ]);

function matches({ key, operator, values }: LabelExpression, lookup: LabelLookup): Tristate {
  const value = lookup(key);
  if (value === undefined) return undefined;
  switch (operator) {
    case 'In': return value !== null && values.includes(value);
    case 'NotIn': return value === null || !values.includes(value);
    case 'Exists': return value !== null;
    case 'DoesNotExist': return value === null;
    default: return false;
  }
}
