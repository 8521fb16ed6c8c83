import type { PolicyRule } from '#inventory/facts.js';
import { readsAnySecret, rulesEverything } from '#inventory/readers/policy-rule.js';
import { defineIndex } from '../engine/world.js';
import { accountsOf } from '../indexes/accounts.js';
import { Roles } from '../indexes/roles.js';
import { abilities, heldBy } from './escalation-abilities.js';

const areStrong = (rules: readonly PolicyRule[], namespace: string): boolean =>
  rules.some((rule) => rulesEverything(rule) || readsAnySecret(rule)) || abilities.some(({ needs }) => heldBy(needs, rules, namespace) !== undefined);

/**
 * By namespace, names of the service accounts seen to hold rights that are worth running as them for. That one is not
 * in it says something only where roles and bindings were read to the end.
 */
export const strongAccounts = defineIndex([], (world) => {
  const roles = new Roles([...world.seen('roles.rbac.authorization.k8s.io'), ...world.seen('clusterroles.rbac.authorization.k8s.io')]);
  const everywhere = new Map<string, boolean>();
  const strong = new Map<string, Set<string>>();
  for (const key of ['rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io'] as const) {
    for (const binding of world.seen(key)) {
      const accounts = binding.subjects.map(accountsOf).filter((meant) => meant?.of === 'account');
      if (accounts.length === 0) continue;
      // In one namespace a role may give less than in all, but the same in each.
      const roleKey = `${binding.roleKind}/${binding.roleKind === 'Role' ? binding.namespace : ''}/${binding.roleName}/${binding.kind}`;
      let isStrong = everywhere.get(roleKey);
      if (isStrong === undefined) {
        isStrong = (binding.roleKind === 'ClusterRole' && binding.roleName === 'cluster-admin') || areStrong(roles.of(binding)?.rules ?? [], binding.namespace);
        everywhere.set(roleKey, isStrong);
      }
      if (!isStrong) continue;
      for (const { namespace, name } of accounts) {
        const names = strong.get(namespace);
        if (names) names.add(name);
        else strong.set(namespace, new Set([name]));
      }
    }
  }
  return strong;
});
