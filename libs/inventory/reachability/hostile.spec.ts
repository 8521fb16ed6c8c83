import { describe, expect, it } from 'vitest';
import type { NetworkPolicyFacts, NetworkPolicyPeer } from '../facts.js';
import { ExposureFinder } from './exposure.js';
import { reachabilityMap } from './map.js';
import { Reachability } from './reachability.js';
import { pod, policy, select, statusOf } from './testing/samples.js';

const endpoints = Array.from({ length: 2000 }, (_, at) => pod(`ns${at % 20}/p${at}`, { app: `a${at}`, all: 'yes' }, { addresses: [`10.0.${at >> 8}.${at & 255}`] }));
const of = (policies: readonly NetworkPolicyFacts[]): Reachability => new Reachability({ endpoints, namespaces: [], policies });
const times = <T>(count: number, make: (at: number) => T): readonly T[] => Array.from({ length: count }, (_, at) => make(at));

function within(milliseconds: number, run: () => void): void {
  const start = performance.now();
  run();
  expect(performance.now() - start).toBeLessThan(milliseconds);
}

describe('hostile policies', () => {
  it('with 5,000 peers end in bounded time', () => {
    const peers = times(5000, (at): NetworkPolicyPeer => (at % 2 === 0 ? { podSelector: { matchLabels: {}, matchExpressions: [{ key: 'app', operator: 'NotIn', values: [`a${at}`] }] }, namespaceSelector: select() } : { cidr: `10.0.${at % 256}.0/25`, except: [`10.0.${at % 256}.3/32`] }));
    within(20_000, () => {
      const reachability = of([policy('ns0/many', select(), { ingress: [{ peers, ports: [] }] })]);
      expect(statusOf(reachability, 'ns1/p1', 'ns0/p0')).toBe('allowed');
      expect(reachability.row(0)).toBeDefined();
    });
  }, 60_000);

  it('that select everything, by the thousand, end in bounded time', () => {
    within(20_000, () => {
      const reachability = of(times(5000, (at) => policy(`ns${at % 20}/all${at}`, select({ all: 'yes' }), { ingress: [{ peers: [{ namespaceSelector: select() }], ports: [{ protocol: 'TCP', port: at + 1 }] }], egress: [{ peers: [], ports: [] }] })));
      expect(reachability.compiled.classes).toBe(20);
      expect(reachability.pair({ kind: 'endpoint', namespace: 'ns1', name: 'p1' }, { kind: 'endpoint', namespace: 'ns0', name: 'p0' }, 1).ingress.policies).toHaveLength(16);
      for (let id = 0; id < reachability.compiled.classes; id++) expect(reachability.row(id)).toBeDefined();
    });
  }, 60_000);

  it('with ports that make every set of ports another give up the matrix, not the answer', () => {
    const ingress = times(3000, (at) => ({ peers: [{ namespaceSelector: select(), podSelector: { matchLabels: {}, matchExpressions: [{ key: 'app', operator: 'NotIn', values: [`a${at}`] }] } }], ports: [{ protocol: 'TCP', port: 2 * at + 1 }] }));
    within(20_000, () => {
      const reachability = of([policy('ns0/ports', select(), { ingress })]);
      expect(statusOf(reachability, 'ns1/p1', 'ns0/p0', 3)).toBe('denied');
      expect(statusOf(reachability, 'ns1/p1', 'ns0/p0', 5)).toBe('allowed');
      expect(reachabilityMap(reachability).isCut).toBe(true);
    });
  }, 60_000);

  it('that say nothing sensible are unknown, never an error', () => {
    const reachability = of([policy('ns0/odd', select(), { ingress: [{ peers: [{}, { cidr: 'everywhere' }], ports: [{ protocol: 'ICMP', port: Number.NaN }, { protocol: 'TCP', port: -1, endPort: 99_999 }] }] })]);
    expect(statusOf(reachability, 'ns1/p1', 'ns0/p0')).toBe('unknown');
    expect(statusOf(new Reachability({ endpoints: [], namespaces: [], policies: [policy('ns0/x', select(), { ingress: [] })] }), 'a/b', 'c/d')).toBe('unknown');
    expect(reachabilityMap(new Reachability({ endpoints: [], namespaces: [], policies: [] }))).toMatchObject({ nodes: [], edges: [] });
    const finder = new ExposureFinder(reachability);
    expect(finder.exposure(reachability.workloads[0]!)).toMatchObject({ level: 'none', mayBe: 'cluster' });
  });
});
