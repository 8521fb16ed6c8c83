import { defineIndex } from '../engine/world.js';
import { AccountSet, accountsOf } from './accounts.js';
import { Roles } from './roles.js';

/** Lists that say what service accounts may do. */
export const permissionKeys = [
  'roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io', 'rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io',
] as const;

/** What every account may do from the first: look up the API and itself. */
export const discoveryRoles: ReadonlySet<string> = new Set(['system:discovery', 'system:basic-user', 'system:public-info-viewer', 'system:service-account-issuer-discovery']);

/**
 * Service accounts seen to have permissions beyond discovery, by themselves or by a group. That one is not in it
 * says something only where all of `permissionKeys` were read.
 */
export const permittedAccounts = defineIndex([], (world) => {
  const roles = new Roles([...world.seen('roles.rbac.authorization.k8s.io'), ...world.seen('clusterroles.rbac.authorization.k8s.io')]);
  const permitted = new AccountSet();
  for (const key of ['rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io'] as const) {
    for (const binding of world.seen(key)) {
      if (binding.roleKind === 'ClusterRole' && discoveryRoles.has(binding.roleName)) continue;
      const isClusterAdmin = binding.roleKind === 'ClusterRole' && binding.roleName === 'cluster-admin';
      if (!isClusterAdmin && (roles.of(binding)?.rules.length ?? 0) === 0) continue;
      for (const subject of binding.subjects) {
        const accounts = accountsOf(subject);
        if (accounts) permitted.add(accounts);
      }
    }
  }
  return permitted;
});

/** Whether pods of each service account get a token when they do not say; true where the account does not say either. */
export const accountAutomounts = defineIndex(['serviceaccounts'], (world) => {
  const settings = new Map<string, boolean>();
  for (const { namespace, name, automountToken } of world.list('serviceaccounts')) if (automountToken !== undefined) settings.set(`${namespace}/${name}`, automountToken);
  return settings;
});
