import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';
import { BenchmarkWorld, type NodeOptions } from './support/benchmark-world.js';

/** No control asks on which address kube-proxy serves its metrics. */
const metricsItem = '4.3.1';
const own = 'control-plane/cis-4.3.1';
const files = 'control-plane/component-least-privilege';
const open = '0.0.0.0:10249';
const closed = '127.0.0.1:10249';

describe('findings of a benchmark', () => {
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
  const transitions = ['finding.opened', 'finding.resolved', 'finding.reopened', 'finding.regressed'] as const;
  const collected = (options: Readonly<Record<string, NodeOptions>> = {}) => Promise.all(nodes.map((name) => world.bundle(acme, cluster, name, { controlPlane: name === 'cp-1', metrics: closed, ...options[name] })));
  const findings = async (controlId: string, query = '') => (await api.as(acme).get(`/v1/findings?clusterId=${cluster}&controlId=${encodeURIComponent(controlId)}&first=100${query}`).expect(200)).body.items;
  /** Transitions of one control's findings, oldest first. */
  const told = async (controlId: string) => (await world.events(acme, ...transitions)).filter(({ data }) => (data as unknown as { finding: { controlId: string } }).finding.controlId === controlId);
  const types = async (controlId = own) => (await told(controlId)).map(({ type }) => type);

  it('are of items that no control covers: opened, resolved, reopened, one a node, each told once', async () => {
    await world.upload(acme, cluster, nodes);
    await collected({ 'w-1': { metrics: open }, 'w-2': { metrics: open } });
    const first = await world.run(acme, cluster);
    const [finding, ...others] = await findings(own);
    expect(others).toHaveLength(1);
    expect(finding).toMatchObject({
      controlId: own, layer: 'control-plane', severity: 'medium', state: 'open', transition: 'opened', resource: { kind: 'Node' }, part: '', openedScanId: first, switchedOff: null,
      detail: { benchmark: 'cis-1.12', item: metricsItem, found: open, source: 'flags', remediation: expect.stringContaining('metricsBindAddress') },
    });
    expect(finding.message).toContain(open);
    expect(await types()).toEqual(['finding.opened', 'finding.opened']);

    await world.run(acme, cluster);
    expect(await types()).toHaveLength(2);
    await world.bundle(acme, cluster, 'w-1', { metrics: closed });
    const mended = await world.run(acme, cluster);
    expect((await types()).slice(2)).toEqual(['finding.resolved']);
    expect(await findings(own, '&state=resolved')).toMatchObject([{ resource: { name: 'w-1' }, transition: 'resolved', lastScanId: mended }]);
    await world.bundle(acme, cluster, 'w-1', { metrics: open });
    await world.run(acme, cluster);
    expect((await types()).slice(3)).toEqual(['finding.reopened']);
    const { body: history } = await api.as(acme).get(`/v1/findings/${finding.id}/history`).expect(200);
    expect(history.items.length).toBeGreaterThan(0);
  });

  it('say of a regression which scans saw what, on which node, both values, and where', async () => {
    await world.upload(acme, cluster, nodes);
    await collected();
    await world.run(acme, cluster);
    const before = await world.run(acme, cluster);
    await world.bundle(acme, cluster, 'w-2', { metrics: open });
    const after = await world.run(acme, cluster);
    const [event, ...others] = await told(own);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      type: 'finding.regressed', scanId: after,
      data: {
        finding: { controlId: own, resource: { kind: 'Node', name: 'w-2' }, transition: 'regressed' },
        regression: {
          before: { scanId: before, at: expect.stringMatching(/^\d{4}-/), value: closed }, after: { scanId: after, at: expect.stringMatching(/^\d{4}-/), value: open },
          changed: { resource: { kind: 'Node', namespace: '', name: 'w-2' }, subject: 'w-2', at: expect.stringContaining('metrics-bind-address'), source: 'flags', detail: null, patch: null },
        },
      },
    });
    // The item's own event stays, and names the finding.
    const [finding] = await findings(own);
    expect(await world.events(acme, 'benchmark.item_regressed')).toMatchObject([{ scanId: after, data: { regression: { item: { id: metricsItem }, findings: [{ id: finding.id, controlId: own }] } } }]);
    expect((await world.events(acme, 'benchmark.completed')).at(-1)).toMatchObject({ data: { regressed: 1, findings: { opened: 0, reopened: 0, regressed: 1, resolved: 0, stillOpen: 0 } } });
  });

  it('leave what a control covers to that control, which opens, resolves, reopens and regresses it with the next posture', async () => {
    const regressed = async () => (await told(files)).filter(({ data }) => (data as unknown as { finding: { part: string } }).finding.part === 'kubelet-config-mode');
    await collected();
    const before = await world.upload(acme, cluster, nodes);
    await collected({ 'w-2': { mode: 0o666 } });
    await world.run(acme, cluster);
    expect(await regressed()).toEqual([]);
    const after = await world.upload(acme, cluster, nodes);
    const [event, ...others] = await regressed();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      type: 'finding.regressed', scanId: after,
      data: { regression: { before: { scanId: before, value: '0600' }, after: { scanId: after, value: '0666' }, changed: { resource: { kind: 'Node', name: 'w-2' }, part: 'kubelet-config-mode', at: '/var/lib/kubelet/config.yaml', detail: { wanted: '0600', files: [{ path: '/var/lib/kubelet/config.yaml', mode: '0666' }] } } } },
    });
    await collected();
    await world.upload(acme, cluster, nodes);
    await collected({ 'w-2': { mode: 0o666 } });
    await world.upload(acme, cluster, nodes);
    expect((await regressed()).map(({ type }) => type)).toEqual(['finding.regressed', 'finding.resolved', 'finding.reopened']);
  });

  it('resolve by nothing but a pass of the same node: not by evidence that is missing, nor by an edition for another platform, nor by posture', async () => {
    await world.upload(acme, cluster, nodes);
    await collected({ 'w-1': { metrics: open } });
    await world.run(acme, cluster);
    await api.as(acme).delete(`/v1/clusters/${cluster}/node-bundles/w-1`).expect(204);
    await world.run(acme, cluster);
    await world.bundle(acme, cluster, 'w-1', { metrics: closed });
    await api.as(acme).patch(`/v1/clusters/${cluster}`).send({ benchmark: 'rke2-cis-1.8' }).expect(200);
    await world.run(acme, cluster);
    await world.upload(acme, cluster, nodes);
    expect(await findings(own)).toMatchObject([{ state: 'open', resource: { name: 'w-1' } }]);
    await api.as(acme).patch(`/v1/clusters/${cluster}`).send({ benchmark: null }).expect(200);
    await world.run(acme, cluster);
    expect(await types()).toEqual(['finding.opened', 'finding.resolved']);
  });

  it('resolve by a node alone where nobody lists the others, and leave a node that is silent', async () => {
    await collected({ 'w-1': { metrics: open }, 'w-2': { metrics: open } });
    await world.run(acme, cluster);
    await world.bundle(acme, cluster, 'w-1', { metrics: closed });
    await api.as(acme).delete(`/v1/clusters/${cluster}/node-bundles/w-2`).expect(204);
    await world.run(acme, cluster);
    expect(await findings(own)).toMatchObject([{ resource: { name: 'w-2' } }]);
  });

  it('stay where a machine outside of the cluster sends nothing any more, until it is retired', async () => {
    await world.bundle(acme, cluster, 'etcd-1', { controlPlane: true, metrics: open });
    await world.run(acme, cluster);
    await world.upload(acme, cluster, nodes);
    await collected();
    const remove = (query = '') => api.as(acme).delete(`/v1/clusters/${cluster}/node-bundles/etcd-1${query}`).expect(204);
    await remove();
    await world.run(acme, cluster);
    expect(await findings(own)).toMatchObject([{ state: 'open', resource: { name: 'etcd-1' } }]);
    await remove('?retired=true');
    await world.run(acme, cluster);
    expect(await types()).toEqual(['finding.opened', 'finding.resolved']);
  });

  it('resolve for the cluster where what they were about is seen to be gone, and not where nobody could look', async () => {
    const publicNodes = 'network/eks-nodes-have-no-public-address';
    const uploaded = async (items: readonly object[], query: string) => {
      const { body } = await api.as(acme).post(`/v1/clusters/${cluster}/snapshots?${query}`).type('application/json').send({ apiVersion: 'v1', kind: 'List', items }).expect(202);
      await world.work(acme, body.id);
    };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } };
    await api.as(acme).patch(`/v1/clusters/${cluster}`).send({ benchmark: 'eks-1.8.0' }).expect(200);
    await uploaded([namespace, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' }, status: { addresses: [{ type: 'ExternalIP', address: '34.1.2.3' }, { type: 'InternalIP', address: '10.0.0.1' }] } }], 'complete=cluster');
    await world.run(acme, cluster);
    expect(await findings(publicNodes)).toMatchObject([{ state: 'open', resource: { kind: 'Cluster' } }]);
    await uploaded([namespace], 'complete=objects');
    await world.run(acme, cluster);
    expect(await types(publicNodes)).toEqual(['finding.opened']);
    await uploaded([namespace], 'complete=cluster');
    await world.run(acme, cluster);
    expect(await types(publicNodes)).toEqual(['finding.opened', 'finding.resolved']);
  });

  it('leave findings of posture as they are, and posture\'s score too', async () => {
    await world.upload(acme, cluster, nodes);
    const score = async () => {
      const { body } = await api.as(acme).get(`/v1/clusters/${cluster}`).expect(200);
      return (await world.scan(acme, body.lastScanId)).summary.score;
    };
    const [before, others] = [await score(), (await api.as(acme).get(`/v1/findings?clusterId=${cluster}&first=100`).expect(200)).body.items];
    await collected({ 'w-1': { metrics: open } });
    await world.run(acme, cluster);
    const items = (await api.as(acme).get(`/v1/findings?clusterId=${cluster}&first=100`).expect(200)).body.items as readonly { readonly controlId: string }[];
    expect(items.filter(({ controlId }) => controlId !== own)).toEqual(others);
    expect(await score()).toBe(before);
  });

  it('heed the organisation\'s policy, which outlasts a change of edition', async () => {
    await world.upload(acme, cluster, nodes);
    await collected({ 'w-1': { metrics: open } });
    await world.run(acme, cluster);
    const decide = (decision: object) => api.as(acme).put('/v1/policy').send({ controls: [{ controlId: own, reason: 'Metrics are behind a firewall.', ...decision }] }).expect(200);
    await decide({ severity: 'info' });
    await world.run(acme, cluster);
    expect(await findings(own)).toMatchObject([{ severity: 'info' }]);
    expect(await world.events(acme, 'finding.severity_changed')).toMatchObject([{ data: { finding: { controlId: own }, before: { severity: 'medium' } } }]);

    await decide({ isOff: true });
    await api.as(acme).patch(`/v1/clusters/${cluster}`).send({ benchmark: 'cis-2.0' }).expect(200);
    await world.bundle(acme, cluster, 'w-2', { metrics: open });
    await world.bundle(acme, cluster, 'w-1', { metrics: closed });
    const run = await world.run(acme, cluster);
    expect(await findings(own)).toMatchObject([{ resource: { name: 'w-1' }, switchedOff: 'Metrics are behind a firewall.' }]);
    // The report says how things stand all the same.
    expect(await world.item(acme, run, metricsItem)).toMatchObject({ outcome: 'fail' });
    await api.as(acme).put('/v1/policy').send({ controls: [] }).expect(200);
    await world.run(acme, cluster);
    expect((await types()).slice(1).toSorted()).toEqual(['finding.regressed', 'finding.resolved']);
  });

  it('carry over to another edition, under the same id', async () => {
    await world.upload(acme, cluster, nodes);
    await collected({ 'w-1': { metrics: open } });
    const first = await world.run(acme, cluster);
    await api.as(acme).patch(`/v1/clusters/${cluster}`).send({ benchmark: 'cis-2.0' }).expect(200);
    await world.bundle(acme, cluster, 'w-2', { metrics: open });
    const second = await world.run(acme, cluster);
    expect(await findings(own)).toHaveLength(2);
    expect((await told(own)).at(-1)).toMatchObject({ type: 'finding.regressed', data: { regression: { before: { scanId: first, value: closed }, after: { scanId: second } } } });
  });

  it('are told once, whoever works on the scan again', async () => {
    await world.upload(acme, cluster, nodes);
    await collected();
    await world.run(acme, cluster);
    await world.bundle(acme, cluster, 'w-2', { metrics: open });
    const scan = await world.request(acme, cluster);
    await api.database.store.inTenant(acme.tenantId, async (tx) => {
      const generation = (await tx.clusters.nextGeneration(cluster))!;
      await tx.scans.update(scan, { state: 'running', generation, startedAt: new Date(), heartbeatAt: new Date(Date.now() - 3_600_000) });
    });
    await world.work(acme, scan);
    await world.work(acme, scan);
    expect(await types()).toEqual(['finding.regressed']);
  });

  it('are none of another organisation', async () => {
    await world.upload(acme, cluster, nodes);
    await collected({ 'w-1': { metrics: open } });
    await world.run(acme, cluster);
    const [finding] = await findings(own);
    const other = await api.tenant();
    await api.as(other).get(`/v1/findings/${finding.id}`).expect(404);
    expect((await api.as(other).get(`/v1/findings?controlId=${encodeURIComponent(own)}`).expect(200)).body.items).toEqual([]);
    expect(await world.events(other, ...transitions)).toEqual([]);
  });

  it('stand in the catalogue beside controls, marked, and so do items say who tells of them', async () => {
    const { body } = await api.as(acme).get(`/v1/controls/${own}`).expect(200);
    expect(body).toMatchObject({ id: own, kind: 'benchmark-item', severity: 'medium', layer: 'control-plane', frameworks: [], items: [{ benchmark: 'cis-2.0', itemId: metricsItem }, { benchmark: 'cis-1.12', itemId: metricsItem }] });
    const ids = async (kind: string) => (await api.as(acme).get(`/v1/controls?kind=${kind}`).expect(200)).body.items.map(({ kind: is }: { kind: string }) => is);
    expect(new Set(await ids('benchmark-item'))).toEqual(new Set(['benchmark-item']));
    expect(new Set(await ids('control'))).toEqual(new Set(['control']));
    const { body: graph } = await api.as(acme).post('/graphql').send({ query: `{ controls(kind: BENCHMARK_ITEM, severity: HIGH) { id kind items { benchmark itemId } } control(id: "${own}") { kind title } }` }).expect(200);
    expect(graph.data.control).toMatchObject({ kind: 'BENCHMARK_ITEM' });
    expect(graph.data.controls.length).toBeGreaterThan(0);
    const { body: benchmark } = await api.as(acme).get('/v1/benchmarks/cis-1.12').expect(200);
    const items = benchmark.sections.flatMap(({ items: all }: { items: readonly { itemId: string }[] }) => all);
    expect(items.find(({ itemId }: { itemId: string }) => itemId === metricsItem)).toMatchObject({ ownControlId: own, coveredBy: [], controlIds: [] });
    expect(items.find(({ itemId }: { itemId: string }) => itemId === '4.1.9')).toMatchObject({ ownControlId: null, coveredBy: [`${files}#kubelet-config-mode`] });
    await api.as(acme).put('/v1/policy').send({ controls: [{ controlId: `control-plane/${randomUUID()}`, isOff: true, reason: 'no such' }] }).expect(422);
  });
});
