import type { LabelSelector } from '../facts.js';
import { projectExpression } from './pod-template.js';
import { mapAt, maybeObject, objectsAt, type Raw } from './raw.js';

export const projectSelector = (raw: Raw): LabelSelector => ({
  matchLabels: mapAt(raw, 'matchLabels'),
  matchExpressions: objectsAt(raw, 'matchExpressions').map(projectExpression),
});

export const maybeSelector = (raw: Raw, key: string): LabelSelector | undefined => {
  const found = maybeObject(raw, key);
  return found && projectSelector(found);
};
