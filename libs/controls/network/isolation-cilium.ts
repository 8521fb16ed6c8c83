import type { CustomFacts } from '#inventory/facts.js';
import { looseSelector } from '#inventory/readers/loose-selector.js';
import { isWellFormed } from '#inventory/readers/policy-shape.js';
import { selectsPartly, type LabelLookup, type Tristate } from '#inventory/readers/partial-labels.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import type { ResourceRef } from '#inventory/resource-ref.js';
import type { World } from '../engine/world.js';
import { doubtfulIsolation, type Direction, type Isolation, type PodView } from './isolation.js';

/** A direction is denied by default where the policy says so, or else where it has rules: an empty list is none. */
function isolates(spec: UnknownRecord, key: 'ingress' | 'egress'): boolean {
  const said = asRecord(spec['enableDefaultDeny'])[key];
  // No server takes anything but true and false; of anything else nobody can say that it denies.
  if (said !== undefined && said !== null) return said === true;
  return asList(spec[key]).length > 0 || asList(spec[`${key}Deny`]).length > 0;
}

const prefix = /^(?:k8s|any)[:.]/;
const namespaceLabel = 'io.kubernetes.pod.namespace';
const namespaceLabelsPrefix = 'io.cilium.k8s.namespace.labels.';

/** Labels that Cilium gives every pod beside its own. */
const podLabels = ({ namespace, namespaceLabel: ofNamespace, label }: PodView): LabelLookup => (written) => {
  const key = written.replace(prefix, '');
  if (key === namespaceLabel) return namespace;
  if (key.startsWith(namespaceLabelsPrefix)) return ofNamespace(key.slice(namespaceLabelsPrefix.length));
  // The account, the cluster's name and what stands for things that are no pods.
  return key.startsWith('io.cilium.') || written.startsWith('reserved') ? undefined : label(key);
};

function selectsPods(spec: UnknownRecord, pods: PodView): Tristate {
  // A policy for nodes has a nodeSelector instead.
  if (spec['nodeSelector'] !== undefined) return false;
  const selector = looseSelector(spec['endpointSelector']);
  return selector === undefined ? undefined : selectsPartly(selector, podLabels(pods));
}

/** The namespace that a policy of the whole cluster names, where it names one. */
function namedNamespace(spec: UnknownRecord): string | undefined {
  const labels = looseSelector(spec['endpointSelector'])?.matchLabels ?? {};
  return Object.entries(labels).find(([key]) => key.replace(prefix, '') === namespaceLabel)?.[1];
}

function* isolationsOf(policy: CustomFacts, kind: string, namespace?: string): Iterable<Isolation> {
  const ref: ResourceRef = { group: 'cilium.io', kind, namespace: policy.namespace, name: policy.name };
  if (!isWellFormed('cilium', policy)) {
    yield doubtfulIsolation(ref, namespace);
    return;
  }
  for (const item of [policy.spec, ...(policy.specs ?? [])]) {
    const spec = asRecord(item);
    const directions = ([['Ingress', 'ingress'], ['Egress', 'egress']] as const).filter(([, key]) => isolates(spec, key)).map(([direction]): Direction => direction);
    const only = namespace ?? namedNamespace(spec);
    yield { policy: ref, directions, ...(only !== undefined && { namespace: only }), selects: (pods) => selectsPods(spec, pods) };
  }
}

/** Cilium's own policies that turn default deny on. */
export function* ciliumIsolations(world: World): Iterable<Isolation> {
  for (const policy of world.list('ciliumnetworkpolicies.cilium.io')) yield* isolationsOf(policy, 'CiliumNetworkPolicy', policy.namespace);
  for (const policy of world.list('ciliumclusterwidenetworkpolicies.cilium.io')) yield* isolationsOf(policy, 'CiliumClusterwideNetworkPolicy');
}
