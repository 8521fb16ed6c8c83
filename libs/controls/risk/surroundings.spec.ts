import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf, type InventoryOptions } from '#test/support/example-inventory.js';
import { World } from '../engine/world.js';
import { SurroundingsFinder } from './surroundings.js';

const deployment = (name: string, spec = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec: {template: {metadata: {labels: {app: ${name}}}, spec: {serviceAccountName: ${name}, ${spec}containers: [{name: app, image: a, ports: [{containerPort: 8080}]}]}}}
---`;
const yaml = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---${deployment('web')}${deployment('api')}${deployment('db')}${deployment('agent', 'hostPID: true, ')}${deployment('job', 'automountServiceAccountToken: false, ')}
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec: {podSelector: {matchLabels: {app: api}}, ingress: [{from: [{podSelector: {}}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec: {podSelector: {matchLabels: {app: db}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: api-admin}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: api, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
`;

const finder = (options: InventoryOptions = {}) => new SurroundingsFinder(new World(inventoryOf(objectsOf(yaml), options)));
const ref = (kind: string, name: string, group = '', namespace = 'shop') => ({ group, kind, namespace, name });
const workload = (name: string) => ref('Deployment', name, 'apps');

describe('what surrounds a finding', () => {
  it('is how a workload is reached and what falls with it', () => {
    const of = finder();
    expect(Object.fromEntries(['web', 'api', 'db', 'agent', 'job'].map((name) => [name, of.of(workload(name))]))).toEqual({
      web: { exposure: 'internet', privilege: 'some' },
      api: { exposure: 'namespace', privilege: 'cluster' },
      db: { exposure: 'none', privilege: 'none' },
      agent: { exposure: 'cluster', privilege: 'node' },
      job: { exposure: 'cluster', privilege: 'none' },
    });
  });

  it('is the worst of what stands behind a namespace, an account or a binding', () => {
    const of = finder();
    expect(of.of(ref('Namespace', 'shop', '', ''))).toEqual({ exposure: 'internet' });
    expect(of.of(ref('ServiceAccount', 'api'))).toEqual({ exposure: 'namespace' });
    expect(of.of(ref('ClusterRoleBinding', 'api-admin', 'rbac.authorization.k8s.io', ''))).toEqual({ exposure: 'namespace' });
    expect(of.of(ref('RoleBinding', 'web', 'rbac.authorization.k8s.io'))).toEqual({ exposure: 'internet' });
    expect(of.of(ref('Service', 'web'))).toEqual({ exposure: 'internet' });
    expect(of.of(ref('Node', 'a', '', ''))).toEqual({});
  });

  it('is not known where policies or bindings were not read', () => {
    const blind = { state: 'missing', reason: 'forbidden', detail: 'may not list' } as const;
    const of = finder({ outcomes: { 'networkpolicies.networking.k8s.io': blind, 'clusterrolebindings.rbac.authorization.k8s.io': blind } });
    expect(of.of(workload('db'))).toEqual({ exposure: 'unknown', privilege: 'unknown' });
    expect(of.of(workload('web'))).toMatchObject({ privilege: 'some' });
  });
});
