import type { CustomFacts, LabelSelector } from '#inventory/facts.js';
import { selectsAll } from '#inventory/readers/label-selector.js';
import { looseSelector } from '#inventory/readers/loose-selector.js';
import { allOf, selectsPartly } from '#inventory/readers/partial-labels.js';
import { isWellFormed } from '#inventory/readers/policy-shape.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import type { World } from '../engine/world.js';
import { doubtfulIsolation, nameLabel, type Direction, type Isolation } from './isolation.js';

const keys = [
  'adminnetworkpolicies.policy.networking.k8s.io', 'baselineadminnetworkpolicies.policy.networking.k8s.io', 'clusternetworkpolicies.policy.networking.k8s.io',
] as const;

const kinds: Readonly<Record<(typeof keys)[number], string>> = {
  'adminnetworkpolicies.policy.networking.k8s.io': 'AdminNetworkPolicy',
  'baselineadminnetworkpolicies.policy.networking.k8s.io': 'BaselineAdminNetworkPolicy',
  'clusternetworkpolicies.policy.networking.k8s.io': 'ClusterNetworkPolicy',
};

const everything: LabelSelector = { matchLabels: {}, matchExpressions: [] };

const isEmpty = (value: unknown): boolean => {
  const selector = looseSelector(value);
  return selector !== undefined && selectsAll(selector);
};

/** Every pod of the cluster, or for egress every address. */
function isEveryPeer(value: unknown, direction: Direction): boolean {
  const peer = asRecord(value);
  if (direction === 'Egress') return asList(peer['networks']).includes('0.0.0.0/0');
  const pods = asRecord(peer['pods']);
  return isEmpty(peer['namespaces']) || (isEmpty(pods['namespaceSelector']) && isEmpty(pods['podSelector']));
}

/** The first rule that is about everything decides: what follows it is never reached. */
function denies(spec: UnknownRecord, direction: Direction): boolean {
  const [rules, peers] = direction === 'Ingress' ? ['ingress', 'from'] : ['egress', 'to'];
  for (const item of asList(spec[rules])) {
    const rule = asRecord(item);
    if (asList(rule['ports']).length > 0 || asList(rule['protocols']).length > 0) continue;
    if (asList(rule[peers]).some((peer) => isEveryPeer(peer, direction))) return rule['action'] === 'Deny';
  }
  return false;
}

function isolationOf(policy: CustomFacts, kind: string): Isolation {
  if (!isWellFormed('tiers', policy)) return doubtfulIsolation({ group: 'policy.networking.k8s.io', kind, namespace: '', name: policy.name }, undefined);
  const spec = asRecord(policy.spec);
  const subject = asRecord(spec['subject']);
  const pods = asRecord(subject['pods']);
  const [namespaces, labels] = subject['namespaces'] !== undefined ? [looseSelector(subject['namespaces']), everything] : [looseSelector(pods['namespaceSelector']), looseSelector(pods['podSelector'])];
  const only = namespaces?.matchLabels[nameLabel];
  return {
    policy: { group: 'policy.networking.k8s.io', kind, namespace: '', name: policy.name },
    ...(only !== undefined && { namespace: only }),
    directions: (['Ingress', 'Egress'] as const).filter((direction) => denies(spec, direction)),
    selects: ({ namespaceLabel, label }) => allOf([namespaces && selectsPartly(namespaces, namespaceLabel), labels && selectsPartly(labels, label)]),
  };
}

/** Policies of the network policy API for administrators that deny everything by their own rules. They know no outside for ingress: there, every pod is everything. */
export function* adminIsolations(world: World): Iterable<Isolation> {
  for (const key of keys) for (const policy of world.list(key)) yield isolationOf(policy, kinds[key]);
}
