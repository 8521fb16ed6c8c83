import type { LabelSelector } from '../facts.js';
import { projectExpression } from './pod-template.js';
import { mapAt, maybeObject, objectsAt, type Raw } from './raw.js';

/** Nearly all selectors have none. */
const noExpressions: LabelSelector['matchExpressions'] = Object.freeze([]);

export function projectSelector(raw: Raw): LabelSelector {
  const expressions = objectsAt(raw, 'matchExpressions');
  return { matchLabels: mapAt(raw, 'matchLabels'), matchExpressions: expressions.length === 0 ? noExpressions : expressions.map(projectExpression) };
}

export const maybeSelector = (raw: Raw, key: string): LabelSelector | undefined => {
  const found = maybeObject(raw, key);
  return found && projectSelector(found);
};
