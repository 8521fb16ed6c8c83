import type { CustomFacts } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import type { TierPeer, TierPort } from '#inventory/reachability/input.js';
import { readTierPolicy, type TierKind } from '#inventory/reachability/tier-policy.js';
import { selectsAll } from '#inventory/readers/label-selector.js';
import type { Direction } from './isolation.js';
import { everyPort, isEverybody, portsOf, someone, type OpenableRule, type RulePeers, type RulePorts } from './policy-rules.js';
import { unreadablePolicy } from './undecided.js';

function peersOf(peers: readonly TierPeer[]): RulePeers {
  const block = isEverybody(peers.flatMap((peer) => (peer.kind === 'networks' ? peer.cidrs.map((cidr) => ({ cidr })) : [])));
  if (block !== undefined) return { are: 'everybody', by: `it names ${block}` };
  const isOfAll = peers.some((peer) => peer.kind === 'pods' && selectsAll(peer.namespaceSelector) && selectsAll(peer.podSelector));
  return isOfAll ? { are: 'every-pod', by: 'its selectors are empty' } : someone;
}

function portsOfRule(ports: readonly TierPort[]): RulePorts {
  if (ports.length === 0) return everyPort;
  return portsOf(ports.flatMap((port) => (port.kind === 'range' ? [port] : [])), ports.flatMap((port) => (port.kind === 'name' ? [port.name] : [])));
}

/** Rules of a direction that allow, which NetworkPolicies cannot deny again; undefined where the policy has none of it, and what is lacking where nobody can say whom it is about. */
export function rulesOfTierPolicy(policy: CustomFacts, kind: TierKind, direction: Direction): readonly OpenableRule[] | MissingEvidence | undefined {
  const read = readTierPolicy(kind, policy);
  if (!('policy' in read)) return unreadablePolicy(read.unreadable.object);
  const rules = read.policy[direction === 'Ingress' ? 'ingress' : 'egress'];
  if (rules.length === 0) return undefined;
  return rules.flatMap(({ action, peers, ports }, index) => (action === 'allow' ? [{ place: index + 1, peers: peersOf(peers), ports: portsOfRule(ports) }] : []));
}
