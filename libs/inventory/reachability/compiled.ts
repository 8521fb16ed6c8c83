import type { Labels, NetworkPolicyPeer } from '../facts.js';
import type { ResourceRef } from '../resource-ref.js';
import type { RuleRef, UnknownReason } from './answer.js';
import type { Ranges } from './address.js';
import type { IdSet } from './id-set.js';
import type { TierPeer } from './input.js';

/** The ports of a rule: those that are numbers, those that are names until a pod is known, and those that could not be read. */
export interface RulePorts {
  /** A set of the port space. */
  readonly fixed: number;
  /** A name on one protocol, or on any. */
  readonly names: readonly { readonly name: string; readonly protocol?: string }[];
  readonly unreadable: boolean;
}

/** A rule with its peers as sets of classes. Of a class, so that thousands of them have one shape. */
export class CompiledRule {
  constructor(
    readonly ref: RuleRef,
    /** Every peer, inside and outside. */
    readonly everyone: boolean,
    readonly ports: RulePorts,
    readonly peers: readonly (NetworkPolicyPeer | TierPeer)[],
    /** Whose namespace a peer without a namespace selector means. */
    readonly namespace: string,
    /** Classes it surely matches. */
    public yes: IdSet,
    /** Of these, classes it matches by an address alone. */
    public byAddress: IdSet,
    /** Classes of which it is not known whether it matches them. */
    public maybe: IdSet,
    /** Addresses it matches. */
    readonly ranges: Ranges,
    /** Addresses it may match besides are not told. */
    readonly isVague: boolean,
    /** Why it may match what it does not surely match. */
    readonly doubts: readonly UnknownReason[],
  ) {}
}

/** Tier policies of one priority: with more than one, any of those that match may be the one that is applied. */
export interface TierGroup {
  readonly policies: readonly (readonly CompiledRule[])[];
}

/** All that is evaluated for pods that the same policies select in one direction. */
export interface Profile {
  readonly hostNetwork: boolean;
  /** NetworkPolicies that isolate. */
  readonly isolatedBy: readonly ResourceRef[];
  readonly rules: readonly CompiledRule[];
  /** The rules with those of equal peers made one: for classes the same answer in fewer steps, where nobody asks why. */
  readonly merged: readonly { readonly rule: CompiledRule; readonly ports: readonly RulePorts[] }[];
  readonly admin: readonly TierGroup[];
  readonly baseline: readonly TierGroup[];
  /** Policies of the tiers that have rules in this direction. */
  readonly tierPolicies: readonly ResourceRef[];
  readonly replacedBy: readonly ResourceRef[];
  readonly narrowedBy: readonly ResourceRef[];
}

/** Who is at the other end, as rules see it. */
export type View =
  | { readonly kind: 'class'; readonly id: number }
  | { readonly kind: 'address'; readonly address: bigint }
  /** An address that is not known, outside the pod network. */
  | { readonly kind: 'some-address' }
  /** A pod that is not there. */
  | { readonly kind: 'pod'; readonly namespace: string; readonly namespaceLabels: Labels; readonly labels: Labels };
