import type { LabelExpression, Labels, LabelSelector } from '../facts.js';

/** Whether labels match a Kubernetes selector. `NotIn` and `DoesNotExist` match an absent key; an unknown operator matches nothing. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels)) if (!Object.hasOwn(labels, key) || labels[key] !== value) return false;
  return selector.matchExpressions.every((expression) => matches(expression, labels));
}

export function matches({ key, operator, values }: LabelExpression, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In': return value !== undefined && values.includes(value);
    case 'NotIn': return value === undefined || !values.includes(value);
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
    case 'Gt': return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt': return value !== undefined && Number(value) < Number(values[0]);
    default: return false;
  }
}

/** A selector without any requirement: everything. */
export const selectsAll = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels).length === 0 && selector.matchExpressions.length === 0;
