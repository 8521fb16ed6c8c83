import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { CollectionError } from '#application/ports/cluster-collector.js';
import { InventoryBuilder } from '#inventory/inventory-builder.js';
import type { Inventory } from '#inventory/inventory.js';
import { resourceKeys } from '#inventory/resources.js';
import { listOf, startFakeApiServer, type FakeApiServer, type FakeApiServerOptions, type FakeRequest, type Fault } from '#test/support/fake-apiserver.js';
import { codec } from '../codec.js';
import { openCluster } from '../open-cluster.js';
import { collectCluster } from './collect-cluster.js';
import { defaultCollectSettings, type CollectSettings } from './collect-settings.js';
import { KubeApi } from './kube-api.js';

const loopback = { allowedPrivateRanges: [], allowLoopbackHttp: true };
const quick: CollectSettings = { ...defaultCollectSettings, backoffMs: 1, maxRetryAfterMs: 20 };

let server: FakeApiServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Collected {
  readonly inventory: Inventory;
  readonly api: KubeApi;
  readonly server: FakeApiServer;
}

async function collect(options: FakeApiServerOptions, settings: CollectSettings = quick, more: { readonly token?: string; readonly signal?: AbortSignal; readonly path?: string } = {}): Promise<Collected> {
  server = await startFakeApiServer(options);
  const credential = { kind: 'token', token: more.token ?? server.token } as const;
  const cluster = openCluster({ server: server.url + (more.path ?? ''), ca: server.ca, credential }, loopback);
  const api = new KubeApi(cluster.connection, credential, settings, more.signal ?? new AbortController().signal);
  const builder = new InventoryBuilder(codec);
  try {
    await collectCluster(api, builder, settings, () => undefined);
    return { inventory: builder.finish(), api, server };
  } finally {
    await cluster.close();
  }
}

const failure = async (collected: Promise<unknown>): Promise<CollectionError> => {
  const error: unknown = await collected.then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CollectionError);
  return error as CollectionError;
};

const pod = (index: number, more: object = {}) => ({
  metadata: { name: `pod-${String(index).padStart(6, '0')}`, namespace: 'shop', managedFields: [{ manager: 'kubelet', fieldsV1: { 'f:status': {} } }] },
  spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
  status: { phase: 'Running' },
  ...more,
});
const pods = (count: number, more: object = {}) => ({ length: count, at: (index: number) => pod(index, more) });
const isPods = ({ key }: FakeRequest): boolean => key === 'pods';
const onPods = (fault: (request: FakeRequest) => Fault | undefined) => (request: FakeRequest): Fault | undefined => (isPods(request) ? fault(request) : undefined);
const podsOutcome = async (fault: (request: FakeRequest) => Fault | undefined, count = 200, settings?: CollectSettings) => {
  const { inventory, server } = await collect({ lists: { pods: pods(count) }, fault: onPods(fault) }, settings);
  return { outcome: inventory.outcome('pods'), requests: server.requests.filter(isPods).length, inventory };
};

