import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { ClusterConnection } from '#application/ports/cluster-collector.js';
import { catalogue } from '#controls/catalogue.js';
import { KubernetesClusterCollector } from '#kubernetes/kubernetes-cluster-collector.js';
import { rightsManifest, type ManifestName } from '#kubernetes/rights/rights-manifest.js';
import { clusterBinaries } from './binaries.js';
import { addNode } from './fake-kubelet.js';
import { startKubeCluster, type KubeCluster } from './kube-cluster.js';

const binaries = await clusterBinaries();
const collector = new KubernetesClusterCollector({ addresses: { allowedPrivateRanges: [], allowLoopbackHttp: true }, controls: async () => catalogue });
const never = new AbortController().signal;

describe.skipIf(binaries.kind === 'unavailable')('collecting from a real API server', () => {
  let cluster: KubeCluster;
  let connection: ClusterConnection;
  const scan = () => collector.scan({ kind: 'live', connection }, {}, { onProgress: () => undefined, signal: never, knownEvidence: [] });
  const apply = (name: ManifestName) => cluster.apply(parseAllDocuments(rightsManifest(name)).map((document) => document.toJS() as object).filter((object) => object !== null));

  beforeAll(async () => {
    cluster = await startKubeCluster({ controllerManager: true });
    await addNode(cluster, { name: 'node-a', kubeletVersion: 'v1.36.3', configz: { authentication: { anonymous: { enabled: true }, webhook: { enabled: true }, x509: {} }, authorization: { mode: 'Webhook' }, readOnlyPort: 0 } });
    const container = { name: 'app', image: 'registry.example/app:1' };
    await cluster.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' }, spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ ...container, securityContext: { privileged: true } }] } } } },
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'bare', namespace: 'shop' }, spec: { replicas: 1, selector: { matchLabels: { app: 'bare' } }, template: { metadata: { labels: { app: 'bare' } }, spec: { containers: [container] } } } },
      ...['Opaque', 'example.com/own', 'kubernetes.io/dockercfg'].map((type, i) => ({ apiVersion: 'v1', kind: 'Secret', type, metadata: { name: `secret-${i}`, namespace: 'shop' }, data: { '.dockercfg': Buffer.from('{"CANARY":{}}').toString('base64') } })),
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config', namespace: 'shop' }, data: { a: 'CANARY' } },
    ]);
    await apply('base');
    const token = await cluster.createServiceAccountToken('bulwark', 'bulwark');
    connection = { server: cluster.url, ca: cluster.ca, credential: { kind: 'token', token } };
  });
  afterAll(async () => cluster.stop());

  it('has with the base manifest every right but those of the other two', async () => {
    const { reachable, problem, cluster: facts, rights } = await collector.verify(connection, never);
    expect({ reachable, problem }).toEqual({ reachable: true });
    expect(facts?.version).toBe('v1.36.3');
    expect(rights.filter(({ allowed }) => !allowed).map(({ resource, manifest }) => [resource, manifest])).toEqual([['secrets', 'secrets'], ['nodes/proxy', 'node-config']]);
  });

  it('reads every kind the server has, and says what it may not read', async () => {
    const { outcomes, counts, evaluations, cost } = await scan();
    const ends = Object.entries(outcomes).map(([key, { state }]) => [key, state] as const);
    expect(ends.filter(([, state]) => state !== 'observed' && state !== 'not-served')).toEqual([['secrets', 'missing']]);
    expect(ends.filter(([, state]) => state === 'not-served').every(([key]) => key.includes('.'))).toBe(true);
    expect(outcomes.secrets).toMatchObject({ reason: 'forbidden' });
    expect(outcomes.pods).toMatchObject({ state: 'observed', resourceVersion: expect.stringMatching(/^\d+$/) as string });
    expect(counts).toMatchObject({ pods: 4, nodes: 1 });
    expect([...(evaluations.find(({ controlId }) => controlId === 'workloads/privileged')?.failures ?? [])].map(({ resource }) => `${resource.kind} ${resource.name}`)).toEqual(['Deployment web']);
    expect(cost.throttled).toBe(0);
  });

  it('tells the types of Secrets and the configuration of kubelets once it may', async () => {
    await apply('secrets');
    await apply('node-config');
    const { rights } = await collector.verify(connection, never);
    expect(rights.every(({ allowed }) => allowed)).toBe(true);
    const { outcomes, evaluations } = await scan();
    expect(outcomes.secrets).toMatchObject({ state: 'observed', count: 3 });
    expect(JSON.stringify(evaluations)).not.toContain('CANARY');
    const kubelet = evaluations.find(({ controlId }) => controlId === 'control-plane/kubelet-authn');
    if (kubelet) expect(kubelet.outcome).toBe('fail');
  });

  it('pages through more pods than one page holds', async () => {
    await cluster.apply([{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'many', namespace: 'shop' }, spec: { replicas: 240, selector: { matchLabels: { app: 'many' } }, template: { metadata: { labels: { app: 'many' } }, spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] } } } }]);
    await expect.poll(async () => (await scan()).counts.pods, { timeout: 60_000, interval: 1_000 }).toBe(244);
  });

  it('says that the credential is refused, and that nobody answers', async () => {
    await expect(collector.scan({ kind: 'live', connection: { ...connection, credential: { kind: 'token', token: 'x' } } }, {}, { onProgress: () => undefined, signal: never, knownEvidence: [] })).rejects.toMatchObject({ reason: 'credentials-refused' });
    await cluster.stopServer();
    await expect(scan()).rejects.toMatchObject({ reason: 'cluster-unreachable', isUnreachable: true });
  });
});
