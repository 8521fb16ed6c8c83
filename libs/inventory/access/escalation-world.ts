import type { Subject } from '../facts.js';
import type { GrantChain } from './access-facts.js';
import type { ReasonId } from './escalation-reasons.js';

export type EnforceLevel = 'privileged' | 'baseline' | 'restricted';

/** A workload as somebody finds it who has broken into one of its pods. */
export interface EscalationWorkload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly serviceAccount: string;
  /** Whether a token of the account is in the pod. */
  readonly mountsToken: boolean;
  /** Whether its pods reach the host: privileged, processes of the host, host paths that can be written or hold credentials. */
  readonly reachesHost: boolean;
  /** Nodes its pods run on; absent where that is not known. */
  readonly nodes?: readonly string[];
}

/** What besides RBAC decides how far a right goes. */
export interface EscalationWorld {
  /** All namespaces, with the Pod Security level that admission enforces; absent: none is. */
  readonly namespaces: readonly { readonly name: string; readonly enforce?: EnforceLevel }[];
  readonly workloads: readonly EscalationWorkload[];
  /** Nodes that pods may run on. A control-plane node holds the cluster's keys. */
  readonly nodes: readonly { readonly name: string; readonly isControlPlane: boolean }[];
  /** Secrets of type `kubernetes.io/service-account-token`, by metadata. */
  readonly tokenSecrets: readonly { readonly namespace: string; readonly name: string; readonly serviceAccount: string }[];
}

/** A place on a path. */
export type Stage =
  | { readonly at: 'subject'; readonly subject: Subject }
  | { readonly at: 'workload'; readonly kind: string; readonly namespace: string; readonly name: string }
  /** Root on a node: one by name, or one that can be chosen. */
  | { readonly at: 'host'; readonly node?: string }
  /** Every right in a namespace, or those of a role that was bound to oneself on the way. */
  | { readonly at: 'role'; readonly role: string; readonly namespace: string }
  | { readonly at: 'cluster-admin' };

export interface EscalationStep {
  readonly reason: ReasonId;
  readonly from: Stage;
  readonly to: Stage;
  /** Where the right is used; '' is the whole cluster. */
  readonly namespace: string;
  /** The bindings that make it possible; none where no right is needed. */
  readonly grants: readonly GrantChain[];
  /** What must hold besides, in words. */
  readonly needs?: string;
  /** Whether `needs` is more than an ordinary cluster has. */
  readonly isConditional: boolean;
}

export interface EscalationPath {
  readonly start: Stage;
  readonly steps: readonly EscalationStep[];
  /** Whether a step of it is; there is no path then without such a step of at most fifteen steps. */
  readonly isConditional: boolean;
}
