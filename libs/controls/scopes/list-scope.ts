import type { FactsOf, ListedKey } from '#inventory/inventory.js';
import { resourceType } from '#inventory/resources.js';
import type { ListScope } from '../engine/scope.js';

/** Every object of one listed kind, as far as it was read. */
export function eachOf<K extends ListedKey>(key: K, name: string): ListScope<FactsOf<K>> {
  const { group, kind } = resourceType(key);
  return {
    name,
    family: 'list',
    needs: [key],
    *subjects(world) {
      for (const facts of world.seen(key)) yield { subject: facts, resource: { group, kind, namespace: facts.namespace, name: facts.name }, part: '' };
    },
  };
}
