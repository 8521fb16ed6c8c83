import { describe, expect, it } from 'vitest';
import type { NetworkPolicyFacts } from '../facts.js';
import { difference } from './difference.js';
import { reachabilityMap } from './map.js';
import { mapAsDot, mapAsMermaid } from './map-text.js';
import { destinationsOf, outsideList, sourcesOf } from './reach-list.js';
import { Reachability } from './reachability.js';
import { party, pod, policy, select, service } from './testing/samples.js';

const endpoints = [pod('shop/web', { app: 'web' }), pod('shop/db', { app: 'db' }), pod('tools/tool')];
const of = (policies: readonly NetworkPolicyFacts[], more = endpoints): Reachability => new Reachability({ endpoints: more, namespaces: [], policies, services: [service('shop/web', { app: 'web' }, { type: 'LoadBalancer' })] });
const fromWeb = (port: number) => policy('shop/db', select({ app: 'db' }), { ingress: [{ peers: [{ podSelector: select({ app: 'web' }) }], ports: [{ protocol: 'TCP', port }] }] });
const names = (list: readonly { readonly namespace: string; readonly name: string }[]) => list.map(({ namespace, name }) => `${namespace}/${name}`);

describe('the difference of two states', () => {
  it('lists what is newly reachable, by ports', () => {
    const { newly } = difference(of([fromWeb(80)]), of([fromWeb(81)]));
    expect(newly).toEqual([{
      from: { count: 1, workloads: [{ kind: 'Pod', namespace: 'shop', name: 'web' }] }, to: { count: 1, workloads: [{ kind: 'Pod', namespace: 'shop', name: 'db' }] },
      allowed: [{ protocol: 'TCP', first: 81, last: 81 }], unknown: [],
    }]);
    expect(difference(of([]), of([fromWeb(80)])).newly).toEqual([]);
  });

  it('joins workloads that are alike, and keeps those apart that came or went', () => {
    const many = Array.from({ length: 50 }, (_, at) => pod(`tools/t${at}`));
    const found = difference(of([fromWeb(80)], [...endpoints, ...many]), of([], [...endpoints.slice(1), ...many, pod('new/one')]));
    expect(found.newly).toHaveLength(1);
    expect(found.newly[0]!.from.count).toBe(51);
    expect(names(found.added.workloads)).toEqual(['new/one']);
    expect(names(found.removed.workloads)).toEqual(['shop/web']);
  });

  it('is nothing between equal states', () => {
    expect(difference(of([fromWeb(80)]), of([fromWeb(80)]))).toMatchObject({ newly: [], isCut: false });
  });
});

describe('lists of what is reached', () => {
  it('tell destinations and sources with their ports', () => {
    const reachability = of([fromWeb(80)]);
    const sources = sourcesOf(reachability, reachability.endpointsOf(party('shop/db')));
    expect(sources).toMatchObject({ workloads: [{ name: 'web', ports: { allowed: [{ protocol: 'TCP', first: 80, last: 80 }] } }], outside: { any: { allowed: [] } } });
    const targets = destinationsOf(reachability, reachability.endpointsOf(party('tools/tool')));
    expect(names(targets.workloads)).toEqual(['shop/web']);
    expect(targets.outside.internet.allowed).toHaveLength(3);
    expect(names(destinationsOf(reachability, reachability.endpointsOf(party('shop/web')), { port: { port: 81, protocol: 'TCP' } }).workloads)).toEqual(['tools/tool']);
  });

  it('tell what the outside reaches', () => {
    expect(names(outsideList(of([fromWeb(80)]), 'ingress'))).toEqual(['shop/web', 'tools/tool']);
  });
});

describe('the map', () => {
  it('draws workloads by namespace, the ways in and the ways out', () => {
    const map = reachabilityMap(of([fromWeb(80)]));
    expect(map.nodes.map(({ workloads }) => workloads)).toEqual([['Pod shop/db'], ['Pod shop/web'], ['Pod tools/tool']]);
    expect(map.edges.map(({ from, to }) => `${from} ${to}`)).toContain('internet n2');
    expect(map.edges.map(({ from, to }) => `${from} ${to}`)).not.toContain('n3 n1');
    expect(mapAsDot(map)).toContain('n2 -> n1 [label="TCP 80"];');
    expect(mapAsMermaid(map)).toContain('n2 -->|"TCP 80"| n1');
  });

  it('is bounded and says so', () => {
    const many = Array.from({ length: 40 }, (_, at) => pod(`n${at}/p`, { app: `a${at}` }));
    const policies = many.map(({ namespace }) => policy(`${namespace}/deny`, select(), { ingress: [{ peers: [{ podSelector: select() }], ports: [] }] }));
    const map = reachabilityMap(of(policies, many), { maxNodes: 10, maxEdges: 20 });
    expect([map.nodes.length <= 10, map.edges.length <= 20, map.isCut]).toEqual([true, true, true]);
  });

  it('lets no name break out of a label', () => {
    const map = reachabilityMap(of([], [pod('a"]; x/b"] --> y\n<script>')]));
    expect(mapAsMermaid(map)).not.toMatch(/<script>|b"\]/);
    expect(mapAsDot(map)).not.toMatch(/[^\\]"\]; x/);
  });
});
