import { describe, expect, it } from 'vitest';
import { InventoryBuilder } from '../inventory-builder.js';
import { resourceKeyOf, resourceKeys, type ResourceKey } from '../resources.js';
import { reachabilityInput } from './from-inventory.js';
import { Reachability } from './reachability.js';
import { party, statusOf } from './testing/samples.js';

const codec = { digest: (text: string) => text, compress: (text: string) => Buffer.from(text), expand: (bytes: Uint8Array) => bytes };

function clusterOf(objects: readonly object[], missing: readonly ResourceKey[] = [], by: 'pods' | 'workloads' = 'pods'): Reachability {
  const builder = new InventoryBuilder(codec);
  for (const object of objects) {
    const { apiVersion, kind } = object as { apiVersion: string; kind: string };
    builder.add(resourceKeyOf(apiVersion, kind)!, object);
  }
  for (const key of resourceKeys) {
    if (missing.includes(key)) builder.endMissing(key, 'forbidden', 'may not list');
    else builder.end(key, { state: 'observed', count: builder.countOf(key) });
  }
  return new Reachability(reachabilityInput(builder.finish(), by));
}

const deployment = (name: string, spec: object = {}) => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'shop' },
  spec: { template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'app', ports: [{ containerPort: 8080, name: 'http' }] }], ...spec } } },
});
const networkPolicy = (name: string, spec: object) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace: 'shop' }, spec });
const custom = (apiVersion: string, kind: string, name: string, spec: object, namespace?: string) => ({ apiVersion, kind, metadata: { name, namespace }, spec });
const web = deployment('web');
const db = deployment('db');
const ask = (...objects: readonly object[]) => clusterOf([web, db, ...objects]).pair(party('shop/web'), party('shop/db'), 8080);

