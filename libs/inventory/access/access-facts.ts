import type { BindingFacts, PolicyRule, RoleFacts, ServiceAccountFacts, Subject } from '../facts.js';
import type { ResourceKey } from '../resources.js';

/** All that RBAC decides by. Order and duplicates of objects change no answer; of two objects of one name the first counts. */
export interface AccessFacts {
  readonly roles: readonly RoleFacts[];
  readonly clusterRoles: readonly RoleFacts[];
  readonly roleBindings: readonly BindingFacts[];
  readonly clusterRoleBindings: readonly BindingFacts[];
  /** Only where the list was read completely: absence is concluded from it. */
  readonly serviceAccounts?: readonly ServiceAccountFacts[];
  /** Lists that were not read to the end: what they lack may exist. Absent: all are complete. */
  readonly incomplete?: readonly ResourceKey[];
}

/**
 * Where the rules of aggregated cluster roles come from: `as-served` takes what the server's controller wrote,
 * `computed` gathers them where a role aggregates and has no rules of its own yet, as in manifests.
 */
export type AggregationMode = 'as-served' | 'computed';

/** Who asks. */
export interface Identity {
  readonly user: string;
  /** Default: none. A service account's own groups need not be named. */
  readonly groups?: readonly string[];
}

/** What is asked for. A `path` makes it a request for no resource, and group, resource, name and namespace are not read. */
export interface AccessRequest {
  readonly verb: string;
  /** '' is the core group. */
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  /** '' or absent: no one object, as `list` and `create` ask. */
  readonly name?: string;
  /** '' or absent: the whole cluster, or an object without a namespace. */
  readonly namespace?: string;
  readonly path?: string;
}

export type AccessQuery = Identity & AccessRequest;

export interface RbacRef {
  readonly kind: 'Role' | 'ClusterRole' | 'RoleBinding' | 'ClusterRoleBinding';
  readonly namespace: string;
  readonly name: string;
}

/** How a right came about: binding, role, the role that an aggregated one has the rule from, rule. */
export interface BindingChain {
  readonly by: 'binding';
  /** The subject of the binding by which the asker is meant: itself or one of its groups. */
  readonly subject: Subject;
  readonly binding: RbacRef;
  readonly role: RbacRef;
  /** Set on aggregated cluster roles. */
  readonly aggregation?: AggregationMode;
  /** Name of the cluster role the rule was aggregated from, where that is known. */
  readonly aggregatedFrom?: string;
  /** Position of the rule in `aggregatedFrom` where the aggregation was computed, else in `role`. */
  readonly ruleIndex: number;
  readonly rule: PolicyRule;
}

/** Members of `system:masters` are let in before RBAC is asked. */
export interface SuperuserChain {
  readonly by: 'superuser';
  readonly subject: Subject;
}

export type GrantChain = BindingChain | SuperuserChain;

export const SUPERUSERS = 'system:masters';
