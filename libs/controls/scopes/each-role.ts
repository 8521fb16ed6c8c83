import type { RoleFacts } from '#inventory/facts.js';
import type { ListScope } from '../engine/scope.js';

const needs = ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'] as const;

/** Every Role and ClusterRole. */
export const eachRole: ListScope<RoleFacts> = {
  name: 'role',
  family: 'list',
  needs,
  *subjects(world) {
    for (const key of needs) {
      for (const role of world.seen(key)) {
        yield { subject: role, resource: { group: 'rbac.authorization.k8s.io', kind: role.kind, namespace: role.namespace, name: role.name }, part: '' };
      }
    }
  },
};
