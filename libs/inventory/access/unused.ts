import type { Subject } from '../facts.js';
import type { ResourceKey } from '../resources.js';
import type { AccessIndex } from './access-index.js';
import type { RbacRef } from './access-facts.js';
import { SelectableRoles } from './aggregation.js';

/** What absence proves, or the lists that would have to be read to the end first. */
export type Concluded<T> =
  | { readonly state: 'known'; readonly value: T }
  | { readonly state: 'unknown'; readonly missing: readonly ResourceKey[] };

export interface Unused {
  /** Roles that no binding names and that no named role aggregates. */
  readonly unboundRoles: Concluded<readonly RbacRef[]>;
  readonly danglingBindings: Concluded<readonly { readonly binding: RbacRef; readonly role: { readonly kind: string; readonly name: string } }[]>;
  /** Bindings to service accounts that do not exist, and which. */
  readonly lostSubjects: Concluded<readonly { readonly binding: RbacRef; readonly subjects: readonly Subject[] }[]>;
  /** Bindings without any subject that could be somebody. */
  readonly emptyBindings: readonly RbacRef[];
}

const rolesKey = 'roles.rbac.authorization.k8s.io';
const clusterRolesKey = 'clusterroles.rbac.authorization.k8s.io';
const bindingKeys = ['rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io'] as const;

/** Roles nobody is bound to, and bindings that lead nowhere. */
export function unused(index: AccessIndex): Unused {
  const lost = new Set<ResourceKey>(index.facts.incomplete);
  const conclude = <T>(keys: readonly ResourceKey[], value: () => T): Concluded<T> => {
    const missing = keys.filter((key) => lost.has(key));
    return missing.length > 0 ? { state: 'unknown', missing } : { state: 'known', value: value() };
  };
  const { serviceAccounts } = index.facts;
  const selectable = new SelectableRoles(index.roles.filter((role) => role.kind === 'ClusterRole'));
  // A cluster role that was not read could aggregate one that was.
  const unbound = conclude([...bindingKeys, clusterRolesKey], () => unboundRoles(index, selectable));
  return {
    unboundRoles: !selectable.isExhausted ? unbound : { state: 'unknown', missing: [clusterRolesKey] },
    danglingBindings: conclude([rolesKey, clusterRolesKey], () => [...index.bindings.keys()]
      .filter((id) => index.bindingRole[id]! < 0)
      .map((id) => ({ binding: index.bindingRef(id), role: { kind: index.bindings[id]!.roleKind, name: index.bindings[id]!.roleName } }))),
    lostSubjects: serviceAccounts
      ? { state: 'known', value: lostSubjects(index, new Set(serviceAccounts.map(({ namespace, name }) => `${namespace}/${name}`))) }
      : { state: 'unknown', missing: ['serviceaccounts'] },
    emptyBindings: [...index.bindings.keys()].filter((id) => index.subjectsOf.from[id] === index.subjectsOf.from[id + 1]).map((id) => index.bindingRef(id)),
  };
}

function unboundRoles(index: AccessIndex, selectable: SelectableRoles): readonly RbacRef[] {
  const used = new Uint8Array(index.roles.length);
  const open: number[] = [];
  const use = (role: number): void => {
    if (role < 0 || used[role] === 1) return;
    used[role] = 1;
    open.push(role);
  };
  index.bindingRole.forEach(use);
  for (let role = open.pop(); role !== undefined; role = open.pop()) {
    const { aggregates } = index.roles[role]!;
    if (aggregates) selectable.selectedBy(aggregates).forEach(use);
  }
  return [...index.roles.keys()].filter((role) => used[role] === 0).map((role) => index.roleRef(role));
}

function lostSubjects(index: AccessIndex, accounts: ReadonlySet<string>): readonly { readonly binding: RbacRef; readonly subjects: readonly Subject[] }[] {
  const found = [];
  for (const id of index.bindings.keys()) {
    const subjects = [...index.subjectsOf.items.subarray(index.subjectsOf.from[id], index.subjectsOf.from[id + 1])]
      .map((subject) => index.subjects[subject]!)
      .filter(({ kind, namespace, name }) => kind === 'ServiceAccount' && !accounts.has(`${namespace}/${name}`));
    if (subjects.length > 0) found.push({ binding: index.bindingRef(id), subjects });
  }
  return found;
}
