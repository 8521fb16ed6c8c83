import type { Control } from '#controls/engine/control.js';
import type { ResourceKey } from '#inventory/resources.js';

/** Ids of the controls that a right serves; `nodes/proxy` is the one right that is no list. */
export type Unlocks = (right: ResourceKey | 'nodes/proxy') => readonly string[];

/** What the scopes of the controls say that they judge: their subjects come from these lists. */
export function unlocksOf(controls: readonly Control[]): Unlocks {
  return (right) =>
    controls.filter(({ scope, evidence }) => (right === 'nodes/proxy' ? evidence.includes('configz') : scope.needs.includes(right))).map(({ id }) => id);
}