describe('collecting a live cluster', () => {
  it('reads every kind to its end, page by page, one list at a time', async () => {
    const { inventory, server, api } = await collect({ lists: { pods: pods(1234), namespaces: listOf([{ metadata: { name: 'shop' } }]) } });
    expect(inventory.outcome('pods')).toEqual({ state: 'observed', count: 1234, resourceVersion: '4711' });
    expect(inventory.pods.length).toBe(1234);
    expect(inventory.outcome('namespaces')).toMatchObject({ state: 'observed', count: 1 });
    expect(inventory.outcome('clusterpolicies.kyverno.io')).toEqual({ state: 'not-served' });
    expect(inventory.cluster.version).toBe('v1.36.3');
    expect(server.mostLists).toBe(1);
    const limits = server.requests.filter(isPods).map(({ url }) => Number(url.searchParams.get('limit')));
    expect(limits[0]).toBe(50);
    expect(Math.max(...limits)).toBeLessThanOrEqual(500);
    expect(api.cost).toMatchObject({ requests: server.requests.length, throttled: 0 });
    for (const key of resourceKeys) expect(['observed', 'not-served']).toContain(inventory.outcome(key).state);
  });

  it('aims its pages at a number of bytes', async () => {
    const { server } = await collect({ lists: { pods: pods(600, { padding: 'x'.repeat(20_000) }) } });
    const limits = server.requests.filter(isPods).map(({ url }) => Number(url.searchParams.get('limit')));
    expect(limits[1]).toBeGreaterThan(40);
    expect(limits[1]).toBeLessThan(55);
  });

  it('finds versions group by group where the server knows no aggregated discovery', async () => {
    const { inventory, server } = await collect({ discovery: 'legacy', groups: ['config.openshift.io'], lists: { pods: pods(3), 'ciliumnetworkpolicies.cilium.io': listOf([{ apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: 'a', namespace: 'b' }, spec: {} }]) } });
    expect(inventory.outcome('ciliumnetworkpolicies.cilium.io')).toMatchObject({ state: 'observed', count: 1 });
    expect(inventory.outcome('policies.kyverno.io')).toEqual({ state: 'not-served' });
    expect(inventory.cluster.platform).toBe('openshift');
    expect(server.requests.some(({ url }) => url.pathname === '/apis/cilium.io/v2')).toBe(true);
  });

  it.each(['aggregated', 'legacy'] as const)('never takes a failure of %s discovery for absence', async (discovery) => {
    const { inventory } = await collect({ discovery, lists: { pods: pods(3) }, fault: ({ url }) => (url.pathname === '/apis' ? { kind: 'status', status: 503, headers: { 'retry-after': '0' } } : undefined) });
    expect(inventory.outcome('clusterpolicies.kyverno.io')).toMatchObject({ state: 'missing', reason: 'server-error' });
    expect(inventory.outcome('pods')).toMatchObject({ state: 'observed' });
    // Every server has them, so they are asked for all the same.
    expect(inventory.outcome('deployments.apps')).toMatchObject({ state: 'observed' });
  });

  it('never takes one broken group for absence', async () => {
    const { inventory } = await collect({ discovery: 'legacy', served: ['pods', 'clusterpolicies.kyverno.io'], fault: ({ url }) => (url.pathname === '/apis/kyverno.io/v1' ? { kind: 'status', status: 500 } : undefined) });
    expect(inventory.outcome('clusterpolicies.kyverno.io')).toMatchObject({ state: 'missing', reason: 'server-error' });
    expect(inventory.outcome('deployments.apps')).toEqual({ state: 'not-served' });
  });

  it('says of a forbidden kind what is not allowed and what would grant it', async () => {
    const { inventory } = await collect({ lists: { pods: pods(3) }, fault: ({ key }) => (key === 'secrets' || key === 'nodes' ? { kind: 'status', status: 403 } : undefined) });
    expect(inventory.outcome('secrets')).toEqual({ state: 'missing', reason: 'forbidden', detail: 'the account may not list secrets; the manifest "secrets" grants it' });
    expect(inventory.outcome('nodes')).toMatchObject({ state: 'missing', reason: 'forbidden' });
    expect(server!.requests.filter(({ key }) => key === 'secrets')).toHaveLength(1);
  });

  it('tells the types of Secrets without asking for any of their data', async () => {
    const secret = (name: string, type: string) => ({ metadata: { name, namespace: 'shop' }, type, data: { password: 'CANARY' } });
    const { inventory, server } = await collect({ lists: { secrets: listOf([secret('a', 'Opaque'), secret('b', 'kubernetes.io/service-account-token'), secret('c', 'example.com/own'), secret('d', 'Opaque')]) } });
    expect(inventory.list('secrets').map(({ name, type }) => [name, type]).sort()).toEqual([['a', 'Opaque'], ['b', 'kubernetes.io/service-account-token'], ['c', undefined], ['d', 'Opaque']]);
    expect(inventory.outcome('secrets')).toMatchObject({ state: 'observed', count: 4 });
    const asked = server.requests.filter(({ key }) => key === 'secrets');
    expect(asked.every(({ accept }) => accept === 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1')).toBe(true);
    expect(JSON.stringify(inventory.list('secrets'))).not.toContain('CANARY');
  });

  it('learns when the data of a Secret was last written, and of ConfigMaps where a credential stands', async () => {
    const written = (time: string, fields: object) => ({ manager: 'kubectl', operation: 'Update', apiVersion: 'v1', time, fieldsType: 'FieldsV1', fieldsV1: fields });
    const managedFields = [written('2024-03-01T00:00:00Z', { 'f:data': { 'f:password': {} } }), written('2026-03-01T00:00:00Z', { 'f:metadata': { 'f:labels': {} } })];
    const { inventory } = await collect({
      lists: {
        secrets: listOf([{ metadata: { name: 'a', namespace: 'shop', managedFields }, type: 'Opaque', data: { password: 'CANARY' } }]),
        configmaps: listOf([{ metadata: { name: 'c', namespace: 'shop', managedFields }, data: { DB_PASSWORD: 'CANARY', MODE: 'CANARY' } }, { metadata: { name: 'd', namespace: 'shop' }, data: { a: 'CANARY' } }]),
      },
    });
    expect(inventory.list('secrets')).toMatchObject([{ name: 'a', dataWrittenAt: '2024-03-01T00:00:00Z' }]);
    expect(inventory.outcome('configmaps')).toMatchObject({ state: 'observed', count: 2 });
    expect(inventory.exposures).toEqual({ state: 'observed', value: [{ key: 'configmaps', group: '', kind: 'ConfigMap', namespace: 'shop', name: 'c', found: [{ path: 'data.DB_PASSWORD', detector: 'secret-name', hint: '6 characters' }] }] });
    expect(JSON.stringify([inventory.list('secrets'), inventory.list('configmaps'), inventory.exposures])).not.toContain('CANARY');
  });

  it('drops what a server sends instead of metadata', async () => {
    const { inventory } = await collect({
      lists: { secrets: listOf([{ metadata: { name: 'a', namespace: 'b' }, type: 'Opaque', data: { x: 'CANARY' } }]) },
      fault: ({ key }) => (key === 'secrets' ? { kind: 'edit', edit: (list) => Object.assign(list, { kind: 'SecretList', apiVersion: 'v1' }) } : undefined),
    });
    expect(inventory.outcome('secrets')).toMatchObject({ state: 'missing', reason: 'invalid' });
    expect(inventory.list('secrets')).toEqual([]);
  });

  it('reads whole only those ReplicaSets that nobody owns', async () => {
    const owned = { metadata: { name: 'web-1', namespace: 'shop', ownerReferences: [{ kind: 'Deployment', name: 'web', apiVersion: 'apps/v1', controller: true }] }, spec: { replicas: 1, template: { spec: { containers: [] } } } };
    const bare = { metadata: { name: 'bare', namespace: 'shop' }, spec: { replicas: 2, template: { spec: { containers: [{ name: 'app', image: 'a:1', securityContext: { privileged: true } }] } } } };
    const { inventory, server } = await collect({ lists: { 'replicasets.apps': listOf([owned, bare]) } });
    expect(inventory.outcome('replicasets.apps')).toMatchObject({ state: 'observed', count: 2 });
    expect(inventory.workloads.map(({ kind, name, replicas }) => ({ kind, name, replicas }))).toEqual([{ kind: 'ReplicaSet', name: 'bare', replicas: 2 }]);
    const whole = server.requests.filter(({ key, accept }) => key === 'replicasets.apps' && accept === 'application/json');
    expect(whole.map(({ url }) => `${url.pathname}?${url.searchParams.get('fieldSelector')}`)).toEqual(['/apis/apps/v1/namespaces/shop/replicasets?metadata.name=bare']);
  });

  it('says of a bare ReplicaSet that could not be taken in that it is not there', async () => {
    const bare = { metadata: { name: 'bare', namespace: 'shop' }, spec: { replicas: 0, template: { spec: { containers: [{ name: 'app', image: 'a:1', env: [{ name: 'X', value: '\u0000' }], securityContext: { privileged: true } }] } } } };
    const { inventory } = await collect({ lists: { 'replicasets.apps': listOf([bare]) } });
    expect(inventory.outcome('replicasets.apps')).toMatchObject({ state: 'missing', reason: 'invalid' });
  });

  it('reads only so many bare ReplicaSets, and says so', async () => {
    const bare = (i: number) => ({ metadata: { name: `bare-${i}`, namespace: 'shop' }, spec: { replicas: 1, template: { spec: { containers: [] } } } });
    const { inventory } = await collect({ lists: { 'replicasets.apps': { length: 5, at: bare } } }, { ...quick, maxBareReplicaSets: 2 });
    expect(inventory.outcome('replicasets.apps')).toMatchObject({ state: 'partial', reason: 'limit' });
  });

  it('works below a path, as proxies in front of clusters serve them', async () => {
    const { api } = await collect({ fault: ({ url }) => (url.pathname.startsWith('/k8s/clusters/c-1/') ? undefined : { kind: 'status', status: 404 }) }, quick, { path: '/k8s/clusters/c-1/' }).catch(() => ({ api: undefined }));
    expect(api).toBeUndefined();
    expect(server!.requests[0]!.url.pathname).toBe('/k8s/clusters/c-1/version');
  });
});

describe('kubelets', () => {
  const nodes = (count: number) => ({ length: count, at: (i: number) => ({ metadata: { name: `node-${i}` } }) });
  const config = { authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: '/ca.crt' } }, authorization: { mode: 'Webhook' } };
  const isConfigz = ({ url }: FakeRequest): boolean => url.pathname.endsWith('/configz');

  it('asks every node for its live configuration', async () => {
    const { inventory } = await collect({ lists: { nodes: nodes(6) }, kubelets: Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`node-${i}`, config])) });
    expect([...inventory.kubelets.values()].every(({ state }) => state === 'observed')).toBe(true);
    expect(inventory.kubelets.size).toBe(6);
  });

  it('asks the API server for its flags, and which others there are', async () => {
    const flagz = JSON.stringify({ kind: 'Flagz', apiVersion: 'config.k8s.io/v1beta1', metadata: { name: 'apiserver' }, flags: { profiling: 'false' } });
    const { inventory, server } = await collect({ flagz, apiServers: [['10.0.0.2', '10.0.0.1'], ['10.0.0.1']] });
    expect(inventory.flagz).toMatchObject({ state: 'observed', value: { shownBy: 'flagz', flags: { profiling: ['false'] }, unreadFlags: { 'anonymous-auth': expect.stringContaining('/flagz') } } });
    expect(inventory.apiServers).toEqual({ state: 'observed', value: ['10.0.0.1', '10.0.0.2'] });
    expect(server.requests.find(({ url }) => url.pathname === '/flagz')!.accept).toMatch(/^application\/json;v=v1beta1;.*text\/plain$/);
  });

  it.each([
    ['does not serve them', undefined, 'not-requested'],
    ['does not let it', { kind: 'status', status: 403 }, 'forbidden'],
    ['breaks', { kind: 'status', status: 500 }, 'server-error'],
    ['talks nonsense', { kind: 'body', body: '{"kind":"Flagz"}' }, 'invalid'],
    ['never stops', { kind: 'body', body: 'x'.repeat(300_000) }, 'too-large'],
    ['nests without end', { kind: 'body', body: '['.repeat(10_000) }, 'invalid'],
    ['answers with a page', { kind: 'html' }, 'invalid'],
  ] as const)('goes on where the API server %s', async (_, fault, reason) => {
    const { inventory } = await collect({ lists: { pods: pods(3) }, fault: ({ url }) => (url.pathname === '/flagz' ? fault : undefined) });
    expect(inventory.flagz).toMatchObject({ state: 'missing', reason });
    expect(inventory.pods.length).toBe(3);
  });

  it('asks nobody else once the first answer was forbidden', async () => {
    const { inventory, server } = await collect({ lists: { nodes: nodes(50) }, fault: (request) => (isConfigz(request) ? { kind: 'status', status: 403 } : undefined) });
    expect(server.requests.filter(isConfigz)).toHaveLength(1);
    expect(inventory.kubelets.get('node-49')).toEqual({ state: 'missing', reason: 'forbidden', detail: 'the account may not get nodes/proxy; the manifest "node-config" grants it' });
  });

  it('goes on where single kubelets hang or cannot be reached', async () => {
    const { inventory } = await collect(
      { lists: { nodes: nodes(3) }, kubelets: { 'node-0': config, 'node-2': config }, fault: ({ url }) => (url.pathname.includes('/node-1/') ? { kind: 'hang' } : undefined) },
      { ...quick, configz: { requestMs: 300, totalMs: 10_000, concurrency: 2 } },
    );
    expect(inventory.kubelets.get('node-1')).toMatchObject({ state: 'missing', reason: 'timed-out' });
    expect(inventory.kubelets.get('node-2')).toMatchObject({ state: 'observed' });
  });

  describe('and their flags', () => {
    const isFlagz = ({ url }: FakeRequest): boolean => url.pathname.endsWith('/proxy/flagz');
    const flagz = JSON.stringify({ kind: 'Flagz', apiVersion: 'config.k8s.io/v1beta1', metadata: { name: 'kubelet' }, flags: { 'hostname-override': 'other', 'manifest-url-header': 'a:CANARY' } });
    const ofVersion = (count: number, version: (i: number) => string) => ({ length: count, at: (i: number) => ({ metadata: { name: `node-${i}` }, status: { nodeInfo: { kubeletVersion: version(i) } } }) });
    const all = <T>(count: number, value: (i: number) => T) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`node-${i}`, value(i)]));
    const asking = (count: number, version: (i: number) => string, options: Partial<FakeApiServerOptions> = {}) =>
      collect({ lists: { nodes: ofVersion(count, version) }, kubelets: all(count, () => config), kubeletFlagz: all(count, () => flagz), ...options });

    it('are asked of whom serves them, and kept as far as somebody reads them', async () => {
      const { inventory, server } = await asking(6, () => 'v1.36.3');
      expect([...inventory.kubeletFlags.values()]).toEqual(Array.from({ length: 6 }, () => ({ state: 'observed', value: expect.objectContaining({ flags: { 'hostname-override': 'other' } }) as object })));
      expect(JSON.stringify([...inventory.kubeletFlags])).not.toContain('CANARY');
      expect(server.requests.find(isFlagz)!.accept).toMatch(/^application\/json;v=v1beta1;.*text\/plain$/);
    });

    it.each([
      ['1.35 without the gate', 'v1.35.2', undefined, 0], ['1.35 with it', 'v1.35.2', true, 4], ['1.36', 'v1.36.0', undefined, 4], ['1.36 without it', 'v1.36.0', false, 0], ['a version that nobody can read', 'x', undefined, 0],
    ] as const)('of kubelets of %s', async (_, version, gate, asked) => {
      const { server, inventory } = await asking(4, () => version, { kubelets: all(4, () => ({ ...config, ...(gate !== undefined && { featureGates: { ComponentFlagz: gate } }) })) });
      expect([server.requests.filter(isFlagz).length, inventory.kubeletFlags.size]).toEqual([asked, asked]);
    });

    it.each([['does not serve them', 404, 'not-requested'], ['may not be asked', 403, 'forbidden']] as const)('are asked of no version any more of which a few kubelets in a row said that it %s', async (_, status, reason) => {
      const isOld = ({ url }: FakeRequest): boolean => /node-\d*[02468]\//.test(url.pathname);
      const { server, inventory } = await asking(200, (i) => (i % 2 === 0 ? 'v1.36.0' : 'v1.36.1'), { fault: (request) => (isFlagz(request) && isOld(request) ? { kind: 'status', status } : undefined) });
      const refused = server.requests.filter((request) => isFlagz(request) && isOld(request)).length;
      expect(refused).toBeGreaterThanOrEqual(3);
      expect(refused).toBeLessThan(3 + quick.configz.concurrency);
      expect(server.requests.filter((request) => isFlagz(request) && !isOld(request))).toHaveLength(100);
      expect(inventory.kubeletFlags.get('node-0')).toMatchObject({ state: 'missing', reason });
      expect(inventory.kubelets.get('node-0')).toMatchObject({ state: 'observed', value: { anonymousAuth: false } });
    });

    it.each([
      ['breaks', { kind: 'status', status: 500 }, 'server-error'], ['talks nonsense', { kind: 'body', body: '{"kind":"Flagz"}' }, 'invalid'], ['never stops', { kind: 'body', body: 'x'.repeat(300_000) }, 'too-large'], ['nests without end', { kind: 'body', body: '['.repeat(10_000) }, 'invalid'],
    ] as const)('are missing where a kubelet %s, and others are asked all the same', async (_, fault, reason) => {
      const { inventory } = await asking(9, () => 'v1.36.3', { fault: (request) => (isFlagz(request) && request.url.pathname.includes('/node-1/') ? fault : undefined) });
      expect(inventory.kubeletFlags.get('node-1')).toMatchObject({ state: 'missing', reason });
      expect(inventory.kubeletFlags.get('node-8')).toMatchObject({ state: 'observed' });
    });

    it('cost no more than a few requests where nobody answers, and no answer of configz', async () => {
      const { inventory } = await collect(
        { lists: { nodes: ofVersion(12, () => 'v1.36.3') }, kubelets: all(12, () => config), fault: (request) => (isFlagz(request) ? { kind: 'hang' } : undefined) },
        { ...quick, configz: { requestMs: 300, totalMs: 10_000, concurrency: 2 } },
      );
      expect([...inventory.kubelets.values()].every(({ state }) => state === 'observed')).toBe(true);
      expect(inventory.kubeletFlags.get('node-0')).toMatchObject({ state: 'missing', reason: 'timed-out' });
      expect(inventory.kubeletFlags.size).toBeLessThan(6);
    });

    it('are asked in what is left of the time for kubelets', async () => {
      const { inventory, server } = await collect(
        { lists: { nodes: ofVersion(3, () => 'v1.36.3') }, kubelets: all(3, () => config), kubeletFlagz: all(3, () => flagz), fault: (request) => (isConfigz(request) && request.url.pathname.includes('/node-1/') ? { kind: 'hang' } : undefined) },
        { ...quick, configz: { requestMs: 300, totalMs: 200, concurrency: 2 } },
      );
      expect(server.requests.filter(isFlagz)).toHaveLength(0);
      expect(inventory.kubeletFlags.get('node-0')).toEqual({ state: 'missing', reason: 'timed-out', detail: 'the time for asking kubelets was over' });
    });

    it('are asked of nobody without the right', async () => {
      const { server } = await asking(4, () => 'v1.36.3', { fault: (request) => (isConfigz(request) ? { kind: 'status', status: 403 } : undefined) });
      expect(server.requests.filter(isFlagz)).toHaveLength(0);
    });
  });
});

