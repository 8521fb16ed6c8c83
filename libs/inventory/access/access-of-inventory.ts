import type { Inventory } from '../inventory.js';
import { isComplete } from '../observed.js';
import type { AccessFacts } from './access-facts.js';

const keys = [
  'roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io', 'rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io',
] as const;

/** The facts of a scan that RBAC decides by. */
export function accessFactsOf(inventory: Inventory): AccessFacts {
  return {
    roles: inventory.list('roles.rbac.authorization.k8s.io'),
    clusterRoles: inventory.list('clusterroles.rbac.authorization.k8s.io'),
    roleBindings: inventory.list('rolebindings.rbac.authorization.k8s.io'),
    clusterRoleBindings: inventory.list('clusterrolebindings.rbac.authorization.k8s.io'),
    incomplete: keys.filter((key) => !isComplete(inventory.outcome(key))),
    ...(isComplete(inventory.outcome('serviceaccounts')) && { serviceAccounts: inventory.list('serviceaccounts') }),
  };
}
