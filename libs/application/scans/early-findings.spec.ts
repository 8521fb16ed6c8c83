import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { foundFailure, type FoundEvaluation, type FoundFailure } from '#findings/found-failure.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { allObserved, connectedCluster, critical, heardSoon, keySetOf, scanResult, scanRunner } from '#test/support/scan-runs.js';
import { Caller } from '../caller.js';
import { Lists } from '../lists.js';
import { CollectionError, type ClusterCollector, type FindingsListener } from '../ports/cluster-collector.js';
import { Fenced } from './attempt.js';
import type { RunScan } from './run-scan.js';
import type { Scan } from './scan.js';
import { ScansService } from './scans.service.js';

const CONTROLS = ['workloads/privileged', 'workloads/host-path'] as const;
type ControlId = (typeof CONTROLS)[number];

const failureOf = (controlId: ControlId, name: string, message = `${name} fails`): FoundFailure => foundFailure({
  key: `${controlId}|Pod/shop/${name}|app`, resource: { group: '', kind: 'Pod', namespace: 'shop', name }, part: 'app', severity: 'high', message, detail: { name }, basis: 'cluster', risk: 40, surroundings: '||',
});
const evaluation = (controlId: ControlId, failures: readonly FoundFailure[], passed: readonly string[] = []): FoundEvaluation => ({
  controlId, layer: 'workloads', outcome: failures.length > 0 ? 'fail' : 'pass', complete: true, passed: passed.length, failed: failures.length, unknown: 0, notApplicable: 0,
  failures, unknowns: [], notApplicables: [], passedKeys: keySetOf(passed.map((name) => failureOf(controlId, name).key)), heldKeys: keySetOf([]),
});
const never = new AbortController().signal;

/** As a control finds them: the same key twice, text that no database takes, another control in between. */
const found: readonly (readonly [ControlId, readonly FoundFailure[]])[] = [
  ['workloads/privileged', [failureOf('workloads/privileged', 'a'), failureOf('workloads/privileged', 'b'), failureOf('workloads/privileged', 'a', 'the second of one key')]],
  ['workloads/host-path', [failureOf('workloads/host-path', 'a', 'NUL \u0000 and half \ud800 of a pair')]],
  ['workloads/privileged', [failureOf('workloads/privileged', 'c')]],
];
const all = (controlId: ControlId, told = found): readonly FoundFailure[] => told.flatMap(([id, failures]) => (id === controlId ? failures : []));

