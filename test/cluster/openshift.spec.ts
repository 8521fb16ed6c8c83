import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { ClusterConnection } from '#application/ports/cluster-collector.js';
import { catalogue } from '#controls/catalogue.js';
import { isConfigurationKey } from '#inventory/projection/configuration.js';
import { resourceKeys, resourceType } from '#inventory/resources.js';
import { KubernetesClusterCollector } from '#kubernetes/kubernetes-cluster-collector.js';
import { rightsManifest, type ManifestName } from '#kubernetes/rights/rights-manifest.js';
import { decidedOnOpenShift, openShiftCluster } from '#test/support/openshift-cluster.js';
import { clusterBinaries } from './binaries.js';
import { startKubeCluster, type KubeCluster } from './kube-cluster.js';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const binaries = await clusterBinaries();
const collector = new KubernetesClusterCollector({ addresses: { allowedPrivateRanges: [], allowLoopbackHttp: true }, controls: async () => catalogue });
const never = new AbortController().signal;
const ofOpenShift = resourceKeys.filter((key) => isConfigurationKey(key) && resourceType(key).group.endsWith('openshift.io'));

/** Kinds with the names that OpenShift gives its own, which take what its server would. */
const definitions = ofOpenShift.map(resourceType).map(({ group, resource, kind, namespaced, versions: [version] }) => ({
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${resource}.${group}` },
  spec: {
    group, scope: namespaced ? 'Namespaced' : 'Cluster', names: { kind, listKind: `${kind}List`, plural: resource },
    versions: [{ name: version, served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }],
  },
}));

/** Without what a server makes itself. */
const applicable = (objects: readonly unknown[]): readonly object[] => (objects as readonly Manifest[]).filter(({ kind, metadata: { name } }) => kind !== 'Service' && !(kind === 'Namespace' && name === 'default'))
  .map(({ metadata: { uid: _uid, ...metadata }, ...rest }) => ({ ...rest, metadata }));

describe.skipIf(binaries.kind === 'unavailable')('an OpenShift, as far as its API shows one', () => {
  let cluster: KubeCluster;
  let connection: ClusterConnection;

  async function judged() {
    const { benchmark, outcomes } = await collector.scan({ kind: 'live', connection }, {}, {
      onProgress: () => undefined, signal: never, knownEvidence: [],
      benchmark: { pinned: null, known: { platform: null, version: null }, clouds: [], nodeNames: [], unsignedNodes: [] },
    });
    if (benchmark?.state !== 'judged') throw new Error(`it was not judged: ${JSON.stringify(benchmark)}`);
    const items = new Map(benchmark.judgement.items.map((item) => [item.id, item]));
    return { outcomes, judgement: benchmark.judgement, told: Object.fromEntries(Object.keys(decidedOnOpenShift).map((id) => [id, items.get(id)?.outcome])) };
  }
  const expected = (index: 0 | 1) => Object.fromEntries(Object.entries(decidedOnOpenShift).map(([id, both]) => [id, both[index]]));
  const manifest = (name: ManifestName): readonly object[] => parseAllDocuments(rightsManifest(name)).map((document) => document.toJS() as object | null).filter((object) => object !== null);

  beforeAll(async () => {
    cluster = await startKubeCluster({});
    await cluster.apply([...definitions, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'openshift-logging' } }]);
    await cluster.apply(applicable(openShiftCluster.hardened));
    await cluster.apply([...manifest('base'), ...manifest('secrets')]);
    connection = { server: cluster.url, ca: cluster.ca, credential: { kind: 'token', token: await cluster.createServiceAccountToken('bulwark', 'bulwark') } };
  });
  afterAll(async () => cluster.stop());

  it('is judged by its own objects, with the printed rights and no others', async () => {
    const { told, outcomes } = await judged();
    expect(ofOpenShift.filter((key) => outcomes[key]?.state !== 'observed')).toEqual([]);
    expect(told).toEqual(expected(0));
  });

  it('is unknown where a right is missing, which is named', async () => {
    const role = manifest('base').find((object): object is Manifest & { readonly rules: readonly { readonly apiGroups?: readonly string[] }[] } => (object as Manifest).kind === 'ClusterRole')!;
    await cluster.apply([{ ...role, rules: role.rules.filter(({ apiGroups = [] }) => !apiGroups.includes('config.openshift.io')) }]);
    const lost = ['1.2.29', '1.2.30', '3.1.1', '3.2.1', '3.2.2', '5.3.1', '5.5.1'];
    await expect.poll(async () => (await judged()).outcomes['apiservers.config.openshift.io']?.state, { timeout: 20_000 }).toBe('missing');
    const { told, judgement } = await judged();
    expect(told).toEqual({ ...expected(0), ...Object.fromEntries(lost.map((id) => [id, 'unknown'])) });
    expect(judgement.advice.join('\n')).toContain('let scans read apiservers.config.openshift.io');
    await cluster.apply([role]);
    await expect.poll(async () => (await judged()).outcomes['apiservers.config.openshift.io']?.state, { timeout: 20_000 }).toBe('observed');
  });

  it('fails where it is configured badly', async () => {
    await cluster.request('DELETE', '/apis/observability.openshift.io/v1/namespaces/openshift-logging/clusterlogforwarders/instance');
    await cluster.apply(applicable(openShiftCluster.careless));
    expect((await judged()).told).toEqual(expected(1));
  });
});
