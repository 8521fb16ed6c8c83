import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { Caller } from '../caller.js';
import { Lists } from '../lists.js';
import type { DueWork } from '../ports/due-work.js';
import { ScansService } from '../scans/scans.service.js';
import { RunTick } from './run-tick.js';
import { SchedulesService } from './schedules.service.js';

describe('a schedule', () => {
  let fresh: FreshStore;
  let caller: Caller;
  let clusterId: string;
  let schedules: SchedulesService;
  let scans: ScansService;
  let tick: RunTick;

  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'));
    schedules = new SchedulesService(fresh.store);
    scans = new ScansService(fresh.store, new Lists(randomBytes(32)));
    tick = new RunTick(fresh.store);
  });
  afterAll(() => fresh.drop());
  beforeEach(async () => {
    caller = new Caller(await fresh.organisation(), 'key', new Set(['scans:write', 'clusters:write']));
    clusterId = await fresh.cluster(caller.tenantId);
    await fresh.store.inTenant(caller.tenantId, (tx) => tx.clusters.update(clusterId, { hasConnection: true }));
  });

  const due = (): Promise<DueWork | undefined> => fresh.store.inTenant(caller.tenantId, (tx) => tx.dueWork.get('schedule.tick', clusterId));
  const requested = async () => (await scans.list(caller, { clusterId }, {})).edges.map(({ node }) => node);
  const hourly = { cron: '0 * * * *' };
  const later = (time: Date | null, hours: number): Date => new Date(time!.getTime() + hours * 3_600_000);

  it('is kept with the time it is due', async () => {
    const schedule = await schedules.put(caller, clusterId, { cron: '0 3 * * *', timeZone: 'Europe/Berlin' });
    expect(schedule).toMatchObject({ cron: '0 3 * * *', timeZone: 'Europe/Berlin', isEnabled: true, missed: 0, lastRunAt: null });
    expect((await due())?.dueAt).toEqual(schedule.nextRunAt);
    const moved = await schedules.put(caller, clusterId, { cron: '0 4 1 1 *' });
    expect(moved.id).toBe(schedule.id);
    expect((await due())?.dueAt).toEqual(moved.nextRunAt);
    await schedules.put(caller, clusterId, { ...hourly, isEnabled: false });
    expect(await due()).toBeUndefined();
    await schedules.delete(caller, clusterId);
    await expect(schedules.get(caller, clusterId)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('queues one scan when it is due and moves on', async () => {
    const { nextRunAt } = await schedules.put(caller, clusterId, hourly);
    await tick.run(caller.tenantId, clusterId, nextRunAt!);
    expect(await requested()).toMatchObject([{ requestedBy: 'schedule', kind: 'live', state: 'queued' }]);
    expect(await schedules.get(caller, clusterId)).toMatchObject({ nextRunAt: later(nextRunAt, 1), lastRunAt: nextRunAt, missed: 0 });
    expect((await due())?.dueAt).toEqual(later(nextRunAt, 1));
    // The same tick delivered twice.
    await tick.run(caller.tenantId, clusterId, nextRunAt!);
    expect(await requested()).toHaveLength(1);
  });

  it('is not due again and again where our clock is behind the database\'s', async () => {
    const { id } = await schedules.put(caller, clusterId, hourly);
    const passed = new Date(Date.now() - 60_000);
    await fresh.store.inTenant(caller.tenantId, async (tx) => {
      await tx.schedules.update(id, { nextRunAt: passed });
      await tx.dueWork.postpone('schedule.tick', clusterId, passed);
    });
    const claimed = async () => (await fresh.store.claimDueWork(100, 60_000)).filter(({ subjectId }) => subjectId === clusterId);
    expect(await claimed()).toHaveLength(1);
    await tick.run(caller.tenantId, clusterId, later(passed, -1));
    expect(await claimed()).toEqual([]);
    expect(await requested()).toEqual([]);
    // An hour later ours says so too.
    await tick.run(caller.tenantId, clusterId, new Date(passed.getTime() + 1));
    expect(await requested()).toHaveLength(1);
    expect((await due())?.dueAt).toEqual((await schedules.get(caller, clusterId)).nextRunAt);
  });

  it('catches up once, however many runs were missed', async () => {
    const { nextRunAt } = await schedules.put(caller, clusterId, hourly);
    await tick.run(caller.tenantId, clusterId, new Date(later(nextRunAt, 7).getTime() + 1));
    expect(await requested()).toHaveLength(1);
    expect(await schedules.get(caller, clusterId)).toMatchObject({ missed: 7, nextRunAt: later(nextRunAt, 8) });
  });

  it('skips its turn while a scan is active or the cluster is paused', async () => {
    const { nextRunAt } = await schedules.put(caller, clusterId, hourly);
    await scans.request(caller, { clusterId });
    await tick.run(caller.tenantId, clusterId, nextRunAt!);
    expect(await requested()).toHaveLength(1);
    expect(await schedules.get(caller, clusterId)).toMatchObject({ missed: 1, lastRunAt: null });
    await scans.cancel(caller, (await requested())[0]!.id);
    await fresh.store.inTenant(caller.tenantId, (tx) => tx.clusters.update(clusterId, { pausedAt: new Date() }));
    await tick.run(caller.tenantId, clusterId, later(nextRunAt, 1));
    expect(await schedules.get(caller, clusterId)).toMatchObject({ missed: 2 });
    expect(await requested()).toHaveLength(1);
  });

  it('of benchmarks needs no connection, stands beside that of posture, and waits for a scan of another kind', async () => {
    const { nextRunAt } = await schedules.put(caller, clusterId, hourly);
    const benchmark = await schedules.put(caller, clusterId, { ...hourly, kind: 'benchmark' });
    expect((await schedules.list(caller, clusterId)).map(({ kind }) => kind)).toEqual(['benchmark', 'posture']);
    await tick.run(caller.tenantId, clusterId, nextRunAt!);
    await tick.run(caller.tenantId, benchmark.id, nextRunAt!);
    expect(await requested()).toMatchObject([{ kind: 'live', withBenchmark: false }]);
    expect(await schedules.get(caller, clusterId, 'benchmark')).toMatchObject({ nextRunAt, missed: 0, lastRunAt: null });
    await scans.cancel(caller, (await requested())[0]!.id);
    await tick.run(caller.tenantId, benchmark.id, new Date(nextRunAt!.getTime() + 60_000));
    expect(await requested()).toMatchObject([{ kind: 'benchmark', withBenchmark: true, requestedBy: 'schedule' }, { kind: 'live' }]);
    expect(await schedules.get(caller, clusterId, 'benchmark')).toMatchObject({ nextRunAt: later(nextRunAt, 1), missed: 0 });
    await fresh.store.inTenant(caller.tenantId, (tx) => tx.clusters.delete(clusterId));
    await tick.run(caller.tenantId, benchmark.id, later(nextRunAt, 1));
    expect(await requested()).toHaveLength(2);

    const uploads = await fresh.cluster(caller.tenantId);
    await schedules.put(caller, uploads, { ...hourly, kind: 'benchmark' });
    await expect(schedules.put(caller, uploads, { ...hourly, kind: 'posture-and-benchmark' })).rejects.toMatchObject({ reason: 'no-connection' });
  });

  it('goes with its cluster', async () => {
    await schedules.put(caller, clusterId, hourly);
    await fresh.store.inTenant(caller.tenantId, (tx) => tx.clusters.delete(clusterId));
    expect(await due()).toBeUndefined();
    await tick.run(caller.tenantId, clusterId);
    await expect(schedules.get(caller, clusterId)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('is for clusters with a connection', async () => {
    await expect(schedules.put(caller, await fresh.cluster(caller.tenantId), hourly)).rejects.toMatchObject({ reason: 'no-connection' });
    await expect(schedules.put(caller, await fresh.cluster(await fresh.organisation()), hourly)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
