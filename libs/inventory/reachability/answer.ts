import type { MissingEvidence } from '../observed.js';
import type { ResourceRef } from '../resource-ref.js';
import type { Direction, Protocol } from './input.js';

export type Status = 'allowed' | 'denied' | 'unknown';

/** Why an answer cannot be certain, with the object or the evidence that it hangs on. */
export type UnknownReason =
  | { readonly kind: 'other-engine'; readonly object: ResourceRef }
  | { readonly kind: 'unreadable'; readonly object: ResourceRef; readonly field: string }
  | { readonly kind: 'address-not-known'; readonly object: ResourceRef }
  | { readonly kind: 'nodes-not-known'; readonly object: ResourceRef }
  | { readonly kind: 'domain-names'; readonly object: ResourceRef }
  | { readonly kind: 'equal-priority'; readonly objects: readonly ResourceRef[] }
  /** So many rules with ports of their own that only single ports are answered. */
  | { readonly kind: 'too-many-ports' }
  | { readonly kind: 'missing'; readonly evidence: MissingEvidence }
  | { readonly kind: 'not-found'; readonly party: string }
  | { readonly kind: 'ingress-controller-not-known'; readonly object: ResourceRef }
  | { readonly kind: 'invalid'; readonly field: 'from' | 'to' | 'port' | 'protocol' };

/**
 * What holds beside an answer.
 *
 * - `ip-block-on-pod-address`: an ipBlock matched a pod's own address; whether it applies to pods is the network plugin's decision.
 * - `own-node`: a pod always accepts traffic of the node it runs on, and may always answer to it.
 * - `some-pods`: it holds for some of the pods asked about, not for all.
 * - `address-translation`: load balancers and nodes may put their own address in place of the sender's.
 */
export type Caveat = 'ip-block-on-pod-address' | 'own-node' | 'some-pods' | 'address-translation';

/** A rule by its place in its policy. */
export interface RuleRef {
  readonly object: ResourceRef;
  readonly direction: Direction;
  readonly index: number;
  readonly name?: string;
  readonly action: 'allow' | 'deny' | 'pass' | 'unreadable';
}

export type DecidedBy =
  /** No policy selects the pod in this direction. */
  | 'no-policy'
  | 'network-policy'
  | 'admin-tier'
  | 'baseline-tier'
  /** The pod uses its node's network, where policies do not reach it. */
  | 'host-network'
  /** The address is no pod's, so that no policy of the cluster holds there. */
  | 'outside'
  | 'own-node'
  | 'self'
  /** Another engine, missing evidence, or a party that is not there. */
  | 'nothing';

export interface DirectionAnswer {
  readonly status: Status;
  readonly by: DecidedBy;
  /** NetworkPolicies that isolate the pod in this direction: with no rule that allows, they deny. At most 16. */
  readonly policies: readonly ResourceRef[];
  /** Rules that decide. At most 16. */
  readonly rules: readonly RuleRef[];
  readonly unknown: readonly UnknownReason[];
  readonly caveats: readonly Caveat[];
}

export interface PairAnswer {
  readonly status: Status;
  /** At the destination. */
  readonly ingress: DirectionAnswer;
  /** At the source. */
  readonly egress: DirectionAnswer;
  readonly unknown: readonly UnknownReason[];
  readonly caveats: readonly Caveat[];
}

export interface PortRange {
  readonly protocol: Protocol;
  readonly first: number;
  readonly last: number;
}

/** Ports by certainty; those in neither list are denied. */
export interface PortAnswer {
  readonly allowed: readonly PortRange[];
  readonly unknown: readonly PortRange[];
}
