import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { JobTopic } from '#application/ports/job-queue.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { MOST_SCANS } from './claim-due-work.js';

const LEASE = 60_000;

describe('claiming due work', () => {
  let fresh: FreshStore;
  let admin: pg.Client;
  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'), 12);
    admin = new pg.Client({ connectionString: fresh.adminUrl });
    await admin.connect();
  });
  afterEach(() => admin.query('delete from bulwark.due_work'));
  afterAll(async () => {
    await admin.end();
    await fresh.drop();
  });

  async function organisationWith(count: number, dueAt: Date = new Date(Date.now() - 1_000), topic: JobTopic = 'delivery.send'): Promise<string> {
    const tenantId = await fresh.organisation();
    await fresh.store.inTenant(tenantId, (tx) =>
      tx.dueWork.schedule(Array.from({ length: count }, () => ({ topic, subjectId: randomUUID(), dueAt }))),
    );
    return tenantId;
  }

  it('takes organisations in turn, however much one of them has', async () => {
    const busy = await organisationWith(500, new Date(Date.now() - 60_000));
    const quiet = await Promise.all([organisationWith(2), organisationWith(1)]);
    const jobs = await fresh.store.claimDueWork(10, LEASE);
    const of = (tenantId: string): number => jobs.filter((job) => job.tenantId === tenantId).length;
    expect([of(busy), of(quiet[0]), of(quiet[1])]).toEqual([7, 2, 1]);
    expect(new Set(jobs.slice(0, 3).map(({ tenantId }) => tenantId)).size).toBe(3);
  });

  it('lets only so many scans of one organisation in at a time, the oldest first, and the rest of its work all the same', async () => {
    const busy = await organisationWith(MOST_SCANS + 20, new Date(Date.now() - 60_000), 'scan.run');
    await fresh.store.inTenant(busy, (tx) => tx.dueWork.schedule([{ topic: 'delivery.send', subjectId: randomUUID() }]));
    const claimed = (await fresh.store.claimDueWork(500, LEASE)).filter(({ tenantId }) => tenantId === busy);
    expect(claimed.filter(({ topic }) => topic === 'scan.run')).toHaveLength(MOST_SCANS);
    expect(claimed.filter(({ topic }) => topic === 'delivery.send')).toHaveLength(1);
    const quiet = await organisationWith(1, new Date(), 'scan.run');
    expect((await fresh.store.claimDueWork(500, LEASE)).map(({ tenantId }) => tenantId)).toEqual([quiet]);
    // Each that ends makes room for one.
    await fresh.store.inTenant(busy, async (tx) => {
      for (const { topic, subjectId } of claimed.slice(0, 3)) await tx.dueWork.complete(topic, subjectId);
    });
    const ended = claimed.slice(0, 3).filter(({ topic }) => topic === 'scan.run').length;
    expect(await fresh.store.claimDueWork(500, LEASE)).toHaveLength(ended);
    // Those that wait long are claimed again, and no others in their place.
    await admin.query(`update bulwark.due_work set enqueued_at = enqueued_at - interval '2 minutes'`);
    const again = (await fresh.store.claimDueWork(500, LEASE)).filter(({ tenantId, topic }) => tenantId === busy && topic === 'scan.run');
    expect(again).toHaveLength(MOST_SCANS);
    const known = new Set(claimed.map(({ id }) => id));
    expect(again.filter(({ id }) => !known.has(id))).toHaveLength(ended);
  });

  it('gives nothing twice to relays that ask at once', async () => {
    await Promise.all([organisationWith(150), organisationWith(150)]);
    const claims = await Promise.all(Array.from({ length: 10 }, () => fresh.store.claimDueWork(40, LEASE)));
    const more: string[] = [];
    for (let jobs = await fresh.store.claimDueWork(40, LEASE); jobs.length > 0; jobs = await fresh.store.claimDueWork(40, LEASE)) more.push(...jobs.map(({ id }) => id));
    const ids = [...claims.flat().map(({ id }) => id), ...more];
    expect(ids).toHaveLength(300);
    expect(new Set(ids).size).toBe(300);
  });

  it('does not wait for a row that someone holds', async () => {
    const tenantId = await organisationWith(3);
    const { rows } = await admin.query<{ id: string; subject_id: string }>('select id, subject_id from bulwark.due_work order by id limit 1');
    await fresh.store.inTenant(tenantId, async (tx) => {
      await tx.dueWork.lock('delivery.send', rows[0]!.subject_id);
      expect((await fresh.store.claimDueWork(10, LEASE)).map(({ id }) => id)).not.toContain(rows[0]!.id);
    });
  });

  it('leaves what is not due yet, and what was claimed within the lease', async () => {
    await organisationWith(1, new Date(Date.now() + 60_000));
    const tenantId = await organisationWith(1);
    const [job] = await fresh.store.claimDueWork(10, LEASE);
    expect(job).toMatchObject({ tenantId, topic: 'delivery.send' });
    expect(await fresh.store.claimDueWork(10, LEASE)).toEqual([]);
    const leaseRunsOut = () => admin.query(`update bulwark.due_work set enqueued_at = enqueued_at - interval '2 minutes'`);
    await leaseRunsOut();
    expect(await fresh.store.claimDueWork(10, LEASE)).toEqual([job]);
    await leaseRunsOut();
    await fresh.store.inTenant(tenantId, (tx) => tx.dueWork.touch(job!.topic, job!.subjectId));
    expect(await fresh.store.claimDueWork(10, LEASE)).toEqual([]);
  });

  it('keeps one row a subject, due at the earlier time, with the trace of the latest request', async () => {
    const tenantId = await fresh.organisation();
    const subjectId = randomUUID();
    const soon = new Date(Date.now() - 10_000);
    await fresh.store.inTenant(tenantId, async (tx) => {
      await tx.dueWork.schedule([{ topic: 'scan.run', subjectId, dueAt: soon }]);
      expect(await tx.dueWork.beginAttempt('scan.run', subjectId)).toBe(1);
      await tx.dueWork.schedule([{ topic: 'scan.run', subjectId, traceparent: '00-1-2-01' }]);
      expect(await tx.dueWork.get('scan.run', subjectId)).toMatchObject({ dueAt: soon, attempts: 0, enqueuedAt: null });
    });
    expect(await fresh.store.claimDueWork(10, LEASE)).toMatchObject([{ subjectId, traceparent: '00-1-2-01' }]);
  });

  it('never shows one organisation the work of another', async () => {
    const [mine] = await Promise.all([organisationWith(1), organisationWith(1)]);
    const { rows } = await admin.query<{ subject_id: string }>('select subject_id from bulwark.due_work where tenant_id <> $1', [mine]);
    await fresh.store.inTenant(mine, async (tx) => {
      expect(await tx.dueWork.get('delivery.send', rows[0]!.subject_id)).toBeUndefined();
      await tx.dueWork.complete('delivery.send', rows[0]!.subject_id);
    });
    expect(await fresh.store.claimDueWork(10, LEASE)).toHaveLength(2);
  });

  it('is late while nobody has claimed it', async () => {
    expect(await fresh.store.dueWorkLag(LEASE)).toEqual({});
    await organisationWith(1, new Date(Date.now() - 90_000), 'scan.run');
    await organisationWith(2, new Date(Date.now() - 30_000));
    await organisationWith(1, new Date(Date.now() + 60_000), 'schedule.tick');
    const late = await fresh.store.dueWorkLag(LEASE);
    expect(Object.keys(late).toSorted()).toEqual(['delivery.send', 'scan.run']);
    expect(Math.round(late['scan.run']! / 10)).toBe(9);
    expect(Math.round(late['delivery.send']! / 10)).toBe(3);
    await fresh.store.claimDueWork(500, LEASE);
    expect(await fresh.store.dueWorkLag(LEASE)).toEqual({});
  });
});