describe('a server in trouble', () => {
  it('waits as long as it asks for, and then reads on', async () => {
    const { outcome, inventory } = await podsOutcome(({ count }) => (count % 2 === 1 ? { kind: 'status', status: count % 4 === 1 ? 429 : 503, headers: { 'retry-after': '1' } } : undefined));
    expect(outcome).toMatchObject({ state: 'observed', count: 200 });
    expect(inventory.pods.length).toBe(200);
  });

  it('gives up on a kind while the storm lasts, not on the scan', async () => {
    const { outcome, inventory, requests } = await podsOutcome(() => ({ kind: 'status', status: 429 }));
    expect(outcome).toMatchObject({ state: 'missing', reason: 'server-error' });
    expect(requests).toBe(quick.throttledTries);
    expect(inventory.outcome('namespaces')).toMatchObject({ state: 'observed' });
  });

  it.each([
    ['a cut answer', { kind: 'truncated' }],
    ['a reset connection', { kind: 'reset' }],
    ['an error of the server', { kind: 'status', status: 500 }],
  ] as const)('asks again after %s, and counts nothing twice', async (_, fault) => {
    const { outcome, inventory } = await podsOutcome(({ count }) => (count % 3 === 2 ? fault : undefined), 300);
    expect(outcome).toMatchObject({ state: 'observed', count: 300 });
    expect(inventory.pods.length).toBe(300);
  });

  it.each([
    ['cut answers', { kind: 'truncated' }, 'invalid'],
    ['resets', { kind: 'reset' }, 'unreachable'],
    ['errors', { kind: 'status', status: 500 }, 'server-error'],
    ['HTML', { kind: 'html' }, 'invalid'],
    ['an unknown encoding', { kind: 'encoding', encoding: 'br' }, 'invalid'],
    ['encodings in a chain', { kind: 'encoding', encoding: 'gzip, gzip' }, 'invalid'],
    ['a gzip bomb', { kind: 'gzip-bomb', bytes: 64 * 1024 * 1024 }, 'too-large'],
    ['JSON that is no list', { kind: 'body', body: '[1,2]' }, 'invalid'],
  ] as const)('ends as partial when the rest of a list is %s', async (_, fault, reason) => {
    const { outcome } = await podsOutcome(({ count }) => (count > 1 ? fault : undefined));
    expect(outcome).toMatchObject({ state: 'partial', count: 50, reason });
  });

  it('ends as partial where a list expires each time it is read', async () => {
    const { outcome, inventory } = await podsOutcome(({ url }) => (url.searchParams.has('continue') ? { kind: 'status', status: 410 } : undefined));
    expect(outcome).toMatchObject({ state: 'partial', reason: 'changed', count: 50 });
    expect(inventory.pods.length).toBe(50);
  });

  it('starts an expired list anew, twice at most', async () => {
    const options = (until: number): FakeApiServerOptions => ({ lists: { pods: pods(120) }, fault: onPods(({ url, count }) => (url.searchParams.has('continue') && count <= until ? { kind: 'status', status: 410 } : undefined)) });
    const { inventory } = await collect(options(4));
    expect(inventory.outcome('pods')).toMatchObject({ state: 'observed', count: 120 });
    expect(inventory.pods.length).toBe(120);
    await server!.close();
    const failed = await collect(options(99));
    expect(failed.inventory.outcome('pods')).toMatchObject({ state: 'partial', reason: 'changed' });
  });

  it('does not put pages of different resource versions together', async () => {
    const { outcome } = await podsOutcome(({ url, count }) => (url.searchParams.has('continue') ? { kind: 'edit', edit: (list) => (list.metadata.resourceVersion = String(count)) } : undefined));
    expect(outcome).toMatchObject({ state: 'partial', reason: 'changed' });
  });

  it.each([
    ['the same token', ({ url }: FakeRequest): Fault | undefined => (url.searchParams.has('continue') ? { kind: 'edit', edit: (list) => (list.metadata.continue = url.searchParams.get('continue')!) } : undefined)],
    ['ever new tokens for the same page', ({ count }: FakeRequest): Fault => ({ kind: 'edit', edit: (list) => (list.metadata.continue = `after-0${'0'.repeat(count)}`) })],
    ['ever new tokens for empty pages', ({ count }: FakeRequest): Fault => ({ kind: 'edit', edit: (list) => Object.assign(list, { items: [], metadata: { resourceVersion: '1', continue: `t${count}` } }) })],
  ])('finds out a server that goes in circles with %s', async (_, fault) => {
    const { outcome, requests } = await podsOutcome(fault);
    expect(outcome).toMatchObject({ reason: 'invalid' });
    expect(requests).toBeLessThan(120);
  });

  it.each(['{"kind":"PodList","apiVersion":"v1"}', '{"kind":"PodList","apiVersion":"v1","items":{}}', '{"kind":"PodList","apiVersion":"v1","\\u0069tems":[{}]}', '{"kind":"PodList","apiVersion":"v1","items":"none"}'])('never takes %s for an empty list', async (body) => {
    const { outcome } = await podsOutcome(() => ({ kind: 'body', body }));
    expect(outcome).toMatchObject({ state: 'missing', reason: 'invalid' });
  });

  it('takes null for an empty list, as it is written in Go', async () => {
    const { outcome } = await podsOutcome(() => ({ kind: 'body', body: '{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":null}' }));
    expect(outcome).toEqual({ state: 'observed', count: 0, resourceVersion: '7' });
  });

  it('bounds an endless list by the objects of a scan', async () => {
    const { inventory } = await collect({ lists: { pods: pods(10_000_000) } }, { ...quick, maxScanObjects: 2000 });
    expect(inventory.outcome('pods')).toMatchObject({ state: 'partial', reason: 'limit' });
  });

  it('bounds a scan by its bytes', async () => {
    const { inventory } = await collect({ lists: { pods: pods(10_000_000, { padding: 'x'.repeat(10_000) }) } }, { ...quick, maxScanBytes: 5_000_000 });
    expect(inventory.outcome('pods')).toMatchObject({ state: 'partial', reason: 'limit' });
  });

  it('asks for less where a page is over the cap, and leaves out what is too large alone', async () => {
    const big = { length: 40, at: (i: number) => pod(i, { padding: 'x'.repeat(i === 20 ? 400_000 : 50_000) }) };
    const { inventory, server } = await collect({ lists: { pods: big } }, { ...quick, maxPageBytes: 600_000, maxObjectBytes: 300_000 });
    expect(inventory.outcome('pods')).toMatchObject({ state: 'partial', count: 39, reason: 'too-large', detail: expect.stringContaining('1 object') as string });
    expect(inventory.pods.length).toBe(39);
    expect(server.requests.filter(isPods).length).toBeGreaterThan(5);
  });

  it.each([
    ['another kind', (list: { kind: string }) => (list.kind = 'SecretList')],
    ['another version', (list: { apiVersion: string }) => (list.apiVersion = 'v2')],
    ['objects of another kind', (list: { items: string[] }) => list.items.push('{"kind":"Secret","apiVersion":"v1","metadata":{"name":"x"},"data":{}}')],
  ])('does not believe a list of %s', async (_, edit) => {
    const { outcome } = await podsOutcome(() => ({ kind: 'edit', edit }));
    expect(['missing', 'partial']).toContain(outcome.state);
    expect(outcome).toMatchObject({ reason: 'invalid' });
  });

  it.each([
    ['a hundred thousand levels', `{"metadata":{"name":"x"},"spec":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`],
    ['half a surrogate pair', '{"metadata":{"name":"x","labels":{"a":"\\ud800"}},"spec":{"containers":[]}}'],
    ['NUL', '{"metadata":{"name":"x\\u0000y"},"spec":{"containers":[]}}'],
  ])('leaves out an object with %s, and knows that it is missing', async (_, item) => {
    const { outcome, inventory } = await podsOutcome(({ url }) => (url.searchParams.has('continue') ? undefined : { kind: 'edit', edit: (list) => list.items.push(item) }));
    expect(outcome).toMatchObject({ state: 'partial', reason: 'invalid' });
    expect(inventory.pods.length).toBe(200);
  });

  it('is not moved by __proto__, duplicate keys and numbers beyond measure', async () => {
    const { outcome, inventory } = await podsOutcome(({ url }) =>
      url.searchParams.has('continue') ? undefined : { kind: 'edit', edit: (list) => list.items.push('{"metadata":{"name":"x","name":"y","__proto__":{"labels":{"polluted":"1"}}},"__proto__":{"spec":{"hostNetwork":true}},"spec":{"containers":[],"priority":1e999}}') },
    );
    expect(outcome).toMatchObject({ state: 'observed', count: 201 });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(inventory.workloads.filter(({ templates }) => inventory.templates.get(templates[0]!).hostNetwork)).toEqual([]);
  });

  it('stops waiting for a server that trickles', async () => {
    const { inventory } = await collect({ lists: { pods: pods(20) }, fault: onPods(() => ({ kind: 'slow', msPerByte: 20 })) }, { ...quick, requestMs: 300, idleMs: 5_000, tries: 2 });
    expect(inventory.outcome('pods')).toMatchObject({ state: 'missing', reason: 'timed-out' });
  });

  it('ends a scan at its time, what is unread being missing', async () => {
    const { inventory } = await collect({ lists: { pods: pods(20) }, fault: ({ key }) => (key === 'nodes' ? { kind: 'hang' } : undefined) }, { ...quick, totalMs: 1_000 });
    expect(inventory.outcome('namespaces')).toMatchObject({ state: 'observed' });
    expect(inventory.outcome('nodes')).toMatchObject({ state: 'missing', reason: 'timed-out' });
    expect(inventory.outcome('pods')).toMatchObject({ state: 'missing', reason: 'timed-out' });
  });

  it('does not ask a server that is gone for every kind', async () => {
    const { inventory, server } = await collect({ lists: { pods: pods(20) }, fault: ({ key }) => (key && key !== 'namespaces' ? { kind: 'reset' } : undefined) });
    expect(inventory.outcome('namespaces')).toMatchObject({ state: 'observed' });
    expect(inventory.outcome('pods')).toMatchObject({ state: 'missing', reason: 'unreachable' });
    expect(server.requests.filter(({ key }) => key !== undefined).length).toBeLessThanOrEqual(1 + 2 * quick.tries);
  });
});

