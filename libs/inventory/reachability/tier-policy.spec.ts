import { describe, expect, it } from 'vitest';
import type { NetworkPolicyFacts } from '../facts.js';
import type { TierPolicy } from './input.js';
import { Reachability } from './reachability.js';
import { party, pod, policy, select, statusOf, tier } from './testing/samples.js';
import { readTierPolicy } from './tier-policy.js';

const endpoints = [pod('shop/web', { app: 'web' }, { addresses: ['10.0.0.1'] }), pod('shop/db', { app: 'db' }, { addresses: ['10.0.0.2'], ports: [{ port: 5432, protocol: 'TCP', name: 'sql' }] })];
const cluster = (tiers: readonly TierPolicy[], policies: readonly NetworkPolicyFacts[] = []): Reachability => new Reachability({ endpoints, namespaces: [], policies, tiers });
const subject = { namespaces: {} };
const from = [{ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: 'web' } } } }];
const admin = (name: string, priority: number, action: string, more: object = {}): TierPolicy => tier('AdminNetworkPolicy', name, { priority, subject, ingress: [{ action, from, ...more }] });
const baseline = (action: string): TierPolicy => tier('BaselineAdminNetworkPolicy', 'default', { subject, ingress: [{ action, from: [{ namespaces: {} }] }] });
const denyAll = policy('shop/deny', select(), { ingress: [] });
const allowAll = policy('shop/allow', select(), { ingress: [{ peers: [], ports: [] }] });
const at = (reachability: Reachability, port = 80) => statusOf(reachability, 'shop/web', 'shop/db', port);

describe('tiers of the administrators', () => {
  it('decide before and after NetworkPolicies', () => {
    expect(at(cluster([admin('a', 1, 'Allow')], [denyAll]))).toBe('allowed');
    expect(at(cluster([admin('a', 1, 'Deny')], [allowAll]))).toBe('denied');
    expect(at(cluster([admin('a', 1, 'Pass'), admin('b', 2, 'Deny')], [allowAll]))).toBe('allowed');
    expect(at(cluster([baseline('Deny')]))).toBe('denied');
    expect(at(cluster([baseline('Deny')], [allowAll]))).toBe('allowed');
    expect(at(cluster([admin('a', 1, 'Pass'), baseline('Deny')]))).toBe('denied');
    expect(at(cluster([admin('a', 1, 'Allow'), baseline('Deny')]))).toBe('allowed');
  });

  it('take the lowest priority first and the first rule of a policy', () => {
    expect(at(cluster([admin('late', 20, 'Deny'), admin('early', 3, 'Allow')]))).toBe('allowed');
    expect(at(cluster([tier('AdminNetworkPolicy', 'a', { priority: 1, subject, ingress: [{ action: 'Deny', from }, { action: 'Allow', from }] })]))).toBe('denied');
  });

  it('answer unknown where policies of one priority contradict each other', () => {
    const answer = cluster([admin('a', 5, 'Allow'), admin('b', 5, 'Deny')]).pair(party('shop/web'), party('shop/db'), 80);
    expect(answer).toMatchObject({ status: 'unknown', unknown: [{ kind: 'equal-priority', objects: [{ name: 'a' }, { name: 'b' }] }] });
    expect(at(cluster([admin('a', 5, 'Deny'), admin('b', 5, 'Deny')]))).toBe('denied');
  });

  it('know ports by number, range and name', () => {
    const on = (port: object) => cluster([admin('a', 1, 'Deny', { ports: [port] })]);
    expect([at(on({ portNumber: { protocol: 'TCP', port: 80 } })), at(on({ portNumber: { protocol: 'TCP', port: 80 } }), 81)]).toEqual(['denied', 'allowed']);
    expect([at(on({ portRange: { protocol: 'TCP', start: 80, end: 90 } }), 90), at(on({ portRange: { protocol: 'TCP', start: 80, end: 90 } }), 91)]).toEqual(['denied', 'allowed']);
    expect([at(on({ namedPort: 'sql' }), 5432), at(on({ namedPort: 'sql' }))]).toEqual(['denied', 'allowed']);
  });

  it('read ClusterNetworkPolicy of both tiers', () => {
    const cnp = (tierName: string, action: string, protocols: readonly object[] = []) => tier('ClusterNetworkPolicy', 'c', { tier: tierName, priority: 1, subject, ingress: [{ action, from, protocols }] });
    expect(at(cluster([cnp('Admin', 'Deny', [{ tcp: { destinationPort: { number: 80 } } }])], [allowAll]))).toBe('denied');
    expect(at(cluster([cnp('Baseline', 'Deny', [{ tcp: {} }])], [allowAll]))).toBe('allowed');
    expect(at(cluster([cnp('Baseline', 'Deny', [{ tcp: { destinationPort: { range: { start: 79, end: 81 } } } }])]))).toBe('denied');
    expect(at(cluster([cnp('Baseline', 'Deny', [{ udp: {} }, { destinationNamedPort: 'sql' }])]), 5432)).toBe('denied');
    expect(at(cluster([cnp('Admin', 'Accept')], [denyAll]))).toBe('allowed');
  });

  it('check networks against pods too, and do not guess nodes and names', () => {
    const out = (to: object) => cluster([tier('AdminNetworkPolicy', 'out', { priority: 1, subject, egress: [{ action: 'Deny', to: [to] }] })]);
    expect([at(out({ networks: ['10.0.0.2/32'] })), statusOf(out({ networks: ['10.0.0.2/32'] }), 'shop/db', 'shop/web')]).toEqual(['denied', 'allowed']);
    expect(statusOf(out({ networks: ['0.0.0.0/0'] }), 'shop/web', '192.0.2.1')).toBe('denied');
    expect(out({ domainNames: ['example.org'] }).pair(party('shop/web'), party('192.0.2.1'), 443)).toMatchObject({ status: 'unknown', unknown: [{ kind: 'domain-names' }] });
    expect(out({ nodes: {} }).pair(party('shop/web'), party('192.0.2.1'), 443)).toMatchObject({ status: 'unknown', unknown: [{ kind: 'nodes-not-known' }] });
    expect(at(out({ nodes: {} }))).toBe('allowed');
  });

  it('answer unknown where a part cannot be read, unless it makes no difference', () => {
    const strange = (action: string, more: object = {}) => admin('strange', 1, action, more);
    expect(cluster([strange('Allow', { from: [{ services: {} }] }), baseline('Deny')]).pair(party('shop/web'), party('shop/db'), 80)).toMatchObject({ status: 'unknown', unknown: [{ kind: 'unreadable', object: { name: 'strange' }, field: 'ingress[0].from' }] });
    expect(at(cluster([strange('Allow', { from: [{ services: {} }] })]))).toBe('allowed');
    expect(at(cluster([strange('Log'), baseline('Deny')]))).toBe('unknown');
    expect(at(cluster([strange('Deny', { ports: [{ icmp: {} }] })]))).toBe('unknown');
  });

  it.each([undefined, null, 7, 'x', [], { subject: 7 }, { subject: {}, priority: 1 }, { subject: { namespaces: { matchLabels: { a: 1 } } }, priority: 1 }, { subject: { namespaces: {} }, priority: 'first' }])('reads a spec of %j as an object that may select any pod', (spec) => {
    const read = readTierPolicy('AdminNetworkPolicy', { namespace: '', name: 'x', spec });
    expect('unreadable' in read && read.unreadable.object.name).toBe('x');
  });
});
