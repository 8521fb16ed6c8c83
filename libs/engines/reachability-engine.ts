import { MOST_WORKLOADS, type ExposedWorkload, type PairQuery, type ReachabilityAnswers, type ReachQuestion } from '#application/reachability/reachability-questions.js';
import type { PairAnswer } from '#inventory/reachability/answer.js';
import { difference } from '#inventory/reachability/difference.js';
import { ExposureFinder } from '#inventory/reachability/exposure.js';
import { reachabilityInput } from '#inventory/reachability/from-inventory.js';
import { mapAsDot, mapAsMermaid } from '#inventory/reachability/map-text.js';
import { reachabilityMap } from '#inventory/reachability/map.js';
import { destinationsOf, endpointsIn, inOrder, outsideList, sourcesOf } from '#inventory/reachability/reach-list.js';
import { parseParty, Reachability, type Party } from '#inventory/reachability/reachability.js';
import type { Engine } from './engine.js';

const sorts = [
  'head', 'workloads', 'templates', 'pods', 'namespaces', 'services', 'ingresses.networking.k8s.io', 'networkpolicies.networking.k8s.io',
  'adminnetworkpolicies.policy.networking.k8s.io', 'baselineadminnetworkpolicies.policy.networking.k8s.io', 'clusternetworkpolicies.policy.networking.k8s.io',
  'ciliumnetworkpolicies.cilium.io', 'ciliumclusterwidenetworkpolicies.cilium.io', 'networkpolicies.crd.projectcalico.org', 'globalnetworkpolicies.crd.projectcalico.org',
  'authorizationpolicies.security.istio.io',
] as const;

export const reachabilityEngine: Engine<'reachability', Reachability> = {
  sorts: new Set(sorts),
  build: (inventory) => new Reachability(reachabilityInput(inventory)),
  answers: {
    pairs: (index, queries) => queries.map((query) => pairOf(index, query)),
    reach,
    isolation(index, { party }) {
      const parsed = parseParty(party);
      return parsed && index.isolation(parsed);
    },
    exposure(index, { namespace }) {
      const finder = new ExposureFinder(index);
      const wanted = inOrder(index.workloads).filter((workload) => namespace === undefined || workload.namespace === namespace);
      const workloads = wanted.slice(0, MOST_WORKLOADS).map((workload): ExposedWorkload => {
        const { kind, namespace: place, name } = workload;
        const party: Party = { kind: 'endpoint', namespace: place, of: kind, name };
        return { kind, namespace: place, name, exposure: finder.exposure(workload), sensitive: finder.sensitive(party) };
      });
      return { workloads, isCut: wanted.length > MOST_WORKLOADS };
    },
    map(index, { namespaces, format }) {
      const map = reachabilityMap(index, namespaces === undefined ? {} : { namespaces });
      return { map, text: format === 'dot' ? mapAsDot(map) : format === 'mermaid' ? mapAsMermaid(map) : undefined };
    },
    difference(index, _question, before) {
      if (!before) throw new Error('a comparison is of two scans');
      return difference(before, index);
    },
  },
};

function pairOf(index: Reachability, { from, to, port, protocol }: PairQuery): PairAnswer {
  const [source, target] = [parseParty(from), parseParty(to)];
  // Names that are none get the answer that a name of nobody gets, which says so.
  return index.pair(source ?? nobody, target ?? nobody, port, protocol);
}

const nobody: Party = { kind: 'endpoint', namespace: '', name: '' };

function reach(index: Reachability, { of, direction, port }: ReachQuestion): ReachabilityAnswers['reach'] {
  const options = { limit: MOST_WORKLOADS, ...(port && { port }) };
  if ('outside' in of) {
    const workloads = outsideList(index, direction === 'from' ? 'ingress' : 'egress', options);
    return { workloads, isCut: workloads.length >= MOST_WORKLOADS };
  }
  const parsed = 'party' in of ? parseParty(of.party) : undefined;
  const endpoints = 'namespace' in of ? endpointsIn(index, of.namespace) : parsed ? index.endpointsOf(parsed) : [];
  if (endpoints.length === 0) return undefined;
  return direction === 'from' ? destinationsOf(index, endpoints, options) : sourcesOf(index, endpoints, options);
}
