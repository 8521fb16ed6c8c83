import { workloadKeys } from '#inventory/inventory.js';
import type { Workload } from '#inventory/facts.js';
import { refOf } from '#inventory/resource-ref.js';
import type { ListScope } from '../engine/scope.js';

/** Every workload once, however many templates it has. */
export const eachWorkload: ListScope<Workload> = {
  name: 'workload',
  family: 'list',
  needs: workloadKeys,
  *subjects(world) {
    for (const workload of world.seenWorkloads()) yield { subject: workload, resource: refOf(workload), part: '', workload };
  },
};
