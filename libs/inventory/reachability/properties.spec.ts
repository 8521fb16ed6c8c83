import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabelSelector, NetworkPolicyFacts, NetworkPolicyPeer } from '../facts.js';
import type { ReachabilityInput } from './input.js';
import { portPoint } from './port-space.js';
import { Reachability } from './reachability.js';
import { party, pod, tier } from './testing/samples.js';

const names = ['a', 'b', 'c'];
const word = fc.constantFrom(...names);
const labels = fc.dictionary(fc.constantFrom('app', 'tier'), word, { maxKeys: 2 });
const selector: fc.Arbitrary<LabelSelector> = fc.record({
  matchLabels: fc.dictionary(fc.constantFrom('app', 'tier'), word, { maxKeys: 1 }),
  matchExpressions: fc.array(fc.record({ key: fc.constantFrom('app', 'tier'), operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'), values: fc.array(word, { minLength: 1, maxLength: 2 }) }), { maxLength: 1 }),
});
const peer: fc.Arbitrary<NetworkPolicyPeer> = fc.oneof(
  fc.record({ podSelector: selector }), fc.record({ namespaceSelector: selector }), fc.record({ podSelector: selector, namespaceSelector: selector }),
  fc.record({ cidr: fc.constantFrom('10.0.0.0/24', '10.0.0.0/30', '0.0.0.0/0'), except: fc.constantFrom([], ['10.0.0.2/32']) }),
);
const rule = fc.record({
  peers: fc.array(peer, { maxLength: 2 }),
  ports: fc.array(fc.oneof(fc.constant({ protocol: 'TCP', port: 80 }), fc.constant({ protocol: 'UDP', port: 'dns' }), fc.constant({ protocol: 'TCP', port: 79, endPort: 90 }), fc.constant({ protocol: 'UDP' })), { maxLength: 2 }),
});
const types = fc.constantFrom<NetworkPolicyFacts['policyTypes'][]>(['Ingress'], ['Egress'], ['Ingress', 'Egress']);
const networkPolicy = fc.record({ namespace: word, podSelector: selector, policyTypes: types, ingress: fc.array(rule, { maxLength: 2 }), egress: fc.array(rule, { maxLength: 2 }) });
const tierRule = fc.record({ action: fc.constantFrom('Allow', 'Deny', 'Pass', 'Other'), selector, ports: fc.constantFrom([], [{ portNumber: { protocol: 'TCP', port: 80 } }], [{ namedPort: 'dns' }], [{ strange: 1 }]) });
const tierPolicy = fc.record({ priority: fc.integer({ min: 0, max: 2 }), subject: selector, ingress: fc.array(tierRule, { maxLength: 2 }), egress: fc.array(tierRule, { maxLength: 2 }) });

const cluster: fc.Arbitrary<ReachabilityInput> = fc
  .record({
    pods: fc.array(fc.record({ namespace: word, labels, dns: fc.boolean(), hostNetwork: fc.boolean(), hasAddress: fc.boolean() }), { minLength: 2, maxLength: 6 }),
    namespaces: fc.array(labels, { minLength: 3, maxLength: 3 }),
    policies: fc.array(networkPolicy, { maxLength: 4 }),
    tiers: fc.array(tierPolicy, { maxLength: 3 }),
  })
  .map(({ pods, namespaces, policies, tiers }) => ({
    endpoints: pods.map(({ namespace, labels: own, dns, hostNetwork, hasAddress }, at) => pod(`${namespace}/p${at}`, own, { hostNetwork, addresses: hasAddress ? [`10.0.0.${at + 1}`] : [], ports: dns ? [{ name: 'dns', port: 53, protocol: 'UDP' }] : [] })),
    namespaces: namespaces.map((own, at) => ({ name: names[at]!, labels: own })),
    policies: policies.map((facts, at) => ({ ...facts, name: `np${at}` })),
    tiers: tiers.map(({ priority, subject, ingress, egress }, at) => tier('AdminNetworkPolicy', `anp${at}`, {
      priority, subject: { pods: { namespaceSelector: {}, podSelector: subject } },
      ingress: ingress.map(({ action, selector: from, ports }) => ({ action, ports, from: [{ namespaces: from }] })),
      egress: egress.map(({ action, selector: to, ports }) => ({ action, ports, to: [{ pods: { namespaceSelector: {}, podSelector: to } }] })),
    })),
  }));

const probes = [['TCP', 80], ['TCP', 81], ['UDP', 53], ['SCTP', 9]] as const;
const nameOf = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;

function verdicts(input: ReachabilityInput): ReadonlyMap<string, string> {
  const reachability = new Reachability(input);
  const found = new Map<string, string>();
  for (const from of input.endpoints.map(nameOf)) {
    for (const to of input.endpoints.map(nameOf)) {
      for (const [protocol, port] of from === to ? [] : probes) found.set(`${from} ${to} ${protocol} ${port}`, reachability.pair(party(from), party(to), port, protocol).status);
    }
  }
  return found;
}

describe('reachability', () => {
  it('says in its matrix what it says of each pair', () => {
    fc.assert(fc.property(cluster, (input) => {
      const reachability = new Reachability(input);
      const { compiled } = reachability;
      for (const [key, status] of verdicts(input)) {
        const [from, to, protocol, port] = key.split(' ') as [string, string, string, string];
        const [source, target] = [from, to].map((name) => compiled.classOf[reachability.endpointsOf(party(name))[0]!]!) as [number, number];
        const point = portPoint(protocol, Number(port))!;
        for (const id of [reachability.row(source)![target]!, reachability.column(target)![source]!]) {
          const cell = reachability.cell(id);
          expect(compiled.space.has(cell.allowed, point) ? 'allowed' : compiled.space.has(cell.unknown, point) ? 'unknown' : 'denied').toBe(status);
        }
      }
    }), { numRuns: 150 });
  }, 60_000);

  it('does not hang on the order of objects', () => {
    fc.assert(fc.property(cluster, (input) => {
      const reversed = { ...input, endpoints: [...input.endpoints].reverse(), namespaces: [...input.namespaces].reverse(), policies: [...input.policies].reverse(), tiers: [...(input.tiers ?? [])].reverse() };
      expect([...verdicts(reversed)].sort()).toEqual([...verdicts(input)].sort());
    }), { numRuns: 80 });
  }, 60_000);

  it('changes with names of pods in nothing but the names', () => {
    fc.assert(fc.property(cluster, (input) => {
      const renamed = { ...input, endpoints: input.endpoints.map((endpoint) => ({ ...endpoint, name: `x${endpoint.name}` })) };
      expect([...verdicts(renamed).values()]).toEqual([...verdicts(input).values()]);
    }), { numRuns: 100 });
  }, 60_000);

  it('says of pods that are asked about together what it says of each alone', () => {
    fc.assert(fc.property(cluster, (input) => {
      const apart = { ...input, endpoints: input.endpoints.map((endpoint) => ({ ...endpoint, labels: { ...endpoint.labels, own: endpoint.name } })) };
      expect(verdicts(apart)).toEqual(verdicts(input));
    }), { numRuns: 100 });
  }, 60_000);

  it('never narrows what an isolated pod may do by one more policy', () => {
    fc.assert(fc.property(cluster, networkPolicy, (input, facts) => {
      const isolatingAll = names.map((namespace): NetworkPolicyFacts => ({ namespace, name: 'all', podSelector: { matchLabels: {}, matchExpressions: [] }, policyTypes: ['Ingress', 'Egress'], ingress: [], egress: [] }));
      const policies = [...input.policies, ...isolatingAll];
      const before = verdicts({ ...input, policies });
      const after = verdicts({ ...input, policies: [...policies, { ...facts, name: 'more' }] });
      expect([...before].filter(([key, status]) => status === 'allowed' && after.get(key) !== 'allowed')).toEqual([]);
    }), { numRuns: 80 });
  }, 60_000);
});
