import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { freshDatabase } from '#database/embedded/test-postgres.js';
import type { FreshDatabase } from '#database/embedded/test-postgres.js';
import type { Log } from '#operations/log.js';

import { createJobQueue } from './bullmq-job-queue.js';
import { migrateQueue } from './migrate-queue.js';

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => silent };

describe('the queue schema on Postgres', () => {
  let database: FreshDatabase;
  let admin: pg.Client;
  let appUrl: string;
  const role = `Queue "app" ${randomUUID().slice(0, 8)}`;

  beforeAll(async () => {
    database = await freshDatabase(inject('postgresAdminUrl'));
    admin = new pg.Client(database.url);
    await admin.connect();
    await admin.query(`create role ${pg.escapeIdentifier(role)} login password 'app'`);
    const url = new URL(database.url);
    url.username = encodeURIComponent(role);
    url.password = 'app';
    appUrl = url.href;
  });
  afterAll(async () => {
    await admin.end();
    await database.drop();
    const client = new pg.Client(inject('postgresAdminUrl'));
    await client.connect();
    await client.query(`drop role ${pg.escapeIdentifier(role)}`);
    await client.end();
  });

  it('is missed at once by a consumer, who says so', async () => {
    const queue = createJobQueue({ backend: { kind: 'postgres', url: appUrl }, log: silent });
    await expect(queue.consume('scan.run', 1, async () => undefined)).rejects.toThrow(/not initialized/);
    await queue.close(0);
  });

  it('can be made by several at once, and again', async () => {
    for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 6 }, () => migrateQueue(database.url, role)));
    await expect(migrateQueue(database.url, role)).resolves.toBeUndefined();
  });

  it('is used by a role that owns nothing in it and cannot change it', async () => {
    const owned = await admin.query(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
       where n.nspname = 'bullmq' and r.rolname = $1`,
      [role],
    );
    expect(owned.rows).toEqual([]);

    const app = new pg.Client(appUrl);
    await app.connect();
    const refusals: unknown[] = [];
    for (const statement of [
      'create table bullmq.mine (id int)',
      'create sequence bullmq.mine',
      'alter table bullmq.job add column mine int',
      'drop table bullmq.job',
      'truncate bullmq.job',
      "insert into bullmq.migration (version, name, min_client_version) values (99, 'mine', 99)",
      'create or replace function bullmq.pause(text, boolean) returns void language sql as $$ select $$',
    ]) {
      refusals.push(await app.query(statement).then(() => statement, ({ code }: { code: string }) => code));
    }
    await app.end();
    expect(new Set(refusals)).toEqual(new Set(['42501']));
  });

  it('keeps few events, though every job makes some', { timeout: 60_000 }, async () => {
    const queue = createJobQueue({ backend: { kind: 'postgres', url: `${appUrl}?options=-c%20work_mem%3D8MB` }, log: silent });
    let done = 0;
    await queue.consume('scan.run', 20, async () => void (done += 1));
    for (let batch = 0; batch < 6; batch += 1) {
      await queue.enqueue(Array.from({ length: 100 }, () => ({ id: randomUUID(), topic: 'scan.run' as const, tenantId: 't', subjectId: 's' })));
    }
    await expect.poll(() => done, { timeout: 30_000 }).toBe(600);
    await queue.close();
    const { rows } = await admin.query<{ events: number; jobs: number; dedup: number }>(
      'select (select count(*)::int from bullmq.event) events, (select count(*)::int from bullmq.job) jobs, (select count(*)::int from bullmq.dedup) dedup',
    );
    expect(rows[0]).toMatchObject({ jobs: 0, dedup: 0 });
    expect(rows[0]?.events).toBeLessThan(600);
  });
});
