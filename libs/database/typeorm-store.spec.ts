import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AppError } from '#application/app-error.js';
import type { TimeKey } from '#application/paging.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { TypeormStore } from './typeorm-store.js';

describe('TypeormStore', () => {
  let fresh: FreshStore;
  let tenantId: string;
  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'), 5);
    tenantId = await fresh.organisation();
  });
  afterAll(() => fresh.drop());

  it('rolls everything back when the work throws', async () => {
    const id = randomUUID();
    const work = fresh.store.inTenant(tenantId, async (tx) => {
      await tx.clusters.insert({ id, name: 'gone', labels: {}, environment: null, server: null, hasConnection: false });
      throw new Error('after all not');
    });
    await expect(work).rejects.toThrow('after all not');
    expect(await fresh.store.inTenant(tenantId, (tx) => tx.clusters.get(id))).toBeUndefined();
  });

  it('says what went wrong without a statement, a parameter or a row', async () => {
    const secret = 'sealed-canary-7f3a';
    const error = await fresh.store
      .inTenant(tenantId, (tx) => tx.clusters.putCredentials(randomUUID(), Buffer.from(secret)))
      .then(() => undefined, (thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'DatabaseError', code: '23503', table: 'cluster_credentials' });
    const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
    for (const leak of [secret, Buffer.from(secret).toString('hex'), 'insert into', tenantId]) expect(shown.toLowerCase()).not.toContain(leak);
  });

  it('tells a caller of conflicts they can mend', async () => {
    await fresh.cluster(tenantId, 'twice');
    await expect(fresh.cluster(tenantId, 'twice')).rejects.toMatchObject({ kind: 'conflict', reason: 'cluster-name-taken' });
    const other = await fresh.organisation();
    await fresh.cluster(other, 'twice');
  });

  it('frees the name of a deleted cluster and hides it from every read', async () => {
    const id = await fresh.cluster(tenantId, 'short-lived');
    expect(await fresh.store.inTenant(tenantId, (tx) => tx.clusters.delete(id))).toBe(true);
    await fresh.store.inTenant(tenantId, async (tx) => {
      expect(await tx.clusters.delete(id)).toBe(false);
      expect(await tx.clusters.get(id)).toBeUndefined();
      expect(await tx.clusters.lock(id)).toBeUndefined();
      expect(await tx.clusters.getMany([id])).toEqual([]);
      expect(await tx.clusters.update(id, { name: 'back' })).toBeUndefined();
      expect(await tx.clusters.nextGeneration(id)).toBeUndefined();
      expect((await tx.clusters.list({ first: 100 })).items.map((cluster) => cluster.id)).not.toContain(id);
    });
    await fresh.cluster(tenantId, 'short-lived');
  });

  it.each(['', 'x', "' or 1=1 --", '00000000-0000-0000-0000-00000000000g', '\0'])('finds nothing under %j, which is no id', async (id) => {
    await fresh.store.inTenant(tenantId, async (tx) => {
      for (const rows of [tx.clusters, tx.scans, tx.findings, tx.endpoints, tx.deliveries, tx.apiKeys, tx.events, tx.benchmarks, tx.attestations]) {
        expect(await rows.get(id)).toBeUndefined();
      }
      expect((await tx.findings.list({ clusterId: id }, { first: 1 })).items).toEqual([]);
      expect(await tx.schedules.ofKind(id, 'posture')).toBeUndefined();
      expect(await tx.schedules.lockByTick(id)).toBeUndefined();
      expect(await tx.benchmarks.latest([id])).toEqual([]);
      for (const list of [tx.benchmarks.list({ clusterId: id }, { first: 1 }), tx.benchmarks.items(id, {}, { first: 1 }), tx.benchmarks.regressions(id, {}, { first: 1 }), tx.benchmarks.history(id, '1.2.1', { first: 1 }), tx.attestations.list({ clusterId: id }, { first: 1 })]) {
        expect((await list).items).toEqual([]);
      }
    });
    await expect(fresh.store.inTenant(id, async () => expect.fail('no such organisation'))).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('pages through rows of one millisecond without losing or repeating any, while others arrive', async () => {
    const other = await fresh.organisation();
    await fresh.store.inTenant(other, async (tx) => {
      for (let i = 0; i < 25; i++) await tx.clusters.insert({ id: randomUUID(), name: `c${i}`, labels: {}, environment: null, server: null, hasConnection: false });
    });
    const names: string[] = [];
    let after: TimeKey | undefined;
    for (let hasMore = true; hasMore; ) {
      const slice = await fresh.store.inTenant(other, (tx) => tx.clusters.list({ first: 4, ...(after === undefined ? {} : { after }) }));
      names.push(...slice.items.map(({ name }) => name));
      const last = slice.items.at(-1)!;
      after = { at: last.createdAt, id: last.id };
      hasMore = slice.hasMore;
      await fresh.cluster(other);
    }
    expect(names.toSorted()).toEqual(Array.from({ length: 25 }, (_, i) => `c${i}`).toSorted());
  });

  it('gives typed values back: numbers, dates, bytes, nulls', async () => {
    const id = await fresh.cluster(tenantId);
    const cluster = await fresh.store.inTenant(tenantId, (tx) => tx.clusters.get(id));
    expect(cluster).toMatchObject({ generation: 0, labels: {}, environment: null, pausedAt: null, createdAt: expect.any(Date) });
    expect(await fresh.store.inTenant(tenantId, (tx) => tx.clusters.nextGeneration(id))).toBe(1);
    const organisation = await fresh.store.inTenant(tenantId, (tx) => tx.organisation.get());
    expect(Buffer.isBuffer(organisation?.wrappedDataKey)).toBe(true);
  });

  it('keeps the exact bytes of a delivery, and inserts it once', async () => {
    const endpoint = {
      id: randomUUID(), url: 'https://example.com', description: '', eventTypes: ['scan.failed'], minSeverity: null, clusterLabels: { team: 'a' }, payload: 'thin', mode: 'batch',
      includeBaseline: false, sealedSecrets: Buffer.from('s'), isEnabled: true, isInsecure: false, disabledReason: null, position: 0, failingSince: null,
    } as const;
    const body = Buffer.from([0, 255, 10, 13]);
    const delivery = {
      id: randomUUID(), endpointId: endpoint.id, eventType: 'scan.failed', eventCount: 1, firstPosition: 1, lastPosition: 1, body, state: 'pending', attempts: 0,
      nextAttemptAt: null, finishedAt: null, lastStatus: null, lastError: null,
    } as const;
    await fresh.store.inTenant(tenantId, async (tx) => {
      expect(await tx.endpoints.insert(endpoint)).toMatchObject({ clusterLabels: { team: 'a' }, position: 0 });
      await tx.deliveries.insertMany([delivery]);
      await tx.deliveries.insertMany([{ ...delivery, body: Buffer.from('other') }]);
      expect((await tx.deliveries.get(delivery.id))?.body).toEqual(body);
      const { items } = await tx.deliveries.list({ endpointId: endpoint.id, state: 'pending' }, { first: 10 });
      expect(items).toHaveLength(1);
      expect(items[0]).not.toHaveProperty('body');
      await tx.deliveries.insertAttempt({ deliveryId: delivery.id, number: 1, at: new Date(), durationMs: 3, status: null, error: 'timed-out' });
      expect(await tx.deliveries.attempts(delivery.id)).toMatchObject([{ number: 1, status: null, error: 'timed-out' }]);
      await tx.dueWork.schedule([{ topic: 'delivery.send', subjectId: delivery.id }]);
      expect(await tx.deliveries.abandon(endpoint.id, 'endpoint disabled')).toBe(1);
      expect(await tx.dueWork.get('delivery.send', delivery.id)).toBeUndefined();
      expect(await tx.deliveries.stats(endpoint.id, new Date(0))).toEqual({ pending: 0, delivered: 0, failed: 0, abandoned: 1 });
      expect(await tx.endpoints.delete(endpoint.id)).toBe(true);
      expect(await tx.deliveries.get(delivery.id)).toBeUndefined();
    });
  });

  it('says unavailable, and when to ask again, while the database is away, and works again afterwards', async () => {
    const database = new URL(fresh.adminUrl).pathname.slice(1);
    const admin = new pg.Client({ connectionString: inject('postgresAdminUrl') });
    await admin.connect();
    const broken = fresh.store.inTenant(tenantId, async (tx) => {
      await tx.clusters.list({ first: 1 });
      await admin.query(`alter database ${database} connection limit 0`);
      await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = 'bulwark_app'`, [database]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await tx.clusters.list({ first: 1 });
    });
    await expect(broken).rejects.toMatchObject({ kind: 'unavailable', reason: 'database-unavailable', retryAfter: 5 });
    await expect(fresh.store.ping()).rejects.toBeInstanceOf(AppError);
    await admin.query(`alter database ${database} connection limit -1`);
    await admin.end();
    await fresh.store.ping();
  });

  it('says unavailable where nobody listens', async () => {
    await expect(TypeormStore.connect({ url: 'postgres://bulwark_app@127.0.0.1:1/none' })).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('gives up a statement that takes too long, saying busy', async () => {
    const hasty = await TypeormStore.connect({ url: fresh.appUrl, statementTimeoutMs: 100 });
    const id = await fresh.cluster(tenantId);
    await fresh.store.inTenant(tenantId, async (tx) => {
      await tx.clusters.lock(id);
      await expect(hasty.inTenant(tenantId, (other) => other.clusters.lock(id))).rejects.toMatchObject({ kind: 'unavailable', reason: 'database-busy' });
    });
    await hasty.close();
  });
});
