import { describe, expect, it } from 'vitest';
import type { NetworkPolicyRule } from '../facts.js';
import type { Endpoint, ReachabilityInput } from './input.js';
import { Reachability } from './reachability.js';
import { party, pod, policy, select, statusOf } from './testing/samples.js';

const web = pod('shop/web', { app: 'web' });
const db = pod('shop/db', { app: 'db' }, { ports: [{ port: 5432, protocol: 'TCP', name: 'sql' }, { port: 5432, protocol: 'UDP', name: 'sql-udp' }] });
const tool = pod('tools/tool', { app: 'web' });

const cluster = (policies: ReachabilityInput['policies'], endpoints: readonly Endpoint[] = [web, db, tool]): Reachability =>
  new Reachability({ endpoints, namespaces: [{ name: 'shop', labels: { team: 'shop' } }, { name: 'tools', labels: { team: 'tools' } }], policies });
const into = (rule: Partial<NetworkPolicyRule>, endpoints?: readonly Endpoint[]): Reachability => cluster([policy('shop/db', select({ app: 'db' }), { ingress: [{ peers: [], ports: [], ...rule }] })], endpoints);

describe('NetworkPolicy', () => {
  it('isolates only the direction it is about', () => {
    const reachability = cluster([policy('shop/deny', select({ app: 'db' }), { ingress: [] })]);
    expect(statusOf(reachability, 'shop/web', 'shop/db')).toBe('denied');
    expect(statusOf(reachability, 'shop/db', 'shop/web')).toBe('allowed');
    expect(reachability.isolation(party('shop/db'))).toMatchObject({ ingress: { isIsolated: true }, egress: { isIsolated: false } });
  });

  it('means its own namespace with a pod selector, and pods of the selected namespaces with both', () => {
    const own = into({ peers: [{ podSelector: select({ app: 'web' }) }] });
    expect([statusOf(own, 'shop/web', 'shop/db'), statusOf(own, 'tools/tool', 'shop/db')]).toEqual(['allowed', 'denied']);
    const other = into({ peers: [{ namespaceSelector: select({ team: 'tools' }), podSelector: select({ app: 'web' }) }] });
    expect([statusOf(other, 'shop/web', 'shop/db'), statusOf(other, 'tools/tool', 'shop/db')]).toEqual(['denied', 'allowed']);
    expect(statusOf(into({ peers: [{ namespaceSelector: select() }] }), 'tools/tool', 'shop/db')).toBe('allowed');
    expect(statusOf(into({ peers: [{ namespaceSelector: select() }] }), '192.0.2.1', 'shop/db')).toBe('denied');
    expect(statusOf(into({}), '192.0.2.1', 'shop/db')).toBe('allowed');
  });

  it('knows every namespace by the name label that the API server sets', () => {
    const reachability = into({ peers: [{ namespaceSelector: select({ 'kubernetes.io/metadata.name': 'tools' }) }] });
    expect(statusOf(reachability, 'tools/tool', 'shop/db')).toBe('allowed');
  });

  it('matches an absent key by NotIn', () => {
    const not = (operator: string, values: readonly string[]) => into({ peers: [{ podSelector: { matchLabels: {}, matchExpressions: [{ key: 'tier', operator, values }] } }] });
    expect(statusOf(not('NotIn', ['front']), 'shop/web', 'shop/db')).toBe('allowed');
    expect(statusOf(not('In', ['front']), 'shop/web', 'shop/db')).toBe('denied');
  });

  it('resolves a named port on the destination and its protocol', () => {
    const named = into({ ports: [{ protocol: 'TCP', port: 'sql' }] });
    expect([statusOf(named, 'shop/web', 'shop/db', 5432), statusOf(named, 'shop/web', 'shop/db', 5432, 'UDP'), statusOf(named, 'shop/web', 'shop/db', 80)]).toEqual(['allowed', 'denied', 'denied']);
    const out = cluster([policy('shop/out', select({ app: 'web' }), { egress: [{ peers: [], ports: [{ protocol: 'TCP', port: 'sql' }] }] })]);
    expect([statusOf(out, 'shop/web', 'shop/db', 5432), statusOf(out, 'shop/web', 'tools/tool', 5432), statusOf(out, 'shop/web', '192.0.2.1', 5432)]).toEqual(['allowed', 'denied', 'denied']);
  });

  it('allows a range by endPort, ends included, on its protocol', () => {
    const range = into({ ports: [{ protocol: 'SCTP', port: 100, endPort: 200 }] });
    expect([99, 100, 200, 201].map((port) => statusOf(range, 'shop/web', 'shop/db', port, 'SCTP'))).toEqual(['denied', 'allowed', 'allowed', 'denied']);
    expect(statusOf(range, 'shop/web', 'shop/db', 150)).toBe('denied');
    expect(statusOf(into({ ports: [{ protocol: 'TCP', port: 200, endPort: 100 }] }), 'shop/web', 'shop/db', 150)).toBe('denied');
    expect(statusOf(into({ ports: [{ protocol: 'UDP' }] }), 'shop/web', 'shop/db', 65_535, 'UDP')).toBe('allowed');
  });

  it('takes blocks without their exceptions, and says where one matched a pod', () => {
    const at = (address: string) => pod('tools/tool', {}, { addresses: [address] });
    const rule = { peers: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }] };
    expect(statusOf(into(rule), '10.2.0.1', 'shop/db')).toBe('allowed');
    expect(statusOf(into(rule), '10.1.0.1', 'shop/db')).toBe('denied');
    const answer = into(rule, [db, at('10.2.0.1')]).pair(party('tools/tool'), party('shop/db'), 80);
    expect(answer).toMatchObject({ status: 'allowed', caveats: ['ip-block-on-pod-address'] });
    expect(statusOf(into(rule, [db, at('10.1.0.1')]), 'tools/tool', 'shop/db')).toBe('denied');
    expect(into(rule).pair(party('tools/tool'), party('shop/db'), 80)).toMatchObject({ status: 'unknown', unknown: [{ kind: 'address-not-known', object: { name: 'db' } }] });
  });

  it('leaves pods of the host network alone, and sees them as their node', () => {
    const host = pod('tools/agent', { app: 'web' }, { hostNetwork: true, addresses: ['192.168.0.7'], node: 'a' });
    const endpoints = [web, { ...db, node: 'b' }, host, pod('shop/near', { app: 'db' }, { node: 'a' })];
    const reachability = cluster([policy('shop/db', select({ app: 'db' }), { ingress: [{ peers: [{ namespaceSelector: select() }], ports: [] }] }), policy('tools/all', select(), { ingress: [], egress: [] })], endpoints);
    expect(statusOf(reachability, 'tools/agent', 'shop/web')).toBe('allowed');
    expect(statusOf(reachability, 'shop/web', 'tools/agent')).toBe('allowed');
    expect(statusOf(reachability, 'tools/agent', 'shop/db')).toBe('denied');
    // A node always reaches its own pods.
    expect(reachability.pair(party('tools/agent'), party('shop/near'), 80)).toMatchObject({ status: 'allowed', ingress: { by: 'own-node' } });
  });

  it('lets a pod reach itself', () => {
    expect(cluster([policy('shop/deny', select(), { ingress: [], egress: [] })]).pair(party('shop/db'), party('shop/db'), 80)).toMatchObject({ status: 'allowed', ingress: { by: 'self' } });
  });

  it('names the policies and rules that decide', () => {
    const reachability = into({ peers: [{ podSelector: select({ app: 'web' }) }] });
    expect(reachability.pair(party('shop/web'), party('shop/db'), 80).ingress).toMatchObject({ by: 'network-policy', policies: [{ name: 'db' }], rules: [{ index: 0, action: 'allow', direction: 'ingress' }] });
    expect(reachability.pair(party('tools/tool'), party('shop/db'), 80)).toMatchObject({ ingress: { status: 'denied', policies: [{ name: 'db' }], rules: [] }, egress: { by: 'no-policy' } });
  });

  it('answers unknown, with the reason, to questions about nobody', () => {
    expect(cluster([]).pair(party('shop/nobody'), party('shop/db'), 80).unknown).toEqual([{ kind: 'not-found', party: 'shop/nobody' }]);
    expect(cluster([]).pair(party('shop/web'), party('shop/db'), 70_000).unknown).toEqual([{ kind: 'invalid', field: 'port' }]);
    expect(cluster([]).pair(party('shop/web'), party('shop/db'), 80, 'ICMP').unknown).toEqual([{ kind: 'invalid', field: 'protocol' }]);
  });

  it('is certain of nothing that policies decide while policies may be missing', () => {
    const evidence = { fact: 'networkpolicies.networking.k8s.io', reason: 'forbidden', detail: 'may not list' } as const;
    const host = pod('tools/agent', {}, { hostNetwork: true });
    const reachability = new Reachability({ endpoints: [web, db, host, { ...host, name: 'other' }], namespaces: [], policies: [], missing: [evidence] });
    expect(reachability.pair(party('shop/web'), party('shop/db'), 80)).toMatchObject({ status: 'unknown', unknown: [{ kind: 'missing', evidence }] });
    expect(statusOf(reachability, 'tools/agent', 'tools/other')).toBe('allowed');
  });

  it('answers unknown where an object of another engine selects the pod', () => {
    const object = { group: 'cilium.io', kind: 'CiliumNetworkPolicy', namespace: 'shop', name: 'l7' };
    const unevaluated = [{ object, directions: ['ingress'] as const, effect: 'replaces' as const, selects: ({ labels }: { labels: Readonly<Record<string, string>> }) => labels['app'] === 'db' }];
    const reachability = new Reachability({ endpoints: [web, db], namespaces: [], policies: [], unevaluated });
    expect(reachability.pair(party('shop/web'), party('shop/db'), 80)).toMatchObject({ status: 'unknown', unknown: [{ kind: 'other-engine', object }] });
    expect(statusOf(reachability, 'shop/db', 'shop/web')).toBe('allowed');
    const mesh = new Reachability({ endpoints: [web, db], namespaces: [], policies: [policy('shop/deny', select(), { ingress: [] })], unevaluated: [{ ...unevaluated[0]!, effect: 'narrows' }] });
    expect(statusOf(mesh, 'shop/web', 'shop/db')).toBe('denied');
  });
});
