import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { NewEvent } from '#application/events/event.js';
import { migrations } from '#migrations/migrations.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { createDataSource } from './data-source.js';
import { migrate } from './migrate.js';
import { TypeormStore } from './typeorm-store.js';

const names = migrations.map((Migration) => new Migration().name);

describe('migrate', () => {
  let fresh: FreshStore;
  let admin: pg.Client;
  beforeEach(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'));
    admin = new pg.Client({ connectionString: fresh.adminUrl });
    await admin.connect();
  });
  afterEach(async () => {
    await admin.end();
    await fresh.drop();
  });

  it('is safe to start three times at once, and says what it applied', async () => {
    await admin.query('drop schema bulwark cascade');
    const applied = await Promise.all([1, 2, 3].map(() => migrate(fresh.adminUrl, { appUser: 'bulwark_app' })));
    expect(applied.flat()).toEqual(names);
    await fresh.store.assertSafe();
  });

  it('goes back and forth', async () => {
    const dataSource = new DataSource({ type: 'postgres', url: fresh.adminUrl, schema: 'bulwark', migrations, migrationsTableName: 'schema_migrations' });
    await dataSource.initialize();
    for (const _ of names) await dataSource.undoLastMigration();
    expect((await admin.query(`select from pg_tables where schemaname = 'bulwark' and tablename <> 'schema_migrations'`)).rowCount).toBe(0);
    await dataSource.destroy();
    expect(await migrate(fresh.adminUrl, { appUser: 'bulwark_app' })).toEqual(names);
  });

  it('gives the right to enrol to whoever could speak for a cluster before there was one, and to nobody else', async () => {
    const tenantId = await fresh.organisation();
    const dataSource = new DataSource({ type: 'postgres', url: fresh.adminUrl, schema: 'bulwark', migrations, migrationsTableName: 'schema_migrations' });
    await dataSource.initialize();
    for (const _ of names.slice(names.indexOf('NodeEvidence1795996800000'))) await dataSource.undoLastMigration();
    await dataSource.destroy();
    const scopes = [['admin:write', 'clusters:write'], ['admin:write', 'clusters:read'], ['scans:write']];
    for (const [i, granted] of scopes.entries()) {
      await admin.query(`insert into bulwark.api_keys (tenant_id, id, lookup_id, name, hash, prefix, scopes) values ($1, gen_random_uuid(), $2, $2, '', '', $3)`, [tenantId, String(i), granted]);
    }
    await migrate(fresh.adminUrl, { appUser: 'bulwark_app' });
    const { rows } = await admin.query('select scopes from bulwark.api_keys order by lookup_id');
    expect(rows.map((row) => row.scopes)).toEqual([[...scopes[0]!, 'enrolment:read', 'enrolment:write'], scopes[1], scopes[2]]);
  });

  it('leaves the feed what it was, with events that came at one time and without any', async () => {
    const [tenantId, other] = [await fresh.organisation(), await fresh.organisation()];
    await fresh.organisation();
    const clusterId = randomUUID();
    const event = (scan: number): NewEvent => ({ id: randomUUID(), type: 'scan.completed', clusterId, scanId: null, findingId: randomUUID(), severity: null, isBaseline: false, about: { cluster: { name: '{}' } }, data: { scan } });
    for (const [tenant, count] of [[tenantId, 3], [other, 2], [tenantId, 1]] as const) {
      await fresh.store.inTenant(tenant, (tx) => tx.events.append(Array.from({ length: count }, (_, i) => event(i))));
      await sleep(5);
    }
    const feeds = () => Promise.all([tenantId, other].map((tenant) => fresh.store.inTenant(tenant, (tx) => tx.events.after(0, 10))));
    const before = await feeds();
    const dataSource = new DataSource({ type: 'postgres', url: fresh.adminUrl, schema: 'bulwark', migrations, migrationsTableName: 'schema_migrations' });
    await dataSource.initialize();
    for (const _ of names.slice(names.indexOf('EventSegments1796515200000'))) await dataSource.undoLastMigration();
    await dataSource.destroy();
    expect((await admin.query('select position::int, cluster_id, data from bulwark.events where tenant_id = $1 order by position', [tenantId])).rows).toEqual([0, 1, 2, 0].map((scan, i) => ({ position: i + 1, cluster_id: clusterId, data: { cluster: { name: '{}' }, scan } })));
    // As events were written before: each at its own time, by a clock that may be set back.
    await admin.query(`update bulwark.events set created_at = created_at + interval '1 ms' where position = 2`);
    await migrate(fresh.adminUrl, { appUser: 'bulwark_app' });
    const timeless = (all: typeof before) => all.map((feed) => feed.map((event) => ({ ...event, createdAt: undefined })));
    expect(timeless(await feeds())).toEqual(timeless(before));
    const [times, timesBefore] = [(await feeds())[0]!, before[0]!].map((feed) => feed.map(({ createdAt }) => createdAt.getTime()));
    expect(times).toEqual(timesBefore!.map((time, i) => (i === 1 ? time + 1 : time)));
    await fresh.store.inTenant(tenantId, (tx) => tx.events.append([event(9)]));
    expect((await feeds())[0]!.at(-1)).toMatchObject({ position: 5, data: { scan: 9 } });
  });

  it('needs no superuser: an owner who may create roles is enough', async () => {
    await admin.query(`drop role if exists bulwark_test_owner`);
    await admin.query(`create role bulwark_test_owner login createrole password 'for-tests-only'`);
    // Roles of the test server exist already; an owner on a new server makes them and so may grant them.
    for (const role of ['bulwark_relay', 'bulwark_operator', 'bulwark_app']) await admin.query(`grant ${role} to bulwark_test_owner with admin option`);
    const database = new URL(fresh.adminUrl).pathname.slice(1);
    await admin.query(`drop schema bulwark cascade`);
    await admin.query(`grant create on database ${database} to bulwark_test_owner`);
    const owner = new URL(fresh.adminUrl);
    owner.username = 'bulwark_test_owner';
    owner.password = 'for-tests-only';
    try {
      expect(await migrate(owner.href, { appUser: 'bulwark_app', appPassword: 'for-tests-only' })).toEqual(names);
      await fresh.store.assertSafe();
      const tenantId = await fresh.organisation();
      await fresh.cluster(tenantId);
      await fresh.store.inTenant(tenantId, (tx) => tx.events.append([{ id: randomUUID(), type: 'policy.changed', clusterId: null, scanId: null, findingId: null, severity: null, isBaseline: false, data: {} }]));
      const client = new pg.Client({ connectionString: owner.href });
      await client.connect();
      await client.query(`select set_config('app.tenant_id', $1, false)`, [tenantId]);
      expect((await client.query('delete from bulwark.organisations')).rowCount).toBe(1);
      await client.end();
      for (const table of ['clusters', 'event_segments', 'events']) expect((await admin.query(`select from bulwark.${table}`)).rowCount).toBe(0);

      const asOwner = await TypeormStore.connect({ url: owner.href });
      await expect(asOwner.assertSafe()).rejects.toThrow(/owns the table/);
      await asOwner.close();
    } finally {
      await admin.query('drop owned by bulwark_test_owner cascade');
      await admin.query('drop role bulwark_test_owner');
    }
  });

  it('makes the very columns that the entities map', async () => {
    const { rows } = await admin.query<{ table: string; column: string; type: string; nullable: boolean }>(
      `select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable
       from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relnamespace = 'bulwark'::regnamespace and a.attnum > 0 and not a.attisdropped`,
    );
    const stored = new Map(rows.map((row) => [`${row.table}.${row.column}`, `${row.type}${row.nullable ? ' null' : ''}`]));
    const dataSource = createDataSource({ url: fresh.appUrl });
    await dataSource.initialize();
    const mapped = dataSource.entityMetadatas.flatMap((entity) =>
      entity.columns.map((column) => {
        const type = column.type === 'timestamptz' ? `timestamp(${column.precision}) with time zone` : `${String(column.type)}${column.isArray ? '[]' : ''}`;
        return [`${entity.tableName}.${column.databaseName}`, `${type}${column.isNullable ? ' null' : ''}`] as const;
      }),
    );
    await dataSource.destroy();
    expect(mapped.length).toBeGreaterThan(100);
    for (const [column, type] of mapped) expect([column, stored.get(column)]).toEqual([column, type]);
  });
});
