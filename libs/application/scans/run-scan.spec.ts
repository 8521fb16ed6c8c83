import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { controlById } from '#controls/catalogue.js';
import type { Severity } from '#controls/engine/control.js';
import { evaluate } from '#controls/engine/evaluate.js';
import { foundEvaluation, foundFailure, type FoundEvaluation } from '#findings/found-failure.js';
import { inventoryOf } from '#test/support/example-inventory.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { allObserved, clearVault, connectedCluster, connection, heardSoon, keySetOf, scanResult, scanRunner } from '#test/support/scan-runs.js';
import { Caller } from '../caller.js';
import type { Event } from '../events/event.js';
import type { Finding } from '../findings/finding.js';
import { FindingsService } from '../findings/findings.service.js';
import { Lists } from '../lists.js';
import { firstPolicy } from '../organisations/policy.js';
import { CollectionError, type ClusterCollector, type ScanResult } from '../ports/cluster-collector.js';
import { Fenced } from './attempt.js';
import { RunScan } from './run-scan.js';
import type { Scan } from './scan.js';
import { ScansService } from './scans.service.js';

const control = 'workloads/privileged';
const keyOf = (name: string): string => `${control}|Pod/shop/${name}|app`;

/** What the control says: who fails, who passes, who cannot be told. */
interface Says {
  readonly fails?: readonly string[];
  readonly passes?: readonly string[];
  readonly unknown?: readonly string[];
  readonly complete?: boolean;
  readonly message?: string;
  readonly severity?: Severity;
}

function evaluation({ fails = [], passes = [], unknown = [], complete = true, message = 'runs privileged', severity = 'critical' }: Says): FoundEvaluation {
  const keys = (names: readonly string[]) => keySetOf(names.map(keyOf));
  return {
    controlId: control, layer: 'workloads', outcome: fails.length > 0 ? 'fail' : unknown.length > 0 ? 'unknown' : 'pass', complete,
    passed: passes.length, failed: fails.length, unknown: unknown.length, notApplicable: 0,
    failures: fails.map((name) => foundFailure({
      key: keyOf(name), resource: { group: '', kind: 'Pod', namespace: 'shop', name }, part: 'app', severity, message, detail: { image: 'x' }, basis: 'cluster', risk: 50, surroundings: '||',
    })),
    unknowns: [], notApplicables: [], passedKeys: keys(passes), heldKeys: keys(unknown),
  };
}

const result = (says: Says, outcomes?: ScanResult['outcomes']): ScanResult => scanResult([evaluation(says)], outcomes);

