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
    const accounts = new Map<string, { readonly namespace: string; readonly name: string; readonly workloads: Workload[] }>();
    for (const workload of world.seenWorkloads()) {
      if (workload.isMirror) continue;
      const key = `${workload.namespace}/${workload.serviceAccount}`;
      const account = accounts.get(key);
      if (account) account.workloads.push(workload);
      else accounts.set(key, { namespace: workload.namespace, name: workload.serviceAccount, workloads: [workload] });
    }
    for (const account of accounts.values()) yield { subject: account, resource: { group: '', kind: 'ServiceAccount', namespace: account.namespace, name: account.name }, part: '' };
  },
};
