import { asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { selectsAll } from '#inventory/readers/label-selector.js';
import type { World } from '../engine/world.js';
import { policiesByNamespace } from '../indexes/by-namespace.js';

export type Direction = 'Ingress' | 'Egress';

/** The policy that isolates every pod of a namespace in one direction; undefined where none was found. */
export function isolatingPolicy(world: World, namespace: string, direction: Direction): string | undefined {
  for (const policy of world.use(policiesByNamespace).get(namespace) ?? []) {
    if (policy.policyTypes.includes(direction) && selectsAll(policy.podSelector)) return `NetworkPolicy ${policy.name}`;
  }
  return calicoPolicy(world, namespace, direction) ?? ciliumPolicy(world, namespace, direction);
}

const isEverything = (selector: unknown): boolean => selector === undefined || selector === '' || selector === 'all()';

function calicoPolicy(world: World, namespace: string, direction: Direction): string | undefined {
  const isolates = (spec: UnknownRecord): boolean => {
    const types = Array.isArray(spec['types']) ? spec['types'] : [spec['egress'] === undefined ? 'Ingress' : spec['ingress'] === undefined ? 'Egress' : direction];
    return isEverything(spec['selector']) && types.includes(direction);
  };
  for (const policy of world.list('networkpolicies.crd.projectcalico.org')) {
    if (policy.namespace === namespace && isolates(asRecord(policy.spec))) return `Calico NetworkPolicy ${policy.name}`;
  }
  for (const policy of world.list('globalnetworkpolicies.crd.projectcalico.org')) {
    const spec = asRecord(policy.spec);
    if (isEverything(spec['namespaceSelector']) && isolates(spec)) return `Calico GlobalNetworkPolicy ${policy.name}`;
  }
  return undefined;
}

function ciliumPolicy(world: World, namespace: string, direction: Direction): string | undefined {
  const key = direction === 'Ingress' ? 'ingress' : 'egress';
  const isolates = (spec: UnknownRecord): boolean => {
    const selector = spec['endpointSelector'];
    if (selector === undefined || Object.keys(asRecord(selector)).length > 0) return false;
    const defaultDeny = asRecord(spec['enableDefaultDeny'])[key];
    return defaultDeny === undefined ? Array.isArray(spec[key]) : defaultDeny === true;
  };
  for (const policy of world.list('ciliumnetworkpolicies.cilium.io')) {
    if (policy.namespace === namespace && isolates(asRecord(policy.spec))) return `CiliumNetworkPolicy ${policy.name}`;
  }
  for (const policy of world.list('ciliumclusterwidenetworkpolicies.cilium.io')) {
    if (isolates(asRecord(policy.spec))) return `CiliumClusterwideNetworkPolicy ${policy.name}`;
  }
  return undefined;
}
