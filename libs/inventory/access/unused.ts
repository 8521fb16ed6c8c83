import type { RoleFacts, Subject } from '../facts.js';
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
  // A cluster role that was not read could aggregate one that was.
  const held = conclude([...bindingKeys, clusterRolesKey], () => heldRoles(boundRoles(index), index.roles.filter((role) => role.kind === 'ClusterRole')));
  return {
    unboundRoles: held.state === 'unknown' ? held : unboundRoles(index, held.value),
    danglingBindings: conclude([rolesKey, clusterRolesKey], () => [...index.bindings.keys()]
      .filter((id) => index.bindingRole[id]! < 0)
      .map((id) => ({ binding: index.bindingRef(id), role: { kind: index.bindings[id]!.roleKind, name: index.bindings[id]!.roleName } }))),
    lostSubjects: serviceAccounts
      ? { state: 'known', value: lostSubjects(index, new Set(serviceAccounts.map(({ namespace, name }) => `${namespace}/${name}`))) }
      : { state: 'unknown', missing: ['serviceaccounts'] },
    emptyBindings: [...index.bindings.keys()].filter((id) => index.subjectsOf.from[id] === index.subjectsOf.from[id + 1]).map((id) => index.bindingRef(id)),
  };
}

/** Roles that bindings give, and those that they aggregate; undefined where they aggregate more of each other than can be followed. */
export function heldRoles(bound: Iterable<RoleFacts>, clusterRoles: readonly RoleFacts[]): ReadonlySet<RoleFacts> | undefined {
  const selectable = new SelectableRoles(clusterRoles);
  const held = new Set<RoleFacts>();
  const open: RoleFacts[] = [];
  const hold = (role: RoleFacts): void => {
    if (held.has(role)) return;
    held.add(role);
    if (role.aggregates) open.push(role);
  };
  for (const role of bound) hold(role);
  for (let role = open.pop(); role; role = open.pop()) for (const part of selectable.selectedBy(role.aggregates!)) hold(clusterRoles[part]!);
  return selectable.isExhausted ? undefined : held;
}

function* boundRoles(index: AccessIndex): Generator<RoleFacts> {
  for (const role of index.bindingRole) if (role >= 0) yield index.roles[role]!;
}

function unboundRoles(index: AccessIndex, held: ReadonlySet<RoleFacts> | undefined): Unused['unboundRoles'] {
  if (!held) return { state: 'unknown', missing: [clusterRolesKey] };
  return { state: 'known', value: [...index.roles.keys()].filter((id) => !held.has(index.roles[id]!)).map((id) => index.roleRef(id)) };
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
