import { groupBy } from '#inventory/group-by.js';
import { workloadKeys } from '#inventory/inventory.js';
import type { Workload } from '#inventory/facts.js';
import type { ListScope } from '../engine/scope.js';

export interface AccountInUse {
  readonly namespace: string;
  readonly name: string;
  readonly workloads: readonly Workload[];
}

/** Every service account as which workloads run, whether or not the account itself was read. Static pods have none. */
export const eachAccountInUse: ListScope<AccountInUse> = {
  name: 'service account in use',
  family: 'list',
  needs: workloadKeys,
  *subjects(world) {
    const accounts = groupBy(world.seenWorkloads().filter(({ isMirror }) => !isMirror), ({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`);
    for (const workloads of accounts.values()) {
      const [{ namespace, serviceAccount: name }] = workloads as readonly [Workload, ...Workload[]];
      yield { subject: { namespace, name, workloads }, resource: { group: '', kind: 'ServiceAccount', namespace, name }, part: '' };
    }
  },
};
