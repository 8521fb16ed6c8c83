import type { IngressFacts, Labels, LabelSelector, NetworkPolicyFacts, ServiceFacts } from '../facts.js';
import type { MissingEvidence } from '../observed.js';
import type { ResourceRef } from '../resource-ref.js';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';
export type Direction = 'ingress' | 'egress';

/** A port that a container declares; the name is what policies and Services may call it by. */
export interface EndpointPort {
  readonly port: number;
  /** TCP, UDP or SCTP. */
  readonly protocol: string;
  readonly name?: string;
  readonly hostPort?: number;
}

/** A pod, or the pods of one template of a workload. */
export interface Endpoint {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The top owner; absent where the endpoint is one itself. */
  readonly workload?: { readonly kind: string; readonly name: string };
  readonly labels: Labels;
  readonly ports: readonly EndpointPort[];
  readonly hostNetwork: boolean;
  /** Pod IPs; empty where they are not known. */
  readonly addresses: readonly string[];
  readonly node?: string;
  readonly serviceAccount?: string;
  /** How many pods it stands for; one unless said otherwise. */
  readonly pods?: number;
}

export interface NamespaceLabels {
  readonly name: string;
  readonly labels: Labels;
}

/** Pods by their namespace and by their own labels; an empty selector is everything. */
export interface PodSelection {
  readonly namespaceSelector: LabelSelector;
  readonly podSelector: LabelSelector;
}

export type TierPeer =
  | ({ readonly kind: 'pods' } & PodSelection)
  | { readonly kind: 'networks'; readonly cidrs: readonly string[] }
  | { readonly kind: 'nodes'; readonly selector: LabelSelector }
  | { readonly kind: 'domain-names' }
  | { readonly kind: 'unreadable'; readonly field: string };

export type TierPort =
  | { readonly kind: 'range'; readonly protocol: Protocol; readonly first: number; readonly last: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unreadable'; readonly field: string };

export interface TierRule {
  readonly name?: string;
  readonly action: 'allow' | 'deny' | 'pass' | 'unreadable';
  readonly peers: readonly TierPeer[];
  /** Empty: every port. */
  readonly ports: readonly TierPort[];
}

/** A policy of the cluster's administrators, evaluated before (admin) or after (baseline) NetworkPolicies. */
export interface TierPolicy {
  readonly object: ResourceRef;
  readonly tier: 'admin' | 'baseline';
  /** Lower is looked at first; among equals the order is nobody's promise. */
  readonly priority: number;
  readonly subject: PodSelection;
  readonly ingress: readonly TierRule[];
  readonly egress: readonly TierRule[];
}

export interface SelectablePod {
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
  readonly serviceAccount?: string;
}

/** An object whose rules this engine does not evaluate: what it selects gets the answer unknown, by its name. */
export interface UnevaluatedPolicy {
  readonly object: ResourceRef;
  readonly directions: readonly Direction[];
  /** `replaces`: it may allow what was denied and deny what was allowed; `narrows`: it can only deny more, as a mesh above the network does. */
  readonly effect: 'replaces' | 'narrows';
  /** The one namespace its pods are in; absent where they may be in any. */
  readonly namespace?: string;
  /** False only where it surely does not select the pod. */
  selects(pod: SelectablePod): boolean;
}

export interface NodeView {
  readonly labels: Labels;
  readonly addresses: readonly string[];
}

export interface ControlPlaneAddress {
  readonly address: string;
  readonly port: number;
}

/** All that reachability is decided on. */
export interface ReachabilityInput {
  readonly endpoints: readonly Endpoint[];
  /** A namespace that is not here has no label but its name. */
  readonly namespaces: readonly NamespaceLabels[];
  readonly policies: readonly NetworkPolicyFacts[];
  readonly tiers?: readonly TierPolicy[];
  readonly unevaluated?: readonly UnevaluatedPolicy[];
  readonly services?: readonly ServiceFacts[];
  readonly ingresses?: readonly IngressFacts[];
  /** All of them; absent where they were not read to the end. */
  readonly nodes?: readonly NodeView[];
  /** Where the API server answers, as far as that is known. */
  readonly controlPlane?: readonly ControlPlaneAddress[];
  /** Evidence that would be needed and is not there: with any, no answer that policies decide is certain. */
  readonly missing?: readonly MissingEvidence[];
  /** Services and Ingresses that were not read to the end: there may be ways in that nobody saw. */
  readonly missingWays?: readonly MissingEvidence[];
}