describe('reachability from an inventory', () => {
  it('judges workloads by their templates', () => {
    const reachability = clusterOf([web, db, deployment('agent', { hostNetwork: true }), networkPolicy('db', { podSelector: { matchLabels: { app: 'db' } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 'http' }] }] })]);
    expect([statusOf(reachability, 'shop/web', 'shop/db', 8080), statusOf(reachability, 'shop/web', 'shop/db', 8081), statusOf(reachability, 'shop/db', 'shop/Deployment/web', 1)]).toEqual(['allowed', 'denied', 'allowed']);
    expect(statusOf(reachability, 'shop/web', 'shop/agent', 8081)).toBe('allowed');
  });

  describe('with pods', () => {
    const podOf = (name: string, app: string, podIP: string, nodeName: string, spec: object = {}) => ({
      apiVersion: 'v1', kind: 'Pod',
      metadata: { name, namespace: 'shop', labels: { app, 'pod-template-hash': '7f' }, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${app}-7f`, uid: 'u', controller: true }] },
      spec: { nodeName, containers: [{ name: 'app', image: 'app' }], ...spec }, status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }] },
    });
    const pods = [podOf('web-7f-a', 'web', '10.1.0.1', 'one'), podOf('web-7f-b', 'web', '10.1.1.1', 'two'), podOf('db-7f-a', 'db', '10.1.1.2', 'two')];
    const block = networkPolicy('db', { podSelector: { matchLabels: { app: 'db' } }, ingress: [{ from: [{ ipBlock: { cidr: '10.1.0.0/24' } }] }] });

    it('asks for each by its own name, its address or its workload', () => {
      const reachability = clusterOf([web, db, ...pods, block]);
      const answers = ['shop/web-7f-a', 'shop/web-7f-b', 'shop/Pod/web-7f-b', '10.1.0.1', '10.1.1.1', '10.1.0.77', 'shop/web'].map((from) => statusOf(reachability, from, 'shop/db', 8080));
      expect(answers).toEqual(['allowed', 'denied', 'denied', 'allowed', 'denied', 'allowed', 'allowed']);
      expect(reachability.pair(party('shop/web'), party('shop/db-7f-a'), 8080)).toMatchObject({ status: 'allowed', caveats: ['ip-block-on-pod-address', 'some-pods'] });
      expect(reachability.workloads).toMatchObject([{ kind: 'Deployment', name: 'web', pods: 2 }, { kind: 'Deployment', name: 'db', pods: 1 }]);
    });

    it('takes the pods of a template together where only workloads are asked about', () => {
      const reachability = clusterOf([web, db, deployment('api'), deployment('idle'), ...pods, podOf('api-7f-a', 'api', '10.1.1.3', 'two'), block], [], 'workloads');
      expect(reachability.workloads).toMatchObject([{ kind: 'Deployment', name: 'web', pods: 2 }, { name: 'db', pods: 1 }, { name: 'api', pods: 1 }, { name: 'idle', pods: 0 }]);
      expect(reachability.input.endpoints).toHaveLength(4);
      // Some pod of web has an address within the block, no pod of api has, and of idle there is none yet.
      expect(['shop/web', 'shop/api', 'shop/idle'].map((from) => statusOf(reachability, from, 'shop/db', 8080))).toEqual(['allowed', 'denied', 'unknown']);
      expect(reachability.workload({ namespace: 'shop', kind: 'Deployment', name: 'web' })).toBe(reachability.workloads[0]);
      expect(reachability.workload({ namespace: 'shop', kind: 'StatefulSet', name: 'web' })).toBeUndefined();
    });

    it('knows the nodes that they share with pods of the host network', () => {
      const agent = podOf('agent-7f-a', 'agent', '192.0.2.2', 'two', { hostNetwork: true });
      const reachability = clusterOf([web, db, deployment('agent', { hostNetwork: true }), ...pods, agent, networkPolicy('all', { podSelector: {} })]);
      expect(['shop/db', 'shop/web-7f-a', 'shop/web'].map((to) => statusOf(reachability, 'shop/agent', to))).toEqual(['allowed', 'denied', 'allowed']);
      expect(reachability.pair(party('shop/agent'), party('shop/web'), 80)).toMatchObject({ caveats: ['some-pods'] });
    });

    it('knows the addresses of nodes, where all nodes were read', () => {
      const node = (name: string, address: string, role: string) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { role } }, status: { addresses: [{ type: 'InternalIP', address }, { type: 'Hostname', address: name }] } });
      const agents = [podOf('agent-7f-a', 'agent', '192.0.2.1', 'one', { hostNetwork: true }), podOf('agent-7f-b', 'agent', '192.0.2.2', 'two', { hostNetwork: true })];
      const deny = custom('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', 'nodes', { priority: 1, subject: { namespaces: {} }, egress: [{ action: 'Deny', to: [{ nodes: { matchLabels: { role: 'control-plane' } } }] }] });
      const objects = [web, db, deployment('agent', { hostNetwork: true }), ...pods, ...agents, node('one', '192.0.2.1', 'control-plane'), node('two', '192.0.2.2', 'worker'), deny];
      const of = (reachability: Reachability) => ['192.0.2.1', '192.0.2.2', 'shop/agent-7f-a', 'shop/agent-7f-b', 'shop/db'].map((to) => statusOf(reachability, 'shop/web-7f-b', to));
      expect(of(clusterOf(objects))).toEqual(['denied', 'allowed', 'denied', 'allowed', 'allowed']);
      expect(of(clusterOf(objects, ['nodes']))).toEqual(['unknown', 'unknown', 'unknown', 'allowed', 'allowed']);
    });
  });

  it('is unknown where policies could not be read, naming the evidence', () => {
    const answer = clusterOf([web, db], ['globalnetworkpolicies.crd.projectcalico.org']).pair(party('shop/web'), party('shop/db'), 8080);
    expect(answer).toMatchObject({ status: 'unknown', unknown: [{ kind: 'missing', evidence: { fact: 'globalnetworkpolicies.crd.projectcalico.org', reason: 'forbidden' } }] });
  });

  it('evaluates the tiers', () => {
    expect(ask(custom('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', 'deny', { priority: 1, subject: { namespaces: {} }, ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] })).status).toBe('denied');
    expect(ask(custom('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', 'odd', { tier: 'Other', priority: 1, subject: { namespaces: {} } }))).toMatchObject({ status: 'unknown', unknown: [{ kind: 'other-engine', object: { name: 'odd' } }] });
  });

  it.each([
    ['crd.projectcalico.org/v1', 'NetworkPolicy', { selector: "app == 'db'" }, 'shop', true],
    ['crd.projectcalico.org/v1', 'NetworkPolicy', { selector: "app == 'other'" }, 'shop', false],
    ['crd.projectcalico.org/v1', 'NetworkPolicy', { selector: 'all()' }, 'elsewhere', false],
    ['crd.projectcalico.org/v1', 'GlobalNetworkPolicy', { namespaceSelector: "projectcalico.org/name == 'shop'", types: ['Egress'] }, undefined, true],
    ['crd.projectcalico.org/v1', 'GlobalNetworkPolicy', { namespaceSelector: "projectcalico.org/name == 'other'" }, undefined, false],
    ['cilium.io/v2', 'CiliumNetworkPolicy', { endpointSelector: { matchLabels: { 'k8s:app': 'db' } }, ingress: [{}] }, 'shop', true],
    ['cilium.io/v2', 'CiliumNetworkPolicy', { endpointSelector: { matchLabels: { app: 'db' } }, egress: [{}] }, 'shop', false],
    ['cilium.io/v2', 'CiliumClusterwideNetworkPolicy', { endpointSelector: {}, ingressDeny: [{}] }, undefined, true],
    ['cilium.io/v2', 'CiliumClusterwideNetworkPolicy', { nodeSelector: {}, ingress: [{}] }, undefined, false],
    ['security.istio.io/v1', 'AuthorizationPolicy', { selector: { matchLabels: { app: 'db' } } }, 'shop', true],
    ['security.istio.io/v1', 'AuthorizationPolicy', {}, 'elsewhere', false],
  ])('answers unknown where %s %s %j of %s selects a pod: %s', (apiVersion, kind, spec, namespace, isUnknown) => {
    const answer = ask(custom(apiVersion, kind, 'theirs', spec, namespace));
    expect(answer.status).toBe(isUnknown ? 'unknown' : 'allowed');
    if (isUnknown) expect(answer.unknown).toMatchObject([{ kind: 'other-engine', object: { kind, name: 'theirs' } }]);
  });

  it('answers unknown where a policy tells pods of one template apart', () => {
    const first = networkPolicy('first', { podSelector: { matchLabels: { app: 'db', 'statefulset.kubernetes.io/pod-name': 'db-0' } } });
    expect(ask(first)).toMatchObject({ status: 'unknown', unknown: [{ object: { name: 'first' } }] });
  });
});
