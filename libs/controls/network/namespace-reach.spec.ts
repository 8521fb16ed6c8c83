import { describe, expect, it } from 'vitest';
import { reachabilityInput } from '#inventory/reachability/from-inventory.js';
import { Reachability } from '#inventory/reachability/reachability.js';
import { inventoryOf } from '#test/support/example-inventory.js';
import { NamespaceReach } from './namespace-reach.js';

const namespaces = ['shop', 'data', 'ops', 'apart'];
const pod = (namespace: string, name = 'web', spec: object = {}) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'a' }], ...spec } });
const policy = (namespace: string, spec: object) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'policy', namespace }, spec });
const admin = (spec: object) => ({ apiVersion: 'policy.networking.k8s.io/v1alpha1', kind: 'AdminNetworkPolicy', metadata: { name: 'admin' }, spec: { priority: 1, ...spec } });
const named = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });

function reach(...objects: readonly object[]) {
  const cluster = inventoryOf([...namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } })), ...objects]);
  const found = new NamespaceReach(new Reachability(reachabilityInput(cluster, 'workloads'))).of('data');
  return found && { from: [...found.from].sort(), open: found.open.map(({ name }) => name), isSure: found.doubts.length === 0 };
}

describe('reach between namespaces that nobody asks for', () => {
  it('comes from every namespace that lets its pods out', () => {
    expect(reach(pod('data'), pod('shop'), pod('ops'), policy('ops', { podSelector: {}, policyTypes: ['Egress'] }))).toEqual({ from: ['shop'], open: ['web'], isSure: true });
  });

  it('is not what a source\'s own policy names', () => {
    expect(reach(pod('data'), pod('shop'), policy('shop', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ namespaceSelector: named('data') }] }] }))).toEqual({ from: [], open: ['web'], isSure: true });
  });

  it('is not there for pods that a policy isolates, whomever that lets in, and is for those beside them', () => {
    const isolated = policy('data', { podSelector: { matchLabels: { app: 'db' } }, ingress: [{}] });
    expect(reach(pod('data', 'db'), pod('shop'), isolated)).toEqual({ from: [], open: [], isSure: true });
    expect(reach(pod('data', 'db'), pod('data', 'cache'), pod('shop'), isolated)).toEqual({ from: ['shop'], open: ['cache'], isSure: true });
  });

  it('leaves out namespaces that an administrator denies, on either side', () => {
    const pods = [pod('data'), pod('shop'), pod('ops')];
    expect(reach(...pods, admin({ subject: { namespaces: named('data') }, ingress: [{ action: 'Deny', from: [{ namespaces: named('shop') }] }] }))?.from).toEqual(['ops']);
    expect(reach(...pods, admin({ subject: { namespaces: named('ops') }, egress: [{ action: 'Deny', to: [{ namespaces: named('data') }] }] }))?.from).toEqual(['shop']);
  });

  it('is not known where another engine may decide', () => {
    const theirs = { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: 'theirs', namespace: 'data' }, spec: { endpointSelector: {}, ingress: [{}] } };
    expect(reach(pod('data'), pod('shop'), theirs)).toEqual({ from: [], open: [], isSure: false });
  });

  it('asks of no namespace whose pods use their nodes\' network', () => {
    expect(reach(pod('data', 'agent', { hostNetwork: true }), pod('shop'))).toBeUndefined();
    expect(reach(pod('data'), pod('shop', 'agent', { hostNetwork: true }))?.from).toEqual([]);
  });
});
