import type { Control } from '#controls/engine/control.js';
import { apiServerScopes } from '#controls/scopes/api-server-endpoint.js';
import type { ResourceKey } from '#inventory/resources.js';

/** A list that is read, or one of the two rights that are no lists. */
export type Right = ResourceKey | 'nodes/proxy' | '/flagz';

/** Ids of the controls that a right serves. */
export type Unlocks = (right: Right) => readonly string[];

/** What the scopes of the controls say that they judge: their subjects come from these lists. */
export function unlocksOf(controls: readonly Control[]): Unlocks {
  return (right) => controls.filter((control) => serves(right, control)).map(({ id }) => id);
}

function serves(right: Right, { scope, evidence }: Control): boolean {
  switch (right) {
    case 'nodes/proxy': return evidence.includes('configz');
    case '/flagz': return evidence.includes('flags') && apiServerScopes.has(scope.name);
    default: return scope.needs.includes(right);
  }
}
