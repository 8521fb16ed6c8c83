import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeptNodes } from '#application/nodes/kept-nodes.js';
import { unpackRun } from '#kubernetes/benchmark/unpack.js';
import { collected } from '#test/support/collected.js';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, '../../libs/kube-bench/testing/fixtures', name), 'utf8');

describe('reports of kube-bench', () => {
  let api: LiveApi;
  let acme: Tenant;
  let cluster: string;
  beforeAll(async () => {
    api = await liveApi();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    acme = await api.tenant();
    cluster = (await api.as(acme).post('/v1/clusters').send({ name: `cluster-${randomUUID()}` }).expect(201)).body.id;
  });

  const send = (query: string, text: string | Buffer, from = acme, type = 'application/json') =>
    api.as(from).post(`/v1/clusters/${cluster}/kube-bench-reports?${query}`).set('content-type', type).serialize((body: unknown) => body as string).send(text);
  const listed = async () => (await api.as(acme).get(`/v1/clusters/${cluster}/kube-bench-reports`).expect(200)).body.items as readonly Readonly<Record<string, unknown>>[];
  const kept = async () => (await collected(new KeptNodes(api.database.store, api.vault).packs(acme.tenantId, cluster))).flatMap((pack) => (pack.kind === 'kube-bench' ? unpackRun(pack) : []));

  it('are kept a node, told in numbers, and replaced by the next', async () => {
    const { body } = await send('node=worker-1&toolVersion=v0.10.7', fixture('current.json')).expect(201);
    const [report] = body.items;
    expect(body.items).toHaveLength(1);
    expect(report).toMatchObject({ clusterId: cluster, node: 'worker-1', toolVersion: 'v0.10.7', uploadedBy: acme.keyId, benchmarks: [expect.stringMatching(/^[a-z0-9.-]+$/)] });
    const [one] = await kept();
    expect(one!.node).toBe('worker-1');
    expect(one!.totals).toEqual({ pass: report.passed, fail: report.failed, warn: report.warned, info: report.informed });
    expect(one!.controls.length).toBeGreaterThan(0);
    const again = await send('node=worker-1', fixture('current.json')).expect(201);
    expect(again.body.items[0].id).not.toBe(report.id);
    expect(await listed()).toEqual(again.body.items);
    expect((await api.as(acme).get(`/v1/clusters/${cluster}/kube-bench-reports/worker-1`).expect(200)).body).toEqual(again.body.items[0]);
  });

  it('of several nodes come in one file, named in its order', async () => {
    const { body } = await send('node=b&node=a', fixture('two-nodes.json'), acme, 'text/plain').expect(201);
    expect(body.items.map(({ node }: { node: string }) => node)).toEqual(['a', 'b']);
    expect((await kept()).map(({ node }) => node)).toEqual(['a', 'b']);
    const { body: shown } = await api.as(acme).query('query ($id: ID!) { kubeBenchReports(clusterId: $id) { edges { node { node benchmarks } } } kubeBenchReport(clusterId: $id, node: "a") { passed } }', { id: cluster });
    expect(shown.errors).toBeUndefined();
    expect(shown.data.kubeBenchReports.edges.map(({ node }: { node: { node: string } }) => node.node)).toEqual(['a', 'b']);
    expect((await api.as(acme).query('mutation ($id: ID!) { deleteKubeBenchReport(clusterId: $id, node: "a") }', { id: cluster })).body.data).toEqual({ deleteKubeBenchReport: 'a' });
    await api.as(acme).delete(`/v1/clusters/${cluster}/kube-bench-reports/b`).expect(204);
    await api.as(acme).delete(`/v1/clusters/${cluster}/kube-bench-reports/b`).expect(404);
    expect(await listed()).toEqual([]);
  });

  it.each<[string, number, string, string, () => string | Buffer]>([
    ['without a node', 422, 'invalid-parameters', '', () => fixture('current.json')],
    ['of fewer runs than nodes', 422, 'kube-bench-nodes', 'node=a&node=b', () => fixture('current.json')],
    ['of one node twice', 422, 'invalid-kube-bench-upload', 'node=a&node=a', () => fixture('two-nodes.json')],
    ['of a node that is none', 422, 'invalid-kube-bench-upload', 'node=..%2Fetc', () => fixture('current.json')],
    ['of an unknown benchmark', 422, 'kube-bench-unknown-benchmark', 'node=a', () => fixture('current.json').replaceAll(/"version": ?"[^"]+"/g, '"version":"cis-99"')],
    ['cut off', 422, 'kube-bench-truncated', 'node=a', () => fixture('current.json').slice(0, -100)],
    ['that are none', 422, 'kube-bench-not-a-report', 'node=a', () => '{"kind":"List"}'],
    ['that are no text', 422, 'kube-bench-invalid-encoding', 'node=a', () => Buffer.from([0x22, 0xff, 0xfe])],
    ['that are too large', 413, 'kube-bench-too-large', 'node=a', () => ' '.repeat(9 * 1024 * 1024)],
    ['that are empty', 422, 'kube-bench-empty', 'node=a', () => ' '],
  ])('are refused and leave what is kept as it was: %s', async (_what, status, reason, query, text) => {
    const before = (await send('node=stays', fixture('current.json')).expect(201)).body.items;
    const answer = await send(query, text());
    expect([answer.status, answer.body.type]).toEqual([status, `/problems/${reason}`]);
    expect(await listed()).toEqual(before);
  });

  it('are nobody else’s', async () => {
    await send('node=a', fixture('current.json')).expect(201);
    const mallory = await api.tenant('Mallory');
    expect((await send('node=a', fixture('current.json'), mallory)).status).toBe(404);
    await api.as(mallory).delete(`/v1/clusters/${cluster}/kube-bench-reports/a`).expect(404);
    expect((await send('node=a', fixture('current.json'), await api.key(acme, ['scans:read']))).status).toBe(403);
    expect(await listed()).toHaveLength(1);
  });
});

describe('the benchmark of a cluster', () => {
  let api: LiveApi;
  beforeAll(async () => {
    api = await liveApi();
  });
  afterAll(() => api.close());

  it('is chosen and taken back through both doors', async () => {
    const acme = await api.tenant();
    const { body: made } = await api.as(acme).post('/v1/clusters').send({ name: 'pinned' }).expect(201);
    expect(made.benchmark).toBeNull();
    expect((await api.as(acme).patch(`/v1/clusters/${made.id}`).send({ benchmark: 'cis-1.12' }).expect(200)).body.benchmark).toBe('cis-1.12');
    expect((await api.as(acme).patch(`/v1/clusters/${made.id}`).send({ environment: 'x' }).expect(200)).body.benchmark).toBe('cis-1.12');
    const update = 'mutation ($id: ID!, $benchmark: BenchmarkId) { updateCluster(id: $id, input: { benchmark: $benchmark }) { benchmark } }';
    expect((await api.as(acme).query(update, { id: made.id, benchmark: 'EKS_1_8_0' })).body.data.updateCluster.benchmark).toBe('EKS_1_8_0');
    expect((await api.as(acme).query(update, { id: made.id, benchmark: null })).body.data.updateCluster.benchmark).toBeNull();
    const refused = await api.as(acme).patch(`/v1/clusters/${made.id}`).send({ benchmark: 'cis-9' }).expect(422);
    expect(refused.body.errors).toMatchObject([{ pointer: '/benchmark', detail: expect.stringContaining('cis-1.12') }]);
  });
});
