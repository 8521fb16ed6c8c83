import { invalid } from '#application/app-error.js';

/** Of one argument of GraphQL: an answer is selected field by field, and REST takes the many. */
export const FEW = 100;

/** Refuses a list that REST would take and GraphQL does not. */
export function fewItems<T>(items: readonly T[], name: string): readonly T[] {
  if (items.length > FEW) throw invalid('too-many-items', `GraphQL takes ${FEW} at a time; REST takes 10,000.`, [{ pointer: `/${name}`, detail: `at most ${FEW}` }]);
  return items;
}
