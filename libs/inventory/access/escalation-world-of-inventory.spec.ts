import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf } from '#test/support/example-inventory.js';
import { AccessIndex } from './access-index.js';
import { accessFactsOf } from './access-of-inventory.js';
import { EscalationPaths } from './escalation-paths.js';
import { escalationWorldOf } from './escalation-world-of-inventory.js';
import type { EscalationPath, EscalationWorkload } from './escalation-world.js';

const sample = objectsOf(readFileSync('apps/standalone/sample/shop.yaml', 'utf8'));
const pod = (spec: object, name = 'web') => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, spec });
const account = (more: object = {}) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop' }, ...more });
const app = (more: object = {}) => ({ containers: [{ name: 'app', image: 'a', ...more }] });
const workloadOf = (...objects: object[]): EscalationWorkload => escalationWorldOf(inventoryOf(objects)).world.workloads[0]!;

describe('the world of an inventory', () => {
  const { world, incomplete } = escalationWorldOf(inventoryOf(sample));
  const workload = (namespace: string, name: string) => world.workloads.find((one) => one.namespace === namespace && one.name === name);

  it('has the namespaces of the sample, its nodes and its token Secret', () => {
    expect(incomplete).toEqual([]);
    const enforced = Object.fromEntries(world.namespaces.map(({ name, enforce }) => [name, enforce]));
    expect(enforced).toMatchObject({ 'shop-frontend': 'restricted', 'shop-orders': 'baseline', observability: 'privileged', search: undefined, data: undefined, ci: undefined });
    expect(world.nodes.filter((node) => node.isControlPlane).map(({ name }) => name)).toEqual(['shop-cp-1']);
    expect(world.tokenSecrets).toEqual([{ namespace: 'ci', name: 'deployer-token-x7k2p', serviceAccount: 'deployer' }]);
  });

  it('has its workloads, with what somebody in their pods finds', () => {
    expect(workload('ci', 'deployer')).toEqual({ kind: 'Deployment', namespace: 'ci', name: 'deployer', serviceAccount: 'deployer', mountsToken: true, reachesHost: false, nodes: ['shop-w-3'] });
    expect(workload('legacy', 'log-agent')).toMatchObject({ mountsToken: true, reachesHost: true, nodes: ['shop-old-1'] });
    expect(workload('shop-frontend', 'storefront')).toMatchObject({ mountsToken: false, reachesHost: false });
    expect(workload('kube-system', 'etcd-shop-cp-1')).toMatchObject({ mountsToken: false, reachesHost: true, nodes: ['shop-cp-1'] });
    expect(workload('ci', 'image-pruner')).not.toHaveProperty('nodes');
  });

  it('leads from the pipeline, the careless agent and the ingress to the top', () => {
    const paths = new EscalationPaths(new AccessIndex(accessFactsOf(inventoryOf(sample))), world);
    const reasons = (path: EscalationPath | undefined) => path?.steps.map(({ reason }) => reason);
    expect(reasons(paths.ofWorkload({ kind: 'Deployment', namespace: 'ci', name: 'deployer' }))).toEqual(['mounted-token', 'everything']);
    expect(reasons(paths.ofWorkload({ kind: 'Deployment', namespace: 'ingress-nginx', name: 'ingress-nginx' }))).toEqual(['mounted-token', 'read-secrets', 'everything']);
    expect(reasons(paths.ofWorkload({ kind: 'StatefulSet', namespace: 'ci', name: 'runner' }))).toEqual(['host-access', 'node-tokens', 'everything']);
    expect(paths.ofWorkload({ kind: 'Deployment', namespace: 'shop-frontend', name: 'storefront' })).toBeUndefined();
    expect(paths.bestCut()).toMatchObject({ binding: { name: 'ci-deployer-cluster-admin' }, isProven: true });
  });

  it.each<[string, object, object, boolean]>([
    ['by default', app(), {}, true],
    ['not where the account says so', app(), { automountServiceAccountToken: false }, false],
    ['where the pod says so against the account', { automountServiceAccountToken: true, ...app() }, { automountServiceAccountToken: false }, true],
    ['not where the pod says so against the account', { automountServiceAccountToken: false, ...app() }, { automountServiceAccountToken: true }, false],
    ['not where something else is mounted in its place', { ...app({ volumeMounts: [{ name: 'empty', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount/' }] }), volumes: [{ name: 'empty', emptyDir: {} }] }, {}, false],
    ['by a projection of its own', { automountServiceAccountToken: false, ...app({ volumeMounts: [{ name: 'token', mountPath: '/token' }] }), volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }] }, {}, true],
    ['not by a projection that no container mounts', { automountServiceAccountToken: false, ...app(), volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }] }, {}, false],
  ])('mounts a token %s', (_, spec, setting, expected) => {
    expect(workloadOf(pod(spec), account(setting)).mountsToken).toBe(expected);
  });

  it('mounts a token by a Secret of its own account', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'old', namespace: 'shop', annotations: { 'kubernetes.io/service-account.name': 'default' } }, type: 'kubernetes.io/service-account-token' };
    const spec = { automountServiceAccountToken: false, ...app({ volumeMounts: [{ name: 'old', mountPath: '/old' }] }), volumes: [{ name: 'old', secret: { secretName: 'old' } }] };
    expect(workloadOf(pod(spec), secret).mountsToken).toBe(true);
    expect(workloadOf(pod(spec)).mountsToken).toBe(false);
  });

  const hostPath = (path: string, readOnly: boolean) => ({ ...app({ volumeMounts: [{ name: 'host', mountPath: '/host', readOnly }] }), volumes: [{ name: 'host', hostPath: { path } }] });
  it.each<[string, object, boolean]>([
    ['an ordinary pod', app(), false],
    ['a privileged container', app({ securityContext: { privileged: true } }), true],
    ['SYS_ADMIN', app({ securityContext: { capabilities: { add: ['CAP_SYS_ADMIN'] } } }), true],
    ['NET_ADMIN', app({ securityContext: { capabilities: { add: ['NET_ADMIN'] } } }), false],
    ["the host's processes", { hostPID: true, ...app() }, true],
    ["the host's network", { hostNetwork: true, ...app() }, false],
    ['a host path to write', hostPath('/data', false), true],
    ['a host path to read', hostPath('/var/log', true), false],
    ["the runtime's socket, read-only", hostPath('/var/run/containerd/containerd.sock', true), true],
    ['the whole host, read-only', hostPath('/', true), true],
    ['keys of the cluster, read-only', hostPath('/etc/kubernetes/pki', true), true],
    ['a host path that is not mounted', { ...app(), volumes: [{ name: 'host', hostPath: { path: '/' } }] }, false],
  ])('tells whether %s reaches the host', (_, spec, expected) => {
    expect(workloadOf(pod(spec)).reachesHost).toBe(expected);
  });

  it('takes a level that admission does not know for the strictest', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { 'pod-security.kubernetes.io/enforce': 'Privileged' } } };
    expect(escalationWorldOf(inventoryOf([namespace])).world.namespaces).toEqual([{ name: 'shop', enforce: 'restricted' }]);
  });

  it('says what was not read to its end', () => {
    const missing = { state: 'missing', reason: 'forbidden', detail: 'list secrets: forbidden' } as const;
    expect(escalationWorldOf(inventoryOf(sample, { outcomes: { secrets: missing, pods: { ...missing, detail: 'list pods: forbidden' } } })).incomplete).toEqual(['secrets', 'pods']);
  });
});
