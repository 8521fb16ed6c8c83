import type { NetworkPolicyFacts, NetworkPolicyRule } from '#inventory/facts.js';
import { selectsAll } from '#inventory/readers/label-selector.js';
import { everyPort, isEverybody, portsOf, someone, type OpenableRule, type RulePeers, type RulePorts } from './policy-rules.js';

function peersOf({ peers }: NetworkPolicyRule): RulePeers {
  if (peers.length === 0) return { are: 'everybody', by: 'it names no peers' };
  const block = isEverybody(peers.flatMap(({ cidr, except }) => (cidr === undefined ? [] : [{ cidr, ...(except && { except }) }])));
  if (block !== undefined) return { are: 'everybody', by: `it names ${block}` };
  const isOfAll = peers.some(({ namespaceSelector, podSelector }) => namespaceSelector && selectsAll(namespaceSelector) && (podSelector === undefined || selectsAll(podSelector)));
  return isOfAll ? { are: 'every-pod', by: 'its namespaceSelector is empty' } : someone;
}

function portsOfRule({ ports }: NetworkPolicyRule): RulePorts {
  if (ports.length === 0) return everyPort;
  return portsOf(
    ports.flatMap(({ protocol, port, endPort }) => (typeof port === 'string' ? [] : [port === undefined ? { protocol, first: 1, last: 65_535 } : { protocol, first: port, last: endPort ?? port }])),
    ports.flatMap(({ port }) => (typeof port === 'string' ? [port] : [])),
  );
}

/** Rules of a direction; undefined where the policy is not about it. */
export const rulesOfNetworkPolicy = (policy: NetworkPolicyFacts, direction: 'Ingress' | 'Egress'): readonly OpenableRule[] | undefined =>
  policy.policyTypes.includes(direction)
    ? policy[direction === 'Ingress' ? 'ingress' : 'egress'].map((rule, index) => ({ place: index + 1, peers: peersOf(rule), ports: portsOfRule(rule) }))
    : undefined;
