import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';
import { bindPassword, decidedOnOpenShift, openShiftCluster } from '#test/support/openshift-cluster.js';
import { BenchmarkWorld } from './support/benchmark-world.js';

/** The kubelet's configuration may be read by its owner only. */
const modeItem = '4.1.9';

describe('a benchmark run', () => {
  let api: LiveApi;
  let world: BenchmarkWorld;
  let acme: Tenant;
  let cluster: string;

  beforeAll(async () => {
    api = await liveApi();
    world = new BenchmarkWorld(api);
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    acme = await api.tenant();
    cluster = await world.cluster(acme);
  });

  const nodes = ['cp-1', 'w-1', 'w-2'];
  async function collectedFrom(...names: readonly string[]): Promise<void> {
    for (const name of names) await world.bundle(acme, cluster, name, { controlPlane: name.startsWith('cp') });
  }

  it('judges what was uploaded last with the evidence of nodes, and says by what', async () => {
    await world.upload(acme, cluster, nodes);
    await collectedFrom(...nodes);
    const before = (await api.as(acme).get(`/v1/clusters/${cluster}`).expect(200)).body;
    const run = await world.run(acme, cluster);
    expect(await world.scan(acme, run)).toMatchObject({ kind: 'benchmark', withBenchmark: true, state: 'finished', summary: null, coverage: null });
    const { body } = await api.as(acme).get(`/v1/clusters/${cluster}/benchmark`).expect(200);
    expect(body.run).toMatchObject({ id: run, clusterId: cluster, benchmark: 'cis-1.12', source: 'kept', caveat: 'Evidence of 3 nodes was uploaded by hand and is signed by no collector (cp-1, w-1, w-2).', requestedBy: acme.keyId, previousRunId: null, regressed: 0, nodesListed: 3, nodesWithEvidence: 3 });
    expect(body.run.reason).toContain('Kubernetes 1.32');
    const { pass, fail, unknown, manual, notApplicable } = body.run.counts;
    expect(pass + fail + unknown + manual + notApplicable).toBe(body.items.length);
    expect(body.items.length).toBeGreaterThan(120);
    expect(body.run.score).toBeCloseTo((100 * pass) / (pass + fail), 0);
    expect(body.run.coverage).toBeCloseTo((pass + fail) / (pass + fail + unknown + manual));
    const item = await world.item(acme, run, modeItem);
    expect(item).toMatchObject({ itemId: modeItem, outcome: 'pass', standsAs: 'pass', level: 'level not known', subjectCounts: { pass: 3, fail: 0, unknown: 0 } });
    expect(item.subjects).toHaveLength(3);
    expect(item.subjects[0]).toMatchObject({ status: 'pass', source: 'node', gatheredAt: expect.stringMatching(/^\d{4}-/) });
    // What posture says is as it was.
    expect((await api.as(acme).get(`/v1/clusters/${cluster}`).expect(200)).body).toMatchObject({ lastScanId: before.lastScanId, lastCompleteAt: before.lastCompleteAt });
    expect(await world.events(acme, 'benchmark.completed')).toMatchObject([{ clusterId: cluster, scanId: run, data: { run: { id: run, benchmark: { id: 'cis-1.12' } }, counts: body.run.counts, score: body.run.score, coverage: body.run.coverage } }]);
  });

  it('judges an OpenShift by the objects it is configured by, also from what was kept of them', async () => {
    for (const [index, objects] of [openShiftCluster.hardened, openShiftCluster.careless].entries()) {
      const openShift = await world.cluster(acme);
      await world.uploadList(acme, openShift, { apiVersion: 'v1', kind: 'List', items: objects });
      const run = await world.run(acme, openShift);
      const { body } = await api.as(acme).get(`/v1/clusters/${openShift}/benchmark`).expect(200);
      expect(body.run).toMatchObject({ id: run, benchmark: 'rh-1.8', source: 'kept' });
      const outcomes = new Map((body.items as readonly { readonly itemId: string; readonly outcome: string }[]).map(({ itemId, outcome }) => [itemId, outcome]));
      expect(Object.fromEntries(Object.keys(decidedOnOpenShift).map((id) => [id, outcomes.get(id)]))).toEqual(Object.fromEntries(Object.entries(decidedOnOpenShift).map(([id, both]) => [id, both[index]])));
      expect(JSON.stringify(body)).not.toContain(bindPassword);
    }
    const run = await world.run(acme, await openShiftWithout('apiservers.config.openshift.io'));
    expect(await world.item(acme, run, '3.2.1')).toMatchObject({ outcome: 'unknown' });
  });

  /** A cluster of which an upload says that a kind was not read. */
  async function openShiftWithout(unread: string): Promise<string> {
    const openShift = await world.cluster(acme);
    const items = openShiftCluster.hardened.filter(({ kind }) => kind !== 'APIServer');
    const { body } = await api.as(acme).post(`/v1/clusters/${openShift}/snapshots?complete=cluster&unread=${unread}`).type('application/json').send({ apiVersion: 'v1', kind: 'List', items }).expect(202);
    await world.work(acme, body.id);
    return openShift;
  }

  it('opens and resolves no findings by itself', async () => {
    await world.upload(acme, cluster, nodes);
    const findings = async () => (await api.as(acme).get(`/v1/findings?clusterId=${cluster}&first=100`).expect(200)).body.items;
    const told = await findings();
    const events = await world.events(acme, 'finding.opened', 'finding.resolved', 'finding.regressed', 'scan.completed');
    await collectedFrom(...nodes);
    await world.run(acme, cluster);
    expect(await findings()).toEqual(told);
    expect(await world.events(acme, 'finding.opened', 'finding.resolved', 'finding.regressed', 'scan.completed')).toEqual(events);
    const { body: results } = await api.as(acme).get(`/v1/clusters/${cluster}/frameworks/pss`).expect(200);
    expect(results.scanId).not.toBeNull();
  });

  it('leaves a node without evidence unknown, and says what would decide', async () => {
    await world.upload(acme, cluster, nodes);
    await collectedFrom('cp-1', 'w-1');
    const run = await world.run(acme, cluster);
    expect(await world.item(acme, run, modeItem)).toMatchObject({ outcome: 'unknown', subjectCounts: { pass: 2, fail: 0, unknown: 1 } });
    const { body } = await api.as(acme).get(`/v1/benchmark-runs/${run}`).expect(200);
    expect(body.run.advice.join(' ')).toMatch(/collector/);
  });

  it('says of which nodes nobody but a person answers for the evidence', async () => {
    await world.upload(acme, cluster, nodes);
    const key = await world.enrol(acme, cluster);
    for (const name of ['cp-1', 'w-1']) await world.bundle(acme, cluster, name, { controlPlane: name === 'cp-1' }, key);
    await world.bundle(acme, cluster, 'w-2');
    const caveatOf = async (run: string): Promise<string | null> => (await api.as(acme).get(`/v1/benchmark-runs/${run}`).expect(200)).body.run.caveat;
    expect(await caveatOf(await world.run(acme, cluster))).toBe('Evidence of one node was uploaded by hand and is signed by no collector (w-2).');
    await world.bundle(acme, cluster, 'w-2', {}, key);
    expect(await caveatOf(await world.run(acme, cluster))).toBeNull();
  });

  it('judges bundles of nodes alone, on the nodes that sent them', async () => {
    await collectedFrom(...nodes);
    const run = await world.run(acme, cluster);
    expect(await world.scan(acme, run)).toMatchObject({ state: 'finished' });
    const { body } = await api.as(acme).get(`/v1/benchmark-runs/${run}`).expect(200);
    expect(body.run).toMatchObject({ benchmark: 'cis-1.12', source: 'nodes', nodesListed: null, nodesWithEvidence: 3 });
    expect(body.run.caveat).toContain('Judged on the 3 nodes');
    expect(await world.item(acme, run, modeItem)).toMatchObject({ outcome: 'pass', subjectCounts: { pass: 3 } });
    expect(await world.item(acme, run, '1.2.1')).toMatchObject({ outcome: 'pass' });
    // What only the API can tell is not known.
    expect((await world.item(acme, run, '5.1.1')).outcome).toBe('unknown');
  });

  it('fails in words where nothing is known, or no benchmark fits', async () => {
    const run = await world.run(acme, cluster);
    expect(await world.scan(acme, run)).toMatchObject({ state: 'failed', failure: { reason: 'benchmark-not-chosen', detail: expect.stringContaining('Nothing is known of this cluster yet') } });
    expect((await api.as(acme).get(`/v1/clusters/${cluster}/benchmark`).expect(409)).body.type).toBe('/problems/no-benchmark-run');
    await world.upload(acme, cluster, nodes, 'v1.14.2');
    const second = await world.run(acme, cluster);
    expect(await world.scan(acme, second)).toMatchObject({ state: 'failed', failure: { reason: 'benchmark-not-chosen', detail: expect.stringMatching(/outside|not known/) } });
    await api.as(acme).patch(`/v1/clusters/${cluster}`).send({ benchmark: 'cis-2.0' }).expect(200);
    const third = await world.run(acme, cluster);
    expect((await api.as(acme).get(`/v1/benchmark-runs/${third}`).expect(200)).body.run).toMatchObject({ benchmark: 'cis-2.0', reason: expect.stringContaining('pinned') });
  });

  it('is cancelled, and then nothing of it is kept', async () => {
    await world.upload(acme, cluster, nodes);
    const scan = await world.request(acme, cluster);
    await api.as(acme).post(`/v1/clusters/${cluster}/scans`).send({ kind: 'benchmark' }).expect(409);
    await api.as(acme).post(`/v1/scans/${scan}/cancel`).expect(202);
    await world.work(acme, scan);
    await api.as(acme).get(`/v1/benchmark-runs/${scan}`).expect(404);
    expect((await api.as(acme).get('/v1/benchmark-runs').expect(200)).body.items).toEqual([]);
    expect(await world.events(acme, 'benchmark.completed')).toEqual([]);
  });

  it('is refused with an unknown kind, or without a connection where posture is asked for', async () => {
    const scans = `/v1/clusters/${cluster}/scans`;
    expect((await api.as(acme).post(scans).send({ kind: 'everything' }).expect(422)).body.errors).toMatchObject([{ pointer: '/kind' }]);
    for (const kind of ['posture', 'posture-and-benchmark']) expect((await api.as(acme).post(scans).send({ kind }).expect(409)).body.type).toBe('/problems/no-connection');
    expect((await api.as(acme).post(scans).expect(409)).body.type).toBe('/problems/no-connection');
  });

  describe('that finds a regression', () => {
    beforeEach(async () => {
      await world.upload(acme, cluster, nodes);
      await collectedFrom(...nodes);
    });
    const regressions = async (query = '') => (await api.as(acme).get(`/v1/clusters/${cluster}/benchmark/regressions${query}`).expect(200)).body.items;

    it('tells it once, with both runs, the node and both values, and ends it when it is seen to pass', async () => {
      const first = await world.run(acme, cluster);
      await world.bundle(acme, cluster, 'w-2', { mode: 0o666 });
      const second = await world.run(acme, cluster);
      expect((await api.as(acme).get(`/v1/benchmark-runs/${second}`).expect(200)).body.run).toMatchObject({ previousRunId: first, regressed: 1 });
      const [event, ...others] = await world.events(acme, 'benchmark.item_regressed');
      expect(others).toEqual([]);
      expect(event).toMatchObject({
        clusterId: cluster, scanId: second,
        data: { regression: { item: { id: modeItem, title: expect.any(String) }, before: { runId: first }, after: { runId: second }, subjectCount: 1, subjects: [{ subject: expect.stringContaining('w-2'), before: expect.stringContaining('600'), after: expect.stringContaining('666'), at: expect.stringContaining('/var/lib/kubelet/config.yaml') }] } },
      });
      expect(await world.item(acme, second, modeItem)).toMatchObject({ outcome: 'fail', subjectCounts: { pass: 2, fail: 1 }, regression: { beforeRunId: first, runId: second } });

      // It goes on failing: nothing new.
      await world.run(acme, cluster);
      expect(await world.events(acme, 'benchmark.item_regressed')).toHaveLength(1);

      // The node sends nothing any more: nothing is mended.
      await api.as(acme).delete(`/v1/clusters/${cluster}/node-bundles/w-2`).expect(204);
      const partial = await world.run(acme, cluster);
      expect(await world.item(acme, partial, modeItem)).toMatchObject({ outcome: 'unknown', regression: { runId: second } });
      expect(await regressions('?isOpen=true')).toHaveLength(1);

      await world.bundle(acme, cluster, 'w-2');
      const mended = await world.run(acme, cluster);
      expect(await world.item(acme, mended, modeItem)).toMatchObject({ outcome: 'pass', regression: null });
      expect(await regressions('?isOpen=true')).toEqual([]);
      expect(await regressions()).toMatchObject([{ itemId: modeItem, beforeRunId: first, runId: second, resolvedRunId: mended }]);

      const { body: history } = await api.as(acme).get(`/v1/clusters/${cluster}/benchmark/items/${modeItem}/history?first=3`).expect(200);
      expect(history.items.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['pass', 'unknown', 'fail']);
      const { body: rest } = await api.as(acme).get(`/v1/clusters/${cluster}/benchmark/items/${modeItem}/history?first=3&after=${history.pageInfo.endCursor}`).expect(200);
      expect(rest.items.map(({ runId }: { runId: string }) => runId).at(-1)).toBe(first);
      const { body: difference } = await api.as(acme).get(`/v1/benchmark-runs/${second}/difference`).expect(200);
      expect(difference.items).toMatchObject([{ itemBefore: modeItem, itemAfter: modeItem, change: 'worse', before: 'pass', after: 'fail' }]);
    });

    it('carries history over to another benchmark', async () => {
      const first = await world.run(acme, cluster);
      await api.as(acme).patch(`/v1/clusters/${cluster}`).send({ benchmark: 'cis-2.0' }).expect(200);
      await world.bundle(acme, cluster, 'w-2', { mode: 0o666 });
      const second = await world.run(acme, cluster);
      expect(await regressions()).toMatchObject([{ benchmark: 'cis-2.0', itemId: modeItem, beforeRunId: first, runId: second }]);
    });

    it('is none where evidence was missing before or after', async () => {
      await api.as(acme).delete(`/v1/clusters/${cluster}/node-bundles/w-2`).expect(204);
      await world.run(acme, cluster);
      await world.bundle(acme, cluster, 'w-2', { mode: 0o666 });
      await world.run(acme, cluster);
      await api.as(acme).delete(`/v1/clusters/${cluster}/node-bundles/w-1`).expect(204);
      await world.run(acme, cluster);
      expect(await world.events(acme, 'benchmark.item_regressed')).toEqual([]);
    });

    it('survives a worker that is killed before it commits: the next one tells it once', async () => {
      await world.run(acme, cluster);
      await world.bundle(acme, cluster, 'w-2', { mode: 0o666 });
      const scan = await world.request(acme, cluster);
      // As an attempt leaves it whose worker is gone: running, its lease long over.
      await api.database.store.inTenant(acme.tenantId, async (tx) => {
        const generation = (await tx.clusters.nextGeneration(cluster))!;
        await tx.scans.update(scan, { state: 'running', generation, startedAt: new Date(), heartbeatAt: new Date(Date.now() - 3_600_000) });
      });
      await world.work(acme, scan);
      await world.work(acme, scan);
      expect(await world.events(acme, 'benchmark.item_regressed')).toHaveLength(1);
      expect((await world.events(acme, 'benchmark.completed')).filter(({ scanId }) => scanId === scan)).toHaveLength(1);
    });
  });

  it('goes with its cluster, and so do its attestations', async () => {
    await world.upload(acme, cluster, nodes);
    const run = await world.run(acme, cluster);
    await api.as(acme).delete(`/v1/clusters/${cluster}`).expect(204);
    await api.as(acme).get(`/v1/benchmark-runs/${run}`).expect(404);
    expect((await api.as(acme).get('/v1/benchmark-runs').expect(200)).body.items).toEqual([]);
  });
});
