import type { CustomFacts } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import { isWellFormed } from '#inventory/readers/policy-shape.js';
import type { ResourceRef } from '#inventory/resource-ref.js';
import { resourceType, type ResourceKey } from '#inventory/resources.js';
import type { ListScope } from '../engine/scope.js';
import type { Direction } from './isolation.js';
import type { OpenableRule } from './policy-rules.js';
import { rulesOfCalico } from './rules-of-calico.js';
import { rulesOfCilium } from './rules-of-cilium.js';
import { rulesOfNetworkPolicy } from './rules-of-network-policy.js';
import { rulesOfTierPolicy } from './rules-of-tier-policy.js';
import { unreadablePolicy } from './undecided.js';

/** A policy of any engine by what it allows. */
export interface AnyPolicy {
  /** Rules that allow; undefined where the policy is not about the direction. */
  readonly rules: (direction: Direction) => readonly OpenableRule[] | MissingEvidence | undefined;
}

const calico = { 'networkpolicies.crd.projectcalico.org': false, 'globalnetworkpolicies.crd.projectcalico.org': true } as const;
const cilium = { 'ciliumnetworkpolicies.cilium.io': false, 'ciliumclusterwidenetworkpolicies.cilium.io': true } as const;
const tiers = {
  'adminnetworkpolicies.policy.networking.k8s.io': 'AdminNetworkPolicy',
  'baselineadminnetworkpolicies.policy.networking.k8s.io': 'BaselineAdminNetworkPolicy',
  'clusternetworkpolicies.policy.networking.k8s.io': 'ClusterNetworkPolicy',
} as const;

const keysOf = <K extends string>(record: Readonly<Record<K, unknown>>): readonly K[] => Object.keys(record) as K[];

function refOf(key: ResourceKey, { namespace, name }: { readonly namespace: string; readonly name: string }): ResourceRef {
  const { group, kind } = resourceType(key);
  return { group, kind, namespace, name };
}

/** Every policy of every engine that is read. */
export const eachPolicy: ListScope<AnyPolicy> = {
  name: 'network policy',
  family: 'list',
  needs: ['networkpolicies.networking.k8s.io', ...keysOf(calico), ...keysOf(cilium), ...keysOf(tiers)],
  *subjects(world) {
    const subject = (key: ResourceKey, facts: Parameters<typeof refOf>[1], rules: AnyPolicy['rules']) => ({ subject: { rules }, resource: refOf(key, facts), part: '' });
    for (const facts of world.seen('networkpolicies.networking.k8s.io')) yield subject('networkpolicies.networking.k8s.io', facts, (direction) => rulesOfNetworkPolicy(facts, direction));
    const formed = (engine: 'calico' | 'cilium', key: ResourceKey, facts: CustomFacts, rules: AnyPolicy['rules']) => subject(key, facts, isWellFormed(engine, facts) ? rules : () => unreadablePolicy(refOf(key, facts)));
    for (const key of keysOf(calico)) for (const facts of world.seen(key)) yield formed('calico', key, facts, (direction) => rulesOfCalico(facts, direction, calico[key]));
    for (const key of keysOf(cilium)) for (const facts of world.seen(key)) yield formed('cilium', key, facts, (direction) => rulesOfCilium(facts, direction, cilium[key]));
    for (const key of keysOf(tiers)) for (const facts of world.seen(key)) yield subject(key, facts, (direction) => rulesOfTierPolicy(facts, tiers[key], direction));
  },
};
