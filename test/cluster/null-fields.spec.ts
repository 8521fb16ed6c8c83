import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordEvidence } from '#inventory/evidence/record-evidence.js';
import { resourceKeyOf } from '#inventory/resources.js';
import { inventoryOfCollected } from '#test/support/faulty-cluster.js';
import { clusterBinaries } from './binaries.js';
import { startKubeCluster, type KubeCluster } from './kube-cluster.js';
import { loadObjects, objectOf, type LoadedObject } from './load-objects.js';

const binaries = await clusterBinaries();
if (binaries.kind === 'unavailable') console.warn(`cluster tests skipped: ${binaries.reason}`);

const definition = objectOf({
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'gateways.networking.istio.io' },
  spec: {
    group: 'networking.istio.io', scope: 'Namespaced', names: { kind: 'Gateway', plural: 'gateways', singular: 'gateway' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: {
      selector: { type: 'object', additionalProperties: { type: 'string' } },
      servers: { type: 'array', items: { type: 'object', properties: { hosts: { type: 'array', items: { type: 'string' } }, tls: { type: 'object', properties: { mode: { type: 'string' } } } } } },
    } } } } } }],
  },
});

/** Whose definition says nothing of labels but that they are kept. */
const openDefinition = objectOf({
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'servers.policy.linkerd.io' },
  spec: {
    group: 'policy.linkerd.io', scope: 'Namespaced', names: { kind: 'Server', plural: 'servers', singular: 'server' },
    versions: [{ name: 'v1beta3', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: {
      podSelector: { type: 'object', properties: { matchLabels: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }, port: { 'x-kubernetes-int-or-string': true },
    } } } } } }],
  },
});

const metadata = { name: 'web', namespace: 'shop' };
const gateway = (spec: unknown) => objectOf({ apiVersion: 'networking.istio.io/v1', kind: 'Gateway', metadata, spec });
const server = objectOf({ apiVersion: 'policy.linkerd.io/v1beta3', kind: 'Server', metadata, spec: { podSelector: { matchLabels: { app: null } }, port: 80 } });
const taken: readonly (readonly [string, string, LoadedObject])[] = [
  ['labels by which a policy selects', '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/web', objectOf({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec: { podSelector: { matchLabels: { app: null } }, ingress: null } })],
  ['labels of pods', '/apis/apps/v1/namespaces/shop/deployments/web', objectOf({
    apiVersion: 'apps/v1', kind: 'Deployment', metadata,
    spec: { replicas: 1, selector: { matchLabels: { app: null } }, template: { metadata: { labels: { app: null } }, spec: { nodeSelector: { zone: null }, securityContext: {}, containers: [{ name: 'app', image: 'app:1', imagePullPolicy: 'Always', env: [{ name: 'MODE', value: null }], ports: null }] } } },
  })],
  ['fields of a custom resource, and its labels', '/apis/networking.istio.io/v1/namespaces/shop/gateways/web', gateway({ selector: { istio: null }, servers: [{ hosts: null, tls: { mode: null } }] })],
];

const factsOf = (object: LoadedObject): string => {
  const inventory = inventoryOfCollected({ entries: [{ key: resourceKeyOf(object.apiVersion, object.kind)!, object }] });
  return Array.from(recordEvidence(inventory), ({ text }) => text).join('\n');
};

describe.skipIf(binaries.kind === 'unavailable')('null in what is sent to a real API server', () => {
  let cluster: KubeCluster;

  beforeAll(async () => {
    cluster = await startKubeCluster();
    expect((await loadObjects(cluster, [definition, openDefinition, server, ...taken.map(([, , object]) => object)])).refused).toEqual([]);
  });
  afterAll(() => cluster?.stop());

  it.each(taken)('%s, is kept as it is read here', async (_, path, sent) => {
    const { status, body } = await cluster.request('GET', path);
    expect(status).toBe(200);
    expect(factsOf(sent)).toBe(factsOf(objectOf(body)));
  });

  it('is kept among labels of which the definition says nothing, and the object is refused', async () => {
    const { body } = await cluster.request('GET', '/apis/policy.linkerd.io/v1beta3/namespaces/shop/servers/web');
    expect(body).toMatchObject({ spec: { podSelector: { matchLabels: { app: null } } } });
    expect(inventoryOfCollected({ entries: [{ key: 'servers.policy.linkerd.io', object: objectOf(body) }] }).outcome('servers.policy.linkerd.io')).toMatchObject({ state: 'partial', reason: 'invalid' });
  });

  it('is no item of a list', async () => {
    expect((await cluster.request('POST', '/apis/networking.istio.io/v1/namespaces/shop/gateways', gateway({ servers: [null] }))).status).toBe(422);
  });
});