describe('any sequence of faults', () => {
  const fault = fc.constantFrom<Fault | undefined>(
    undefined, undefined, undefined, { kind: 'truncated' }, { kind: 'reset' }, { kind: 'html' }, { kind: 'status', status: 410 }, { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
    { kind: 'status', status: 500 }, { kind: 'status', status: 403 }, { kind: 'edit', edit: (list) => (list.metadata.resourceVersion = '1') },
    { kind: 'edit', edit: (list) => (list.metadata.continue = 'after-0') }, { kind: 'edit', edit: (list) => (list.kind = 'Status') }, { kind: 'edit', edit: (list) => (list.items[0] = '[') },
  );

  it('ends as observed with every pod, or as incomplete: nothing is resolved by what was lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 12 }), async (faults) => {
        let request = 0;
        const { inventory } = await collect({ served: ['pods'], lists: { pods: pods(180) }, fault: onPods(() => faults[request++]) }, { ...quick, tries: 3, throttledTries: 3 });
        await server!.close();
        const outcome = inventory.outcome('pods');
        if (outcome.state === 'observed') expect([outcome.count, inventory.pods.length]).toEqual([180, 180]);
        else expect(['partial', 'missing']).toContain(outcome.state);
      }),
      { numRuns: 60 },
    );
  });
});