describe('findings that are written while their scan still judges', () => {
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

  /** Tells what it finds as it goes; `meanwhile` happens when all but the last of it was told. */
  async function scanned(meanwhile: (listener: FindingsListener, id: string) => Promise<void> = async () => undefined, run = (id: string, scan: ClusterCollector['scan']) => runner(scan).run(tenantId, id, never)): Promise<Scan> {
    const { id } = await scans.request(caller, { clusterId });
    await run(id, async (_source, _policy, { findings }) => {
      findings!.judging(CONTROLS.map(critical), allObserved);
      for (const [controlId, failures] of found.slice(0, -1)) findings!.found([{ controlId, failures }]);
      await meanwhile(findings!, id);
      for (const [controlId, failures] of found.slice(-1)) findings!.found([{ controlId, failures }]);
      return scanResult(CONTROLS.map((controlId) => evaluation(controlId, all(controlId), ['z'])));
    });
    return scans.get(caller, id);
  }

  const rows = async (cluster = clusterId) =>
    (await admin.query('select key, state, transition, sequence, message, detail, is_baseline, first_seen_at = changed_at as is_first, opened_scan_id, last_scan_id, xmin::text from bulwark.findings where cluster_id = $1 order by key', [cluster])).rows as readonly Record<string, unknown>[];
  const feed = async () => (await fresh.store.inTenant(tenantId, (tx) => tx.events.after(0, 1_000))).map(({ type, data }) => [type, (data as { readonly finding?: { readonly key: string; readonly message: string } }).finding?.key]);
  /** Rows that transactions under way have written. */
  const written = async (): Promise<number> => Number((await admin.query(`select count(*) from pg_stat_activity a join pg_locks l on l.pid = a.pid where a.datname = current_database() and a.state like 'idle in transaction%' and l.relation = 'bulwark.events'::regclass and l.mode = 'RowExclusiveLock'`)).rows[0].count);

  it('are in the database before the scan ends, seen by nobody, and afterwards what they always were', async () => {
    const scan = await scanned(async () => {
      await expect.poll(written).toBe(1);
      expect(await rows()).toEqual([]);
    });
    expect(scan).toMatchObject({ state: 'finished', isBaseline: true, summary: { findings: { opened: 4, open: { high: 4 } } } });
    const early = await rows();
    expect(early.map(({ key, message }) => [key, message])).toEqual([
      ['workloads/host-path|Pod/shop/a|app', expect.stringMatching(/^NUL .* and half .* of a pair$/)],
      ['workloads/privileged|Pod/shop/a|app', 'a fails'], ['workloads/privileged|Pod/shop/b|app', 'b fails'], ['workloads/privileged|Pod/shop/c|app', 'c fails'],
    ]);
    // One transaction wrote all of them.
    expect(new Set(early.map(({ xmin }) => xmin)).size).toBe(1);
    const events = await feed();
    expect(events.map(([type]) => type)).toEqual([...Array<string>(4).fill('finding.opened'), 'scan.completed']);
    expect((await fresh.store.inTenant(tenantId, (tx) => tx.events.after(0, 1_000))).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);

    // A collector that tells nothing until its end.
    const other = await connectedCluster(fresh, tenantId);
    const { id } = await scans.request(caller, { clusterId: other });
    await runner(async () => scanResult(CONTROLS.map((controlId) => evaluation(controlId, all(controlId), ['z'])))).run(tenantId, id, never);
    const comparable = (list: readonly Record<string, unknown>[]) => list.map((row) => ({ ...row, opened_scan_id: undefined, last_scan_id: row['last_scan_id'] === row['opened_scan_id'], xmin: undefined }));
    expect(comparable(early)).toEqual(comparable(await rows(other)));
    const again = await feed();
    // In the order of controls there, and here in that in which they failed.
    expect(again.slice(events.length).toSorted()).toEqual(events.toSorted());
    expect((await fresh.store.inTenant(tenantId, (tx) => tx.controlStates.memories(clusterId, CONTROLS))).get('workloads/privileged')?.passed).toHaveLength(2);
  });

  it('are regressions where the key passed before', async () => {
    const { id } = await scans.request(caller, { clusterId });
    await runner(async () => scanResult([evaluation('workloads/privileged', [], ['a', 'b', 'c']), evaluation('workloads/host-path', [])])).run(tenantId, id, never);
    await scanned();
    expect((await rows()).map(({ transition }) => transition)).toEqual(['opened', 'regressed', 'regressed', 'regressed']);
    const regressed = (await fresh.store.inTenant(tenantId, (tx) => tx.events.after(0, 1_000))).find(({ type }) => type === 'finding.regressed');
    expect(regressed?.data).toMatchObject({ regression: { before: { scanId: id } } });
  });

  it('are left to the end of the scan where the cluster has findings already', async () => {
    await scanned();
    const first = await rows();
    const scan = await scanned(async () => expect(await written()).toBe(0));
    expect(scan).toMatchObject({ state: 'finished', summary: { findings: { opened: 0, stillOpen: 4 } } });
    expect(await rows()).toEqual(first);
  });

  it('hold up nobody who works with the cluster meanwhile, and tell of it as it is in the end', async () => {
    await scanned(async () => {
      await expect.poll(written).toBe(1);
      await fresh.store.inTenant(tenantId, async (tx) => {
        await tx.clusters.lock(clusterId);
        await tx.clusters.update(clusterId, { name: 'another name' });
      });
    });
    expect((await rows()).length).toBe(4);
    const events = await fresh.store.inTenant(tenantId, (tx) => tx.events.after(0, 1_000));
    expect(events.map(({ data }) => (data as { readonly cluster: { readonly name: string } }).cluster.name)).toEqual(Array<string>(5).fill('another name'));
  });

  it('do not stay where the scan is cancelled, not even in its last moment', async () => {
    const stopped = await scanned(async (_listener, id) => {
      await expect.poll(written).toBe(1);
      await scans.cancel(caller, id);
    }, async (id, scan) => runner(async (source, policy, options) => {
      await scan(source, policy, options);
      options.onProgress({ phase: 'judging', objects: 3 });
      await new Promise((resolve) => (options.signal.aborted ? resolve(undefined) : options.signal.addEventListener('abort', resolve)));
      throw new CollectionError('cancelled', 'the scan was cancelled');
    }).run(tenantId, id, never));
    expect(stopped.state).toBe('cancelled');
    // With a heartbeat that comes too late to tell.
    const late = await scanned((_listener, id) => scans.cancel(caller, id).then(() => undefined), (id, scan) => runner(scan, { ...heardSoon, progressMs: 60_000 }).run(tenantId, id, never));
    expect(late.state).toBe('cancelled');
    expect(await rows()).toEqual([]);
    expect(await feed()).toEqual([]);
  });

  it('do not stay where the cluster is deleted meanwhile', async () => {
    const run = scanned(async () => {
      await expect.poll(written).toBe(1);
      expect(await fresh.store.inTenant(tenantId, (tx) => tx.clusters.delete(clusterId))).toBe(true);
    });
    await expect(run).rejects.toBeInstanceOf(Fenced);
    expect(await rows()).toEqual([]);
  });

  it('do not stay where another attempt has taken over, which waits for its turn', async () => {
    let second: Promise<void> = Promise.resolve();
    const first = scanned(async (_listener, id) => {
      await expect.poll(written).toBe(1);
      await admin.query(`update bulwark.scans set heartbeat_at = now() - interval '1 hour' where id = $1`, [id]);
      second = runner(async () => scanResult([evaluation('workloads/privileged', [failureOf('workloads/privileged', 'new')])])).run(tenantId, id, never);
      const waiting = async (): Promise<number> => Number((await admin.query(`select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`)).rows[0].count);
      await expect.poll(waiting).toBe(1);
    });
    await expect(first).rejects.toBeInstanceOf(Fenced);
    await second;
    expect((await rows()).map(({ key }) => key)).toEqual(['workloads/privileged|Pod/shop/new|app']);
    expect((await feed()).map(([type]) => type)).toEqual(['finding.opened', 'scan.completed']);
  });

  it.each([
    ['fails', new CollectionError('snapshot-truncated', 'it ends too early')],
    ['breaks off', new TypeError('a bug')],
  ])('do not stay where the scan %s', async (_how, error) => {
    const run = scanned(async () => {
      await expect.poll(written).toBe(1);
      throw error;
    });
    if (error instanceof CollectionError) expect((await run).state).toBe('failed');
    else await expect(run).rejects.toBe(error);
    expect(await rows()).toEqual([]);
    await expect.poll(written).toBe(0);
  });

  it('are written once more at the end where the database was away meanwhile', async () => {
    const scan = await scanned(async () => {
      await expect.poll(written).toBe(1);
      await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`);
    });
    expect(scan).toMatchObject({ state: 'finished', summary: { findings: { opened: 4 } } });
    expect((await rows()).length).toBe(4);
    expect((await feed()).filter(([type]) => type === 'finding.opened')).toHaveLength(4);
  });

  it('are left to the end of the scan where a key that is written comes once more', async () => {
    const told = [...found, ['workloads/privileged', [failureOf('workloads/privileged', 'b', 'again')]] as const];
    const { id } = await scans.request(caller, { clusterId });
    await runner(async (_source, _policy, { findings }) => {
      findings!.judging(CONTROLS.map(critical), allObserved);
      for (const [controlId, failures] of told) findings!.found([{ controlId, failures }]);
      await expect.poll(written).toBe(0);
      return scanResult(CONTROLS.map((controlId) => evaluation(controlId, all(controlId, told))));
    }).run(tenantId, id, never);
    expect(await scans.get(caller, id)).toMatchObject({ state: 'finished', summary: { findings: { opened: 4 } } });
    expect((await rows()).map(({ message }) => message)).toEqual([expect.stringMatching(/^NUL/), 'a fails', 'b fails', 'c fails']);
    expect((await feed()).map(([type]) => type)).toEqual([...Array<string>(4).fill('finding.opened'), 'scan.completed']);
  });

  it('are left to the end of the scan where the database refuses what is written early', async () => {
    await admin.query(`create function bulwark.refuse_once() returns trigger language plpgsql as $$ begin
      if (select count(*) from pg_stat_activity where pid = pg_backend_pid() and now() < clock_timestamp() - interval '100 ms') > 0 then raise exception 'refused' using errcode = '53200'; end if; return new; end $$`);
    await admin.query('create trigger refuse_once before insert on bulwark.findings for each row execute function bulwark.refuse_once()');
    try {
      const { id } = await scans.request(caller, { clusterId });
      await runner(async (_source, _policy, { findings }) => {
        findings!.judging(CONTROLS.map(critical), allObserved);
        await new Promise((resolve) => setTimeout(resolve, 200));
        for (const [controlId, failures] of found) findings!.found([{ controlId, failures }]);
        return scanResult(CONTROLS.map((controlId) => evaluation(controlId, all(controlId), ['z'])));
      }).run(tenantId, id, never);
      expect(await scans.get(caller, id)).toMatchObject({ state: 'finished', summary: { findings: { opened: 4 } } });
    } finally {
      await admin.query('drop trigger refuse_once on bulwark.findings');
      await admin.query('drop function bulwark.refuse_once()');
    }
  });

  it('change the cluster no earlier than who changed it meanwhile', async () => {
    let meanwhile: Date | undefined;
    await scanned(async () => {
      await expect.poll(written).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      meanwhile = (await fresh.store.inTenant(tenantId, (tx) => tx.clusters.update(clusterId, { server: 'https://moved.example' })))?.updatedAt;
    });
    const after = await fresh.store.inTenant(tenantId, (tx) => tx.clusters.get(clusterId));
    expect(after!.updatedAt.getTime()).toBeGreaterThanOrEqual(meanwhile!.getTime());
    const [dispatch] = (await admin.query(`select due_at from bulwark.due_work where tenant_id = $1 and topic = 'events.dispatch'`, [tenantId])).rows as readonly { readonly due_at: Date }[];
    expect(dispatch!.due_at.getTime()).toBeGreaterThanOrEqual(meanwhile!.getTime());
  });

  it('take no more connections than can be spared, and give them back', async () => {
    const other = { tenant: await fresh.organisation() };
    const otherCluster = await connectedCluster(fresh, other.tenant);
    const scan: ClusterCollector['scan'] = async (_source, _policy, { findings }) => {
      findings!.judging(CONTROLS.map(critical), allObserved);
      for (const [controlId, failures] of found) findings!.found([{ controlId, failures }]);
      await meanwhile();
      return scanResult(CONTROLS.map((controlId) => evaluation(controlId, all(controlId))));
    };
    let meanwhile = async (): Promise<void> => undefined;
    const both = runner(scan);
    const otherCaller = new Caller(other.tenant, 'key', new Set(['scans:write']));
    const { id } = await scans.request(caller, { clusterId });
    const second = await scans.request(otherCaller, { clusterId: otherCluster });
    meanwhile = async () => {
      meanwhile = async () => expect(await written()).toBe(1);
      await expect.poll(written).toBe(1);
      await both.run(other.tenant, second.id, never);
    };
    await both.run(tenantId, id, never);
    expect([(await rows()).length, (await rows(otherCluster)).length]).toEqual([4, 4]);
    expect(await written()).toBe(0);
    // Given back: the next one may again.
    clusterId = await connectedCluster(fresh, tenantId);
    const third = await scans.request(caller, { clusterId });
    meanwhile = async () => void (await expect.poll(written).toBe(1));
    await both.run(tenantId, third.id, never);
    expect((await rows()).length).toBe(4);
  });
});
