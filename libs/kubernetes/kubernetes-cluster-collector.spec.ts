import { afterEach, describe, expect, it } from 'vitest';
import type { ClusterConnection } from '#application/ports/cluster-collector.js';
import { catalogue } from '#controls/catalogue.js';
import { resourceKeys } from '#inventory/resources.js';
import { listOf, startFakeApiServer, type FakeApiServer, type FakeApiServerOptions } from '#test/support/fake-apiserver.js';
import { defaultCollectSettings } from './collector/collect-settings.js';
import { KubernetesClusterCollector } from './kubernetes-cluster-collector.js';

let server: FakeApiServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const collector = new KubernetesClusterCollector({
  addresses: { allowedPrivateRanges: [], allowLoopbackHttp: true },
  controls: async () => catalogue,
  collect: { ...defaultCollectSettings, backoffMs: 1, requestMs: 3_000 },
});
const never = new AbortController().signal;

async function connect(options: FakeApiServerOptions = {}): Promise<ClusterConnection> {
  server = await startFakeApiServer(options);
  return { server: server.url, ca: server.ca, credential: { kind: 'token', token: server.token } };
}

describe('verifying a cluster', () => {
  it('says what it is and which rights are there', async () => {
    const connection = await connect({
      version: 'v1.36.3-eks-1234567',
      lists: { nodes: listOf([{ metadata: { name: 'a', labels: { 'eks.amazonaws.com/nodegroup': 'x' } } }]) },
      allows: ({ resource, subresource }) => resource !== 'secrets' && subresource !== 'proxy' && resource !== 'clusterroles',
    });
    const { reachable, problem, cluster, rights } = await collector.verify(connection, never);
    expect({ reachable, problem }).toEqual({ reachable: true });
    expect(cluster).toEqual({ platform: 'eks', isManaged: true, version: 'v1.36.3-eks-1234567' });
    expect(rights).toHaveLength(resourceKeys.length + 2);
    expect(rights.find(({ resource }) => resource === '/flagz')).toMatchObject({ verb: 'get', allowed: true, manifest: 'base', unlocks: expect.arrayContaining(['control-plane/audit-logging']) as string[] });
    expect(rights.filter(({ allowed }) => !allowed).map(({ verb, resource, manifest }) => [verb, resource, manifest])).toEqual([
      ['list', 'clusterroles.rbac.authorization.k8s.io', 'base'],
      ['list', 'secrets', 'secrets'],
      ['get', 'nodes/proxy', 'node-config'],
    ]);
    expect(rights.find(({ resource }) => resource === 'pods')!.unlocks).toContain('workloads/privileged');
  });

  it('asks for every right in all namespaces, and writes nothing', async () => {
    await collector.verify(await connect(), never);
    expect(new Set(server!.requests.filter(({ method }) => method !== 'GET').map(({ url }) => url.pathname))).toEqual(new Set(['/apis/authorization.k8s.io/v1/selfsubjectaccessreviews']));
  });

  it.each([
    ['a wrong credential', { token: 'other' }, { reachable: true, problem: { reason: 'credentials-refused' } }],
    ['HTML', { fault: () => ({ kind: 'html' }) as const }, { reachable: true, problem: { reason: 'not-kubernetes' } }],
    ['an account that may not ask', { fault: ({ method }: { method: string }) => (method === 'POST' ? ({ kind: 'status', status: 403 } as const) : undefined) }, { reachable: true, problem: { reason: 'forbidden' } }],
  ])('says what is wrong with %s', async (_, options, expected) => {
    const connection = await connect(options);
    const answer = await collector.verify({ ...connection, credential: { kind: 'token', token: 'fake-token' } }, never);
    expect(answer).toMatchObject({ ...expected, rights: [] });
  });

  it('says that nobody answers, that the certificate is another one, and that an address is denied', async () => {
    const connection = await connect();
    const { problem: tls, reachable } = await collector.verify({ server: connection.server, credential: connection.credential }, never);
    expect({ reachable, tls }).toMatchObject({ reachable: false, tls: { reason: 'tls-failed' } });
    await server!.close();
    expect(await collector.verify(connection, never)).toMatchObject({ reachable: false, problem: { reason: 'cluster-unreachable' } });
    expect(await collector.verify({ ...connection, server: 'https://169.254.169.254' }, never)).toMatchObject({ reachable: false, problem: { reason: 'address-denied' } });
    expect(await collector.verify({ ...connection, credential: { kind: 'client-certificate', certificate: 'x', key: 'y' } }, never)).toMatchObject({ reachable: false, problem: { reason: 'tls-failed' } });
  });
});

describe('scanning', () => {
  it('judges what it collected, one evaluation a control', async () => {
    const connection = await connect({ lists: { pods: listOf([{ metadata: { name: 'a', namespace: 'shop' }, spec: { containers: [{ name: 'app', image: 'a:1', securityContext: { privileged: true } }] }, status: { phase: 'Running' } }]) } });
    const words: string[] = [];
    const result = await collector.scan({ kind: 'live', connection }, {}, { onProgress: ({ phase }) => void words.push(phase), signal: never, knownEvidence: [] });
    expect(result.evaluations).toHaveLength(catalogue.length);
    expect(result.evaluations.find(({ controlId }) => controlId === 'workloads/privileged')).toMatchObject({ outcome: 'fail', failed: 1, complete: true });
    // By what the server shows to anybody.
    expect(result.evaluations.find(({ controlId }) => controlId === 'control-plane/certificate-expiry')).toMatchObject({ outcome: 'pass', complete: true });
    expect(result.evidence.map(({ sort }) => sort)).toContain('probe');
    expect(Object.keys(result.outcomes)).toEqual([...resourceKeys]);
    expect(result.counts).toEqual({ objects: 1, pods: 1, workloads: 1, nodes: 0, namespaces: 0 });
    // The probe's requests are nobody's.
    expect(result.cost).toMatchObject({ requests: server!.requests.filter(({ headers }) => headers.authorization !== undefined).length, throttled: 0 });
    expect([...new Set(words)]).toEqual(['connecting', 'collecting', 'judging']);
  });

  it('fails nothing and passes nothing where nothing may be read', async () => {
    const connection = await connect({ fault: ({ key }) => (key ? { kind: 'status', status: 403 } : undefined) });
    const { evaluations } = await collector.scan({ kind: 'live', connection }, {}, { onProgress: () => undefined, signal: never, knownEvidence: [] });
    // What the server shows to anybody, its certificate and its version, needs no list.
    const shown = new Set(['control-plane/certificate-expiry', 'governance/known-vulnerabilities']);
    const others = evaluations.filter(({ controlId }) => !shown.has(controlId));
    expect(new Set(others.filter(({ outcome }) => outcome === 'pass' || outcome === 'fail').map(({ controlId }) => controlId))).toEqual(new Set());
    // Of schedules the service's own memory tells, which is not there either: it rests on no list, and is unknown.
    expect(others.filter(({ complete, outcome }) => complete && outcome !== 'not-applicable').map(({ controlId, outcome }) => `${controlId} ${outcome}`)).toEqual(['governance/benchmark-schedule unknown']);
  });
});
