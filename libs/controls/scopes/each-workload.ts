import { workloadKeys } from '#inventory/inventory.js';
import type { Workload } from '#inventory/facts.js';
import type { ListScope } from '../engine/scope.js';

/** Every workload once, however many templates it has. */
export const eachWorkload: ListScope<Workload> = {
  name: 'workload',
  family: 'list',
  needs: workloadKeys,
  *subjects(world) {
    for (const workload of world.seenWorkloads()) {
      const { group, kind, namespace, name } = workload;
      yield { subject: workload, resource: { group, kind, namespace, name }, part: '', workload };
    }
  },
};