describe('no evidence at all', () => {
  it('says that the credential was refused', async () => {
    expect(await failure(collect({}, quick, { token: 'wrong' }))).toMatchObject({ reason: 'credentials-refused', isUnreachable: false });
  });

  it('says that the credential was refused once it is revoked', async () => {
    const error = await failure(collect({ fault: ({ key }) => (key ? { kind: 'status', status: 401 } : undefined) }));
    expect(error.reason).toBe('credentials-refused');
  });

  it.each([
    ['HTML', { kind: 'html' }],
    ['other JSON', { kind: 'body', body: '{"ok":true}' }],
    ['a redirect', { kind: 'status', status: 302, headers: { location: '/login' } }],
    ['nothing of the kind', { kind: 'status', status: 404, body: 'not found' }],
    ['a forbidding page', { kind: 'status', status: 403, body: '<html>no</html>' }],
  ] as const)('says that %s is not Kubernetes', async (_, fault) => {
    expect(await failure(collect({ fault: () => fault }))).toMatchObject({ reason: 'not-kubernetes', isUnreachable: false });
  });

  it('says that the cluster cannot be reached', async () => {
    expect(await failure(collect({ fault: () => ({ kind: 'hang' }) }, { ...quick, requestMs: 200, tries: 2 }))).toMatchObject({ reason: 'cluster-unreachable', isUnreachable: true });
  });

  it('stops when it is cancelled', async () => {
    const cancel = new AbortController();
    const collected = collect({ lists: { pods: pods(100) }, fault: onPods(() => (cancel.abort(), { kind: 'hang' })) }, quick, { signal: cancel.signal });
    expect(await failure(collected)).toMatchObject({ reason: 'cancelled' });
  });

  it('never repeats the credential or a body in what it says', async () => {
    const { inventory } = await collect({ token: 'CANARY-token', lists: { pods: pods(60) }, fault: onPods(({ count }) => ({ kind: 'body', body: count % 2 ? 'CANARY-body' : '{"CANARY-body": nope' })) });
    expect(JSON.stringify(resourceKeys.map((key) => inventory.outcome(key)))).not.toContain('CANARY');
  });
});
