import type { BindingFacts, RoleFacts } from '#inventory/facts.js';
import { keyOf } from '#inventory/key-of.js';
import { defineIndex } from '../engine/world.js';

const roleKey = (kind: string, namespace: string, name: string): string => keyOf(kind, kind === 'ClusterRole' ? '' : namespace, name);

/** Roles by kind, namespace and name. */
export class Roles {
  private readonly byKey = new Map<string, RoleFacts>();

  constructor(roles: Iterable<RoleFacts>) {
    for (const role of roles) this.byKey.set(roleKey(role.kind, role.namespace, role.name), role);
  }

  /** The role a binding refers to; undefined where it does not exist: then it grants nothing. */
  of(binding: BindingFacts): RoleFacts | undefined {
    return this.byKey.get(roleKey(binding.roleKind, binding.namespace, binding.roleName));
  }
}

export const roles = defineIndex(
  ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'],
  (world) => new Roles([...world.list('roles.rbac.authorization.k8s.io'), ...world.list('clusterroles.rbac.authorization.k8s.io')]),
);

/** Roles that some binding gives to at least one subject. */
export class BoundRoles {
  private readonly keys = new Set<string>();

  constructor(bindings: Iterable<BindingFacts>) {
    for (const binding of bindings) if (binding.subjects.length > 0) this.keys.add(roleKey(binding.roleKind, binding.namespace, binding.roleName));
  }

  has(role: RoleFacts): boolean {
    return this.keys.has(roleKey(role.kind, role.namespace, role.name));
  }
}

export const boundRoles = defineIndex(
  ['rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io'],
  (world) => new BoundRoles([...world.list('rolebindings.rbac.authorization.k8s.io'), ...world.list('clusterrolebindings.rbac.authorization.k8s.io')]),
);
