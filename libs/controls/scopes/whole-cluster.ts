import type { ResourceKey } from '#inventory/resources.js';
import type { ListScope } from '../engine/scope.js';
import type { World } from '../engine/world.js';

/** The cluster as one subject. `needs` are the lists without which nothing can be concluded from absence. */
export const wholeCluster = (needs: readonly ResourceKey[] = []): ListScope<World> => ({
  name: 'cluster',
  family: 'list',
  needs,
  *subjects(world) {
    yield { subject: world, resource: { group: '', kind: 'Cluster', namespace: '', name: 'cluster' }, part: '' };
  },
});
