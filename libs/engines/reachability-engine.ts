import { MOST_WORKLOADS, type ExposedWorkload, type PairQuery, type ReachabilityAnswers, type ReachQuestion } from '#application/reachability/reachability-questions.js';
import type { PieceSort } from '#inventory/evidence/piece.js';
import { workloadKeys } from '#inventory/inventory.js';
import { isComplete } from '#inventory/observed.js';
import type { PairAnswer } from '#inventory/reachability/answer.js';
import { difference } from '#inventory/reachability/difference.js';
import { ExposureFinder } from '#inventory/reachability/exposure.js';
import { reachabilityInput, reachabilityKeys } from '#inventory/reachability/from-inventory.js';
import { mapAsDot, mapAsMermaid } from '#inventory/reachability/map-text.js';
import { reachabilityMap } from '#inventory/reachability/map.js';
import { destinationsOf, endpointsIn, inOrder, outsideList, sourcesOf } from '#inventory/reachability/reach-list.js';
import { parseParty, Reachability, type Party } from '#inventory/reachability/reachability.js';
import type { ResourceKey } from '#inventory/resources.js';
import type { Engine } from './engine.js';

const sorts: readonly PieceSort[] = ['head', 'workloads', 'networks', 'pods', 'identities', ...reachabilityKeys];

interface Index {
  readonly reachability: Reachability;
  readonly incomplete: readonly ResourceKey[];
}

export const reachabilityEngine: Engine<'reachability', Index> = {
  sorts: new Set(sorts),
  build: (inventory) => ({
    reachability: new Reachability(reachabilityInput(inventory)),
    incomplete: [...workloadKeys, ...reachabilityKeys].filter((key) => !isComplete(inventory.outcome(key))),
  }),
  answers: {
    pairs: ({ reachability, incomplete }, queries) => ({ incomplete, answer: queries.map((query) => pairOf(reachability, query)) }),
    reach: ({ reachability, incomplete }, question) => ({ incomplete, answer: reach(reachability, question) }),
    isolation({ reachability, incomplete }, { party }) {
      const parsed = parseParty(party);
      return { incomplete, answer: parsed && reachability.isolation(parsed) };
    },
    exposure({ reachability, incomplete }, { namespace }) {
      const finder = new ExposureFinder(reachability);
      const wanted = inOrder(reachability.workloads).filter((workload) => namespace === undefined || workload.namespace === namespace);
      const workloads = wanted.slice(0, MOST_WORKLOADS).map((workload): ExposedWorkload => {
        const { kind, namespace: place, name } = workload;
        const party: Party = { kind: 'endpoint', namespace: place, of: kind, name };
        return { kind, namespace: place, name, exposure: finder.exposure(workload), sensitive: finder.sensitive(party) };
      });
      return { incomplete, answer: { workloads, isCut: wanted.length > MOST_WORKLOADS } };
    },
    map({ reachability, incomplete }, { namespaces, format }) {
      const map = reachabilityMap(reachability, namespaces === undefined ? {} : { namespaces });
      return { incomplete, answer: { map, text: format === 'dot' ? mapAsDot(map) : format === 'mermaid' ? mapAsMermaid(map) : undefined } };
    },
    difference({ reachability, incomplete }, _question, before) {
      if (!before) throw new Error('a comparison is of two scans');
      return { incomplete: [...new Set([...incomplete, ...before.incomplete])], answer: difference(before.reachability, reachability) };
    },
  },
};

function pairOf(index: Reachability, { from, to, port, protocol }: PairQuery): PairAnswer {
  const [source, target] = [parseParty(from), parseParty(to)];
  // Names that are none get the answer that a name of nobody gets, which says so.
  return index.pair(source ?? nobody, target ?? nobody, port, protocol);
}

const nobody: Party = { kind: 'endpoint', namespace: '', name: '' };

function reach(index: Reachability, { of, direction, port }: ReachQuestion): ReachabilityAnswers['reach']['answer'] {
  const options = { limit: MOST_WORKLOADS, ...(port && { port }) };
  if ('outside' in of) {
    const workloads = outsideList(index, direction === 'from' ? 'ingress' : 'egress', { ...options, limit: MOST_WORKLOADS + 1 });
    return { workloads: workloads.slice(0, MOST_WORKLOADS), isCut: workloads.length > MOST_WORKLOADS };
  }
  const parsed = 'party' in of ? parseParty(of.party) : undefined;
  const endpoints = 'namespace' in of ? endpointsIn(index, of.namespace) : parsed ? index.endpointsOf(parsed) : [];
  if (endpoints.length === 0) return undefined;
  return direction === 'from' ? destinationsOf(index, endpoints, options) : sourcesOf(index, endpoints, options);
}