describe('RunScan', () => {
  let fresh: FreshStore;
  let admin: pg.Client;
  let tenantId: string;
  let clusterId: string;
  let caller: Caller;
  let scans: ScansService;

  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'));
    admin = new pg.Client({ connectionString: fresh.adminUrl });
    await admin.connect();
    scans = new ScansService(fresh.store, new Lists(randomBytes(32)));
  });
  afterAll(async () => {
    await admin.end();
    await fresh.drop();
  });
  beforeEach(async () => {
    tenantId = await fresh.organisation();
    clusterId = await connectedCluster(fresh, tenantId);
    caller = new Caller(tenantId, 'key', new Set(['scans:write']));
  });

  const runner = (scan: ClusterCollector['scan'], settings = heardSoon): RunScan => scanRunner(fresh, scan, settings);
  const never = new AbortController().signal;

  /** Requests a scan and runs it; the collector says what is given. */
  async function scanned(says: Says | ScanResult | Error): Promise<Scan> {
    const { id } = await scans.request(caller, { clusterId });
    await runner(async () => {
      if (says instanceof Error) throw says;
      return 'evaluations' in says ? says : result(says);
    }).run(tenantId, id, never);
    return scans.get(caller, id);
  }
  const feed = (tenant = tenantId): Promise<readonly Event[]> => fresh.store.inTenant(tenant, (tx) => tx.events.after(0, 1_000));
  const types = async (): Promise<readonly string[]> => (await feed()).map(({ type }) => type);
  const findings = async (state: 'open' | 'resolved' = 'open'): Promise<readonly Finding[]> =>
    (await fresh.store.inTenant(tenantId, (tx) => tx.findings.list({ state }, { first: 100 }))).items;
  const due = async (subjectId: string): Promise<number> =>
    (await admin.query('select from bulwark.due_work where subject_id = $1', [subjectId])).rowCount ?? 0;
  const physicalRows = async (): Promise<readonly unknown[]> =>
    (await admin.query('select ctid::text, xmin::text, id from bulwark.findings where tenant_id = $1 order by id', [tenantId])).rows;

  it('hands the decrypted connection and the policy to the collector, and writes progress', async () => {
    await fresh.store.inTenant(tenantId, (tx) => tx.policies.insert({ id: randomUUID(), version: 1, decidedBy: null, policy: { ...firstPolicy, trustedRegistries: ['registry.example'] } }));
    const { id } = await scans.request(caller, { clusterId });
    await runner(async (source, policy, { onProgress }) => {
      expect(source).toEqual({ kind: 'live', connection });
      expect(policy).toEqual({ trustedRegistries: ['registry.example'], nodeEvidenceMaxAgeDays: 7, benchmarks: { isScheduled: false, lastRunAt: null, overdueSince: null } });
      onProgress({ phase: 'collecting', resource: 'pods', objects: 7 });
      await expect.poll(async () => (await scans.get(caller, id)).progress).toEqual({ phase: 'collecting', resource: 'pods', objects: 7 });
      return result({});
    }).run(tenantId, id, never);
    expect(await scans.get(caller, id)).toMatchObject({ state: 'finished', progress: null, cancelRequested: false });
  });

  it('tells a finding’s whole life, one event a transition', async () => {
    const baseline = await scanned({ fails: ['a'], passes: ['b'] });
    expect(baseline).toMatchObject({ state: 'finished', isBaseline: true, isComplete: true, summary: { score: 50, findings: { opened: 1, open: { critical: 1 } } }, coverage: { ratio: 1, missing: [] } });
    const [opened] = await findings();
    expect(opened).toMatchObject({ key: keyOf('a'), transition: 'opened', sequence: 1, isBaseline: true, layer: 'workloads', detail: { image: 'x' } });

    await scanned({ fails: ['a'], passes: ['b'] });
    expect(await types()).toEqual(['finding.opened', 'scan.completed', 'scan.completed']);

    await scanned({ passes: ['a', 'b'] });
    expect(await findings()).toEqual([]);
    expect(await findings('resolved')).toMatchObject([{ id: opened!.id, transition: 'resolved', sequence: 2 }]);

    await scanned({ fails: ['a', 'b'] });
    expect((await findings()).map(({ name, transition, sequence }) => [name, transition, sequence]).sort()).toEqual([['a', 'reopened', 3], ['b', 'regressed', 1]]);
    expect((await findings()).find(({ name }) => name === 'a')).toMatchObject({ firstSeenAt: opened!.firstSeenAt, resolvedAt: null, isBaseline: false });

    const events = await feed();
    expect(events.map(({ type }) => type)).toEqual([
      'finding.opened', 'scan.completed', 'scan.completed', 'finding.resolved', 'scan.completed', 'finding.reopened', 'finding.regressed', 'scan.completed',
    ]);
    expect(events.map(({ position }) => position)).toEqual(events.map((_, i) => i + 1));
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(events.map(({ isBaseline }) => isBaseline)).toEqual([true, true, false, false, false, false, false, false]);
    expect(events[3]).toMatchObject({ findingId: opened!.id, data: { finding: { state: 'resolved', message: 'runs privileged', resource: { name: 'a' } }, cluster: { id: clusterId } } });
    expect(await due(tenantId)).toBe(1);
  });

  it('writes no finding row where nothing changed, and only the text where only that did', async () => {
    await scanned({ fails: ['a', 'c'], passes: ['b'] });
    const before = await physicalRows();
    await scanned({ fails: ['a', 'c'], passes: ['b'] });
    expect(await physicalRows()).toEqual(before);

    await scanned({ fails: ['a', 'c'], passes: ['b'], message: 'is privileged' });
    expect(await findings()).toMatchObject([{ message: 'is privileged', sequence: 1 }, { message: 'is privileged', sequence: 1 }]);
    expect((await types()).filter((type) => type !== 'scan.completed')).toEqual(['finding.opened', 'finding.opened']);
  });

  it('tells a severity that changed, once a scan', async () => {
    await scanned({ fails: ['a', 'c'] });
    await scanned({ fails: ['a', 'c'], severity: 'low' });
    await scanned({ fails: ['a', 'c'], severity: 'low' });
    expect(await findings()).toMatchObject([{ severity: 'low', sequence: 1 }, { severity: 'low', sequence: 1 }]);
    const changed = (await feed()).filter(({ type }) => type === 'finding.severity_changed');
    expect(changed).toHaveLength(2);
    expect(changed[0]).toMatchObject({ severity: 'low', data: { before: { severity: 'critical' }, finding: { severity: 'low', state: 'open' } } });
  });

  it('remembers machines outside of the cluster, and hands them on also where their evidence goes while it looks', async () => {
    const bundle = { id: randomUUID(), clusterId, node: 'etcd-1', collectedAt: new Date(), collector: '1', isSigned: true, enrolmentKeyId: null, uploadedBy: null, digest: 'd', size: 1, nonce: 'n', machine: null };
    await fresh.store.inTenant(tenantId, (tx) => tx.nodeEvidence.keep(bundle, Buffer.from('x')));
    await scanned({ ...result({}), standing: { nodes: [], machines: ['etcd-1'] } });
    const { id } = await scans.request(caller, { clusterId });
    let told: { readonly machines: readonly string[] | undefined; readonly looked: readonly string[] } | undefined;
    const collector = {
      async scan(...[, , { knownMachines, packs }]: Parameters<ClusterCollector['scan']>) {
        await fresh.store.inTenant(tenantId, (tx) => tx.nodeEvidence.delete(clusterId, 'etcd-1', false));
        const looked: string[] = [];
        for await (const { node } of packs!) looked.push(node);
        told = { machines: knownMachines, looked };
        return result({});
      },
      verify: async () => ({ reachable: true, rights: [] }),
    };
    await new RunScan(fresh.store, collector, clearVault, heardSoon).run(tenantId, id, never);
    expect(told).toEqual({ machines: ['etcd-1'], looked: [] });
  });

  it('remembers them by a scan for a benchmark alone too', async () => {
    const bundle = { id: randomUUID(), clusterId, node: 'etcd-1', collectedAt: new Date(), collector: '1', isSigned: true, enrolmentKeyId: null, uploadedBy: null, digest: 'd', size: 1, nonce: 'n', machine: null };
    await fresh.store.inTenant(tenantId, (tx) => tx.nodeEvidence.keep(bundle, Buffer.from('x')));
    const { id } = await scans.request(caller, { clusterId, kind: 'benchmark' });
    const judgement = { benchmark: 'cis-1.12', reason: '', items: [], nodes: { listed: 1, withEvidence: 0 }, advice: [] } as const;
    await runner(async () => ({ ...result({}), standing: { nodes: [], machines: ['etcd-1'] }, benchmark: { state: 'judged', judgement, nodes: [], findings: [] } })).run(tenantId, id, never);
    expect(await scans.get(caller, id)).toMatchObject({ state: 'finished' });
    expect(await fresh.store.inTenant(tenantId, (tx) => tx.nodeEvidence.knownMachines(clusterId))).toEqual(['etcd-1']);
  });

  it('resolves nothing of a control that the policy switches off, and says so', async () => {
    await scanned({ fails: ['a'] });
    const decided = { ...firstPolicy, controls: [{ controlId: control, severity: null, isOff: true, reason: 'not ours' }] };
    await fresh.store.inTenant(tenantId, (tx) => tx.policies.insert({ id: randomUUID(), version: 1, decidedBy: null, policy: decided }));
    const { id } = await scans.request(caller, { clusterId });
    await runner(async (_source, policy) => {
      expect(policy).toEqual({ controls: { [control]: { off: 'not ours' } }, nodeEvidenceMaxAgeDays: 7, benchmarks: { isScheduled: false, lastRunAt: null, overdueSince: null } });
      return { ...result({}), evaluations: evaluate([controlById.get(control)!], inventoryOf([]), policy).map(foundEvaluation) };
    }).run(tenantId, id, never);
    expect(await findings()).toMatchObject([{ name: 'a', state: 'open' }]);
    expect(await scans.get(caller, id)).toMatchObject({ coverage: { switchedOff: [control], applicable: 0 }, summary: { score: null, controls: { 'not-applicable': 1 }, findings: { open: { critical: 1 } } } });
    const reader = new Caller(tenantId, 'key', new Set(['findings:read']));
    const [shown] = (await new FindingsService(fresh.store, new Lists(randomBytes(32))).list(reader, {}, {})).edges;
    expect(shown?.node).toMatchObject({ name: 'a', switchedOff: 'not ours' });
  });

  it('never resolves on partial facts, nor what it could not tell', async () => {
    await scanned({ fails: ['a', 'b'] });
    const partial = { ...allObserved, pods: { state: 'partial', count: 1, reason: 'timed-out', detail: 'no answer' } } as ScanResult['outcomes'];
    const scan = await scanned(result({ complete: false }, partial));
    expect(scan).toMatchObject({ isComplete: false, coverage: { missing: [{ resource: 'pods', state: 'partial', reason: 'timed-out' }] } });
    await scanned({ unknown: ['a'], passes: ['b'] });
    expect((await findings()).map(({ name }) => name)).toEqual(['a']);
    expect(await types()).toEqual(['finding.opened', 'finding.opened', 'scan.completed', 'scan.completed', 'finding.resolved', 'scan.completed']);
  });

  it('counts the first complete scan as the baseline, not a partial one before it', async () => {
    const partial = { ...allObserved, pods: { state: 'missing', reason: 'timed-out', detail: '' } } as ScanResult['outcomes'];
    expect(await scanned(result({ fails: ['a'] }, partial))).toMatchObject({ isBaseline: false, isComplete: false });
    const refused = { ...allObserved, secrets: { state: 'missing', reason: 'forbidden', detail: '' } } as ScanResult['outcomes'];
    expect(await scanned(result({ fails: ['a', 'b'] }, refused))).toMatchObject({ isBaseline: true, isComplete: true });
    expect((await feed()).filter(({ type }) => type === 'finding.opened').map(({ isBaseline }) => isBaseline)).toEqual([false, true]);
  });

  it('hands the trace of its request on to the deliveries of its events', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { id } = await scans.request(caller, { clusterId }, traceparent);
    await runner(async () => result({ fails: ['a'] })).run(tenantId, id, never);
    expect(await fresh.store.inTenant(tenantId, (tx) => tx.dueWork.get('events.dispatch', tenantId))).toMatchObject({ traceparent });
  });

  it('keeps two organisations apart', async () => {
    const other = await fresh.organisation();
    const otherCluster = await connectedCluster(fresh, other);
    const otherCaller = new Caller(other, 'key', new Set(['scans:write']));
    await scanned({ fails: ['a'] });
    const { id } = await scans.request(otherCaller, { clusterId: otherCluster });
    await expect(scans.get(caller, id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(scans.cancel(caller, id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(scans.request(caller, { clusterId: otherCluster })).rejects.toMatchObject({ kind: 'not-found' });
    await runner(async () => expect.fail('another organisation’s scan ran')).run(tenantId, id, never);
    await runner(async () => result({ fails: ['a'] })).run(other, id, never);
    expect((await feed(other)).map(({ position, type }) => [position, type])).toEqual([[1, 'finding.opened'], [2, 'scan.completed']]);
    expect((await findings()).map(({ tenantId: of }) => of)).toEqual([tenantId]);
  });

  it('refuses a second scan while one is active', async () => {
    await scans.request(caller, { clusterId });
    await expect(scans.request(caller, { clusterId })).rejects.toMatchObject({ kind: 'conflict', reason: 'scan-active' });
  });

  it('fails a scan whose evidence cannot be had, and tells of an outage once', async () => {
    const down = new CollectionError('cluster-unreachable', 'no route\0', true);
    expect(await scanned(down)).toMatchObject({ state: 'failed', failure: { reason: 'cluster-unreachable', detail: 'no route\uFFFD' } });
    await scanned(down);
    expect(await types()).toEqual(['scan.failed', 'cluster.unreachable', 'scan.failed']);
    await scanned({});
    await scanned(down);
    expect((await types()).slice(3)).toEqual(['scan.completed', 'scan.failed', 'cluster.unreachable']);
  });

  it('stores what Postgres could not, with the bad characters replaced, and finds it again', async () => {
    await scanned({ fails: ['a\0b'], message: 'bad \ud800 half' });
    expect(await findings()).toMatchObject([{ name: 'a\uFFFDb', message: 'bad \uFFFD half' }]);
    await scanned({ fails: ['a\0b'], message: 'bad \ud800 half' });
    expect((await types()).filter((type) => type.startsWith('finding'))).toEqual(['finding.opened']);
  });

  it('fences a worker that comes too late', async () => {
    const { id } = await scans.request(caller, { clusterId });
    let carryOn = (): void => undefined;
    const stuck = new Promise<void>((resolve) => (carryOn = resolve));
    // No beat comes through, as if the process were stopped.
    const silent = { ...heardSoon, progressMs: 600_000 };
    const lateRun = runner(async () => {
      await stuck;
      return result({ fails: ['late'] });
    }, silent).run(tenantId, id, never);
    await expect.poll(async () => (await scans.get(caller, id)).state).toBe('running');

    await runner(async () => expect.fail('the lease still holds')).run(tenantId, id, never);
    await admin.query(`update bulwark.scans set heartbeat_at = heartbeat_at - interval '2 minutes' where id = $1`, [id]);
    await runner(async () => result({ fails: ['prompt'] })).run(tenantId, id, never);
    carryOn();
    await expect(lateRun).rejects.toBeInstanceOf(Fenced);
    expect((await findings()).map(({ name }) => name)).toEqual(['prompt']);
    expect(await types()).toEqual(['finding.opened', 'scan.completed']);
  });

  it('is looked at again when the lease of its worker ends, and not a whole lease later', async () => {
    const { id } = await scans.request(caller, { clusterId });
    await runner(async () => {
      await runner(async () => expect.fail('the lease still holds')).run(tenantId, id, never);
      const { dueAt, enqueuedAt } = (await fresh.store.inTenant(tenantId, (tx) => tx.dueWork.get('scan.run', id)))!;
      expect(enqueuedAt).toBeNull();
      expect(dueAt.getTime() - Date.now()).toBeGreaterThan(heardSoon.leaseMs / 2);
      expect(dueAt.getTime() - Date.now()).toBeLessThanOrEqual(heardSoon.leaseMs);
      return result({});
    }).run(tenantId, id, never);
    expect((await scans.get(caller, id)).state).toBe('finished');
  });

  it('stops a worker that was overtaken while it collects', async () => {
    const { id } = await scans.request(caller, { clusterId });
    const overtaken = runner(async (_source, _policy, { signal, onProgress }) => {
      await fresh.store.inTenant(tenantId, (tx) => tx.clusters.nextGeneration(clusterId));
      await admin.query('update bulwark.scans set generation = generation + 1 where id = $1', [id]);
      onProgress({ phase: 'collecting', objects: 1 });
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw new Error('stopped');
    });
    await expect(overtaken.run(tenantId, id, never)).rejects.toBeInstanceOf(Fenced);
  });

  it('shows life while the collector says nothing, so that its work is not given away', async () => {
    const { id } = await scans.request(caller, { clusterId });
    const settings = { ...heardSoon, leaseMs: 200 };
    await runner(async () => {
      await fresh.store.inTenant(tenantId, (tx) => tx.dueWork.touch('scan.run', id));
      const enqueuedAt = async () => (await fresh.store.inTenant(tenantId, (tx) => tx.dueWork.get('scan.run', id)))!.enqueuedAt!.getTime();
      const before = await enqueuedAt();
      await expect.poll(enqueuedAt).toBeGreaterThan(before);
      return result({});
    }, settings).run(tenantId, id, never);
  });

  it('is cancelled before it starts and while it runs, without an event', async () => {
    const queued = await scans.request(caller, { clusterId });
    expect(await scans.cancel(caller, queued.id)).toMatchObject({ state: 'cancelled' });
    expect(await due(queued.id)).toBe(0);

    const { id } = await scans.request(caller, { clusterId });
    await runner(async (_source, _policy, { signal, onProgress }) => {
      await scans.cancel(caller, id);
      onProgress({ phase: 'collecting', objects: 1 });
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw new Error('stopped');
    }).run(tenantId, id, never);
    expect(await scans.get(caller, id)).toMatchObject({ state: 'cancelled' });
    expect(await due(id)).toBe(0);
    expect(await feed()).toEqual([]);
  });

  it('gives the scan back when the worker is told to end, and does not count that', async () => {
    const { id } = await scans.request(caller, { clusterId });
    const shutdown = new AbortController();
    const run = runner(async (_source, _policy, { signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw new Error('stopped');
    }).run(tenantId, id, shutdown.signal);
    await expect.poll(async () => (await scans.get(caller, id)).state).toBe('running');
    shutdown.abort();
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(await scans.get(caller, id)).toMatchObject({ state: 'queued' });
    expect(await fresh.store.inTenant(tenantId, (tx) => tx.dueWork.get('scan.run', id))).toMatchObject({ attempts: 0, enqueuedAt: null });
  });

  it('tries a scan that broke again, and gives it up after five times', async () => {
    const { id } = await scans.request(caller, { clusterId });
    for (let attempt = 1; attempt <= 5; attempt++) {
      await expect(runner(async () => Promise.reject(new TypeError('a bug'))).run(tenantId, id, never)).rejects.toThrow('a bug');
      expect(await due(id)).toBe(1);
    }
    await runner(async () => expect.fail('tried too often')).run(tenantId, id, never);
    expect(await scans.get(caller, id)).toMatchObject({ state: 'failed', failure: { reason: 'scan-crashed' } });
    expect(await due(id)).toBe(0);
    expect(await types()).toEqual(['scan.failed']);
  });

  it('waits for a database that is away at the end', async () => {
    const { id } = await scans.request(caller, { clusterId });
    const database = new URL(fresh.adminUrl).pathname.slice(1);
    const elsewhere = new pg.Client({ connectionString: inject('postgresAdminUrl') });
    await elsewhere.connect();
    let cut: Promise<unknown> = Promise.resolve();
    await runner(async () => {
      await elsewhere.query(`alter database ${database} connection limit 0`);
      await elsewhere.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = 'bulwark_app'`, [database]);
      cut = new Promise((resolve) => setTimeout(resolve, 700)).then(() => elsewhere.query(`alter database ${database} connection limit -1`));
      return result({ fails: ['a'] });
    }).run(tenantId, id, never);
    await cut;
    await elsewhere.end();
    expect(await scans.get(caller, id)).toMatchObject({ state: 'finished' });
    expect(await types()).toEqual(['finding.opened', 'scan.completed']);
  });

  it('drops a deleted cluster’s scan', async () => {
    const { id } = await scans.request(caller, { clusterId });
    const run = runner(async () => {
      await fresh.store.inTenant(tenantId, (tx) => tx.clusters.delete(clusterId));
      return result({ fails: ['a'] });
    }).run(tenantId, id, never);
    await expect(run).rejects.toBeInstanceOf(Fenced);
    expect(await scans.get(caller, id)).toMatchObject({ state: 'cancelled' });
    expect(await findings()).toEqual([]);
    expect(await feed()).toEqual([]);
  });

  it('drops a scan that was requested while its cluster was being deleted', async () => {
    const { id } = await scans.request(caller, { clusterId });
    await admin.query('update bulwark.clusters set deleted_at = now() where id = $1', [clusterId]);
    await runner(async () => expect.fail('there is no cluster')).run(tenantId, id, never);
    expect(await scans.get(caller, id)).toMatchObject({ state: 'cancelled' });
    expect(await due(id)).toBe(0);
  });

  it('remembers 3,000 failing and 20,000 passing subjects in bulk', async () => {
    const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
    await scanned({ fails: names('bad', 3_000), passes: names('good', 20_000) });
    const scan = await scanned({ fails: [...names('bad', 2_000), ...names('good', 500)], passes: names('good', 20_000).slice(500) });
    expect(scan.summary?.findings).toMatchObject({ resolved: 1_000, regressed: 500, stillOpen: 2_000, open: { critical: 2_500 } });
    const memory = await fresh.store.inTenant(tenantId, (tx) => tx.controlStates.memories(clusterId, [control]));
    expect(memory.get(control)?.passed.length).toBe(40_000);
  });

  it('judges what was kept once more without resolving, and opens what nothing newer is known of', async () => {
    const kept = { evidence: [{ sort: 'head' as const, items: 1, digest: '00000000-0000-4000-8000-000000000001', bytes: Buffer.from('facts') }] };
    const first = await scanned({ ...result({ fails: ['a'] }), ...kept });
    const complete = (await fresh.store.inTenant(tenantId, (tx) => tx.clusters.get(clusterId)))!;
    const rejudge = async (id: string, says: Says) => {
      const scan = await scans.rejudge(caller, id);
      expect(scan).toMatchObject({ kind: 'rejudge', sourceScanId: id, snapshotId: null });
      await runner(async (source) => {
        expect(source).toMatchObject({ kind: 'kept', pieces: [{ sort: 'head', items: 1 }] });
        return result(says);
      }).run(tenantId, scan.id, never);
      return scans.get(caller, scan.id);
    };

    expect(await rejudge(first.id, { fails: ['b'] })).toMatchObject({ state: 'finished', isComplete: false, summary: { findings: { opened: 1, resolved: 0 } } });
    expect((await findings()).map(({ name }) => name).toSorted()).toEqual(['a', 'b']);
    const after = (await fresh.store.inTenant(tenantId, (tx) => tx.clusters.get(clusterId)))!;
    expect(after).toMatchObject({ lastScanId: first.id, lastCompleteAt: complete.lastCompleteAt });

    const second = await scanned({ ...result({ passes: ['a', 'b'] }), evidence: [{ ...kept.evidence[0]!, digest: '00000000-0000-4000-8000-000000000002' }] });
    expect(await findings()).toEqual([]);
    // It fails by what was kept then, and has been mended since.
    expect(await rejudge(first.id, { fails: ['a', 'b'] })).toMatchObject({ state: 'finished', summary: { controls: { fail: 1 }, findings: { opened: 0, reopened: 0 } } });
    expect(await findings()).toEqual([]);
    await scanned({ ...result({ fails: ['c'] }), evidence: [{ ...kept.evidence[0]!, digest: '00000000-0000-4000-8000-000000000003' }] });
    expect(await rejudge(first.id, { fails: ['a'] })).toMatchObject({ summary: { findings: { opened: 0, resolved: 0, stillOpen: 1 } } });
    await expect(scans.rejudge(new Caller(tenantId, 'key', new Set(['scans:read'])), second.id)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(scans.rejudge(caller, '00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({ kind: 'not-found' });
    const { id: bare } = await scanned(new CollectionError('cluster-unreachable', 'gone'));
    await expect(scans.rejudge(caller, bare)).rejects.toMatchObject({ kind: 'conflict', reason: 'no-evidence' });
  });

  describe('that judges a benchmark', () => {
    const judged: ScanResult['benchmark'] = { state: 'judged', nodes: [], findings: [], judgement: { benchmark: 'cis-1.12', reason: 'it fits', items: [], nodes: { listed: 0, withEvidence: 0 }, advice: [] } };
    const refused: ScanResult['benchmark'] = { state: 'refused', reason: 'no version is known' };
    const asked = async (kind: 'benchmark' | 'posture-and-benchmark', benchmark: ScanResult['benchmark'], says: Says = { fails: ['a'] }): Promise<Scan> => {
      const { id } = await scans.request(caller, { clusterId, kind });
      await runner(async (source, policy, options) => {
        expect(source.kind).toBe('live');
        expect(options.benchmark).toMatchObject({ pinned: null, nodeNames: [], clouds: [] });
        expect(options.discardsEvidence).toBe(kind === 'benchmark' ? true : undefined);
        expect(policy.benchmarks).toMatchObject({ isScheduled: false });
        return { ...result(says), ...(benchmark && { benchmark }) };
      }).run(tenantId, id, never);
      return scans.get(caller, id);
    };
    const runs = () => fresh.store.inTenant(tenantId, async (tx) => (await tx.benchmarks.list({ clusterId }, { first: 10 })).items);
    const cluster = async () => (await fresh.store.inTenant(tenantId, (tx) => tx.clusters.get(clusterId)))!;

    it('with posture keeps both, and tells of both', async () => {
      const scan = await asked('posture-and-benchmark', judged);
      expect(scan).toMatchObject({ kind: 'live', withBenchmark: true, state: 'finished', isComplete: true, summary: { findings: { opened: 1 } } });
      expect(await types()).toEqual(['finding.opened', 'scan.completed', 'benchmark.completed']);
      expect(await runs()).toMatchObject([{ id: scan.id, benchmark: 'cis-1.12', source: 'live' }]);
      expect(await cluster()).toMatchObject({ lastScanId: scan.id });
    });

    it('alone touches no finding, and is not the cluster\'s latest scan', async () => {
      const posture = await scanned({ fails: ['a'] });
      const alone = await asked('benchmark', judged, { passes: ['a'], fails: ['b'] });
      expect(alone).toMatchObject({ kind: 'benchmark', state: 'finished', summary: null });
      expect((await findings()).map(({ name }) => name)).toEqual(['a']);
      expect(await cluster()).toMatchObject({ lastScanId: posture.id });
      expect(await types()).toEqual(['finding.opened', 'scan.completed', 'benchmark.completed']);
    });

    it('where nobody can be asked learns nothing of the cluster', async () => {
      const nodesOnly = await fresh.cluster(tenantId);
      const { id } = await scans.request(caller, { clusterId: nodesOnly, kind: 'benchmark' });
      await runner(async (source) => {
        expect(source).toEqual({ kind: 'nothing' });
        return { ...result({}), cluster: { platform: 'unknown', isManaged: false }, benchmark: judged };
      }).run(tenantId, id, never);
      expect(await scans.get(caller, id)).toMatchObject({ state: 'finished', isComplete: false });
      expect(await fresh.store.inTenant(tenantId, (tx) => tx.clusters.get(nodesOnly))).toMatchObject({ platform: null, isManaged: null, version: null });
    });

    it('and finds none: alone it fails, with posture that is kept and says why', async () => {
      expect(await asked('benchmark', refused)).toMatchObject({ state: 'failed', failure: { reason: 'benchmark-not-chosen', detail: 'no version is known' } });
      expect((await cluster()).lastScanId).toBeNull();
      expect(await asked('posture-and-benchmark', refused)).toMatchObject({ state: 'finished', summary: { benchmarkRefused: 'no version is known' } });
      expect(await runs()).toEqual([]);
      expect(await findings()).toHaveLength(1);
    });
  });
});
