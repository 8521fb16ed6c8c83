import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { foundFailure } from '#findings/found-failure.js';
import { firstPolicy } from '#application/organisations/policy.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { appPrivileges } from './access.js';
import { migrate } from './migrate.js';
import { TypeormStore } from './typeorm-store.js';

describe('row-level security', () => {
  let fresh: FreshStore;
  let admin: pg.Client;
  let app: pg.Client;
  let ours: string;
  let theirs: string;

  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'));
    admin = new pg.Client({ connectionString: fresh.adminUrl });
    app = new pg.Client({ connectionString: fresh.appUrl });
    await Promise.all([admin.connect(), app.connect()]);
    ours = await fresh.organisation('Ours');
    theirs = await fresh.organisation('Theirs');
    for (const tenant of [ours, theirs]) await fillEveryTable(fresh, tenant);
  });
  afterAll(async () => {
    await Promise.all([admin.end(), app.end()]);
    await fresh.drop();
  });

  const tenantTables = async (): Promise<readonly string[]> => {
    const { rows } = await admin.query<{ table_name: string }>(
      `select table_name from information_schema.columns where table_schema = 'bulwark' and column_name = 'tenant_id' order by 1`,
    );
    return rows.map((row) => row.table_name);
  };
  const countAs = async (tenantId: string | undefined, table: string): Promise<number> => {
    await app.query('begin');
    if (tenantId !== undefined) await app.query(`select set_config('app.tenant_id', $1, true)`, [tenantId]);
    const { rows } = await app.query<{ count: number }>(`select count(*)::int as count from bulwark.${table}`);
    await app.query('commit');
    return rows[0]!.count;
  };

  it('is forced on every table that has a tenant, and no table lacks one', async () => {
    const { rows } = await admin.query<{ relname: string; relrowsecurity: boolean; relforcerowsecurity: boolean; policies: number }>(
      `select relname, relrowsecurity, relforcerowsecurity, (select count(*)::int from pg_policy where polrelid = c.oid and polname = 'tenant') as policies
       from pg_class c where relnamespace = 'bulwark'::regnamespace and relkind = 'r' and relname <> 'schema_migrations'`,
    );
    expect(rows.map(({ relname }) => relname).sort()).toEqual([...(await tenantTables())]);
    for (const row of rows) expect(row).toMatchObject({ relrowsecurity: true, relforcerowsecurity: true, policies: 1 });
    expect(Object.keys(appPrivileges).sort()).toEqual([...(await tenantTables())]);
  });

  it('shows each organisation its own rows, and nothing where no organisation is set', async () => {
    for (const table of await tenantTables()) {
      const { rows } = await admin.query<{ count: number }>(`select count(*)::int as count from bulwark.${table}`);
      const [mine, other] = [await countAs(ours, table), await countAs(theirs, table)];
      expect({ table, hasOurs: mine > 0, hasTheirs: other > 0, all: mine + other }).toEqual({ table, hasOurs: true, hasTheirs: true, all: rows[0]!.count });
      // What an earlier transaction on the same connection leaves behind is an empty setting, not an absent one.
      for (const nobody of [undefined, '', randomUUID()]) {
        expect({ table, nobody, count: await countAs(nobody, table) }).toEqual({ table, nobody, count: 0 });
      }
    }
  });

  it('refuses a row that is written for another organisation, and a move into one', async () => {
    for (const statement of [
      `insert into bulwark.webhook_endpoints (tenant_id, id, url, description, payload, mode, include_baseline, sealed_secrets, is_enabled, is_insecure, position)
       values ($1, gen_random_uuid(), 'u', '', 'thin', 'each', false, '', true, false, 0)`,
      `update bulwark.clusters set tenant_id = $1`,
      `update bulwark.event_feeds set tenant_id = $1`,
    ]) {
      await app.query('begin');
      await app.query(`select set_config('app.tenant_id', $1, true)`, [ours]);
      await expect(app.query(statement, [theirs])).rejects.toMatchObject({ code: '42501' });
      await app.query('rollback');
    }
  });

  it('cannot refer to a row of another organisation', async () => {
    const { rows } = await admin.query<{ id: string }>('select id from bulwark.clusters where tenant_id = $1', [theirs]);
    await app.query('begin');
    await app.query(`select set_config('app.tenant_id', $1, true)`, [ours]);
    await expect(
      app.query(`insert into bulwark.cluster_credentials (tenant_id, cluster_id, sealed) values ($1, $2, '')`, [ours, rows[0]!.id]),
    ).rejects.toMatchObject({ code: '23503' });
    await app.query('rollback');
  });

  describe('instead of a foreign key a row', () => {
    let cluster: string;
    beforeEach(async () => {
      cluster = (await admin.query<{ id: string }>('select id from bulwark.clusters where tenant_id = $1 limit 1', [ours])).rows[0]!.id;
      for (const client of [app, admin]) {
        await client.query('begin');
        await client.query(`select set_config('app.tenant_id', $1, true)`, [ours]);
      }
    });
    afterEach(() => Promise.all([app, admin].map((client) => client.query('rollback'))));

    /** One of our rows once for each row of `times`, but for what is `changed`. */
    const copies = async (table: string, changed: Readonly<Record<string, string>>, times: string): Promise<string> => {
      const { rows } = await admin.query<{ name: string }>(`select quote_ident(attname) as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`, [`bulwark.${table}`]);
      const names = rows.map(({ name }) => name);
      return `insert into bulwark.${table} (${names.join(', ')}) select ${names.map((name) => changed[name] ?? `f.${name}`).join(', ')} from (select * from bulwark.${table} where tenant_id = '${ours}' limit 1) f cross join ${times}`;
    };
    const findingsOf = (ids: readonly string[]): Promise<string> => copies('findings', { id: 'gen_random_uuid()', cluster_id: 'c' }, `unnest(array[${ids.map((id) => `'${id}'`).join(', ')}]::uuid[]) as c`);

    it('no finding is taken of a cluster that the organisation does not have, be it among others', async () => {
      const other = (await admin.query<{ id: string }>('select id from bulwark.clusters where tenant_id = $1', [theirs])).rows[0]!.id;
      expect((await app.query(await findingsOf([cluster, cluster]))).rowCount).toBe(2);
      for (const ids of [[other], [cluster, other], [randomUUID()]]) {
        await app.query('savepoint before');
        await expect(app.query(await findingsOf(ids))).rejects.toMatchObject({ code: '23503', table: 'findings' });
        await app.query('rollback to before');
      }
    });

    it.each(['update bulwark.findings set cluster_id = gen_random_uuid()', 'update bulwark.clusters set id = gen_random_uuid()'])('nothing moves: %s', async (statement) => {
      await app.query('delete from bulwark.cluster_credentials');
      await expect(app.query(statement)).rejects.toMatchObject({ code: '23503' });
    });

    it('findings go with their cluster, and not those of another organisation whose cluster has the same id', async () => {
      const moved = { tenant_id: `'${theirs}'::uuid`, name: `f.name || ' of others'` };
      await admin.query(await copies('clusters', moved, '(select) as once'));
      await admin.query(await copies('findings', moved, '(select) as once'));
      await admin.query('delete from bulwark.clusters where tenant_id = $1', [ours]);
      expect((await admin.query('select distinct tenant_id from bulwark.findings where cluster_id = $1', [cluster])).rows).toEqual([{ tenant_id: theirs }]);
      expect((await admin.query(`select current_setting('app.tenant_id') as organisation`)).rows).toEqual([{ organisation: ours }]);
    });

    it('the app itself leaves none of a cluster that it removes', async () => {
      expect((await app.query('select from bulwark.findings')).rowCount).toBeGreaterThan(0);
      await app.query('delete from bulwark.clusters');
      expect((await app.query('select from bulwark.findings')).rowCount).toBe(0);
    });

    it('events go with their organisation', async () => {
      await admin.query('delete from bulwark.organisations where tenant_id = $1', [ours]);
      for (const table of ['events', 'findings']) expect((await admin.query(`select distinct tenant_id from bulwark.${table}`)).rows).toEqual([{ tenant_id: theirs }]);
    });
  });

  it('gives the app no ownership, no way round, and no right to rewrite events', async () => {
    const { rows } = await admin.query(
      `select rolsuper, rolbypassrls, rolcreaterole, (select count(*)::int from pg_class where relowner = r.oid) as owned from pg_roles r where rolname = 'bulwark_app'`,
    );
    expect(rows[0]).toEqual({ rolsuper: false, rolbypassrls: false, rolcreaterole: false, owned: 0 });
    await expect(app.query(`update bulwark.events set data = '{}'`)).rejects.toMatchObject({ code: '42501' });
    await expect(app.query('update bulwark.event_segments set created_at = now()')).rejects.toMatchObject({ code: '42501' });
    await expect(app.query('alter table bulwark.events disable row level security')).rejects.toMatchObject({ code: '42501' });
    await expect(app.query('create table bulwark.mine (id int)')).rejects.toMatchObject({ code: '42501' });
    await expect(app.query('truncate bulwark.findings')).rejects.toMatchObject({ code: '42501' });
  });

  it('shows the relay the due work of all and nothing else', async () => {
    await app.query('begin');
    await app.query('set local role bulwark_relay');
    const { rows } = await app.query<{ count: number }>('select count(distinct tenant_id)::int as count from bulwark.due_work');
    expect(rows[0]!.count).toBe(2);
    await app.query('rollback');
    for (const table of (await tenantTables()).filter((name) => name !== 'due_work')) {
      await app.query('begin');
      await app.query('set local role bulwark_relay');
      await expect(app.query(`select from bulwark.${table}`)).rejects.toMatchObject({ code: '42501', message: `permission denied for table ${table}` });
      await app.query('rollback');
    }
  });

  it('shows the operator names of organisations and never their keys', async () => {
    const { items } = await fresh.store.asOperator((tx) => tx.organisations.list({ first: 10 }));
    expect(items.map(({ name }) => name).sort()).toEqual(['Ours', 'Theirs']);
    await app.query('begin');
    await app.query('set local role bulwark_operator');
    await expect(app.query('select wrapped_data_key from bulwark.organisations')).rejects.toMatchObject({ code: '42501' });
    await app.query('rollback');
  });

  it('finds exactly the key that was asked for before the organisation is known', async () => {
    expect(await fresh.store.findApiKey(`lookup-${theirs}`)).toMatchObject({ tenantId: theirs });
    expect(await fresh.store.findApiKey('')).toBeUndefined();
    expect(await fresh.store.findApiKey('%')).toBeUndefined();
  });

  it('finds exactly the enrolment key that was asked for before the organisation is known, and only whose it is', async () => {
    const found = await fresh.store.findEnrolmentKey(`enrolment-${theirs}`);
    expect(found).toMatchObject({ tenantId: theirs, clusterId: expect.any(String) });
    expect(JSON.stringify(found)).not.toContain('sealed');
    for (const nobody of ['', '%', `enrolment-${randomUUID()}`]) expect(await fresh.store.findEnrolmentKey(nobody)).toBeUndefined();
  });

  it('lets the app boot as its role and refuses a superuser', async () => {
    await fresh.store.assertSafe();
    const asAdmin = await TypeormStore.connect({ url: fresh.adminUrl });
    await expect(asAdmin.assertSafe()).rejects.toThrow(/superuser/);
    await asAdmin.close();
  });

  it('refuses to boot as a role that may become one which row-level security does not bind', async () => {
    const roles = ['bulwark_test_climber', 'bulwark_test_stronger'] as const;
    const drop = async () => {
      for (const role of roles) await admin.query(`drop role if exists ${role}`);
    };
    await drop();
    await admin.query(`create role bulwark_test_stronger nologin bypassrls; create role bulwark_test_climber login noinherit password 'for-tests-only' in role bulwark_test_stronger`);
    const url = new URL(fresh.adminUrl);
    url.username = 'bulwark_test_climber';
    url.password = 'for-tests-only';
    const climber = await TypeormStore.connect({ url: url.href });
    try {
      await expect(climber.assertSafe()).rejects.toThrow(/bulwark_test_climber may become bulwark_test_stronger, which/);
    } finally {
      await climber.close();
      await drop();
    }
  });

  it('refuses to boot where a table lost its policy or the app owns one', async () => {
    await admin.query('alter table bulwark.schedules no force row level security');
    await expect(fresh.store.assertSafe()).rejects.toThrow(/schedules has no forced row-level security/);
    await admin.query('alter table bulwark.schedules force row level security');
    await admin.query('alter table bulwark.schedules owner to bulwark_app');
    await expect(fresh.store.assertSafe()).rejects.toThrow(/owns the table schedules/);
    await admin.query('alter table bulwark.schedules owner to current_user');
    await migrate(fresh.adminUrl, { appUser: 'bulwark_app' });
    await fresh.store.assertSafe();
  });

  it('does not leak between 200 interleaved transactions on a small pool, aborted ones among them', async () => {
    const small = await TypeormStore.connect({ url: fresh.appUrl, poolSize: 3 });
    const seen = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const tenant = i % 2 === 0 ? ours : theirs;
        const read = small.inTenant(tenant, async (tx) => {
          const { items } = await tx.clusters.list({ first: 10 });
          if (i % 5 === 0) throw new Error('aborted');
          return items.every(({ tenantId }) => tenantId === tenant) && items.length === 1;
        });
        return i % 5 === 0 ? read.then(() => false, (error: Error) => error.message === 'aborted') : read;
      }),
    );
    expect(seen.every(Boolean)).toBe(true);
    await small.close();
  });
});

async function fillEveryTable(fresh: FreshStore, tenantId: string): Promise<void> {
  const clusterId = await fresh.cluster(tenantId);
  const scanId = randomUUID();
  const snapshotId = randomUUID();
  const endpointId = randomUUID();
  const deliveryId = randomUUID();
  const at = new Date();
  const evaluation = {
    controlId: 'workloads/privileged', layer: 'workloads', outcome: 'fail', complete: true, passed: 0, failed: 1, unknown: 0, notApplicable: 0,
    failures: [], unknowns: [], notApplicables: [], passedKeys: new Uint32Array(0), heldKeys: new Uint32Array(0),
  } as const;
  await fresh.store.inTenant(tenantId, async (tx) => {
    await tx.apiKeys.insert({ id: randomUUID(), lookupId: `lookup-${tenantId}`, name: 'key', hash: Buffer.from('h'), prefix: 'blw_', scopes: ['admin:write'], expiresAt: null });
    await tx.policies.insert({ id: randomUUID(), version: 1, decidedBy: null, policy: firstPolicy });
    await tx.clusters.putCredentials(clusterId, Buffer.from('sealed'));
    await tx.snapshots.insert({ id: snapshotId, clusterId, complete: { scope: 'objects' }, contentEncoding: 'identity', format: 'auto' });
    await tx.snapshots.addChunks(snapshotId, 0, [Buffer.from('a'), Buffer.from('b')]);
    await tx.scans.insert({ id: scanId, clusterId, kind: 'snapshot', snapshotId, requestedBy: 'test' });
    await tx.scans.insertResults(scanId, [evaluation]);
    await tx.evidence.keep({ clusterId, scanId }, [{ sort: 'head', items: 1, digest: scanId }], [{ digest: scanId, sealed: Buffer.from('sealed') }]);
    await tx.enrolmentKeys.insert({ id: randomUUID(), clusterId, lookupId: `enrolment-${tenantId}`, name: 'key', prefix: 'bwe_', createdBy: 'key', expiresAt: null }, Buffer.from('sealed'));
    await tx.nodeEvidence.keep(
      { id: randomUUID(), clusterId, node: 'n', collectedAt: at, collector: '1', isSigned: false, enrolmentKeyId: null, uploadedBy: 'key', digest: 'd', size: 2, nonce: 'n', machine: null },
      Buffer.from('sealed'),
    );
    await tx.kubeBenchResults.keep(clusterId, [{ id: randomUUID(), node: 'n', benchmarks: ['cis-1.12'], detectedVersion: null, toolVersion: null, totals: { pass: 1, fail: 0, warn: 0, info: 0 }, uploadedBy: 'key', sealed: Buffer.from('sealed') }]);
    await tx.cloudDescriptions.keep({ id: randomUUID(), clusterId, provider: 'eks', uploadedBy: 'key' }, Buffer.from('sealed'));
    await tx.controlStates.record({ clusterId, scanId, at }, [evaluation], [{ controlId: evaluation.controlId, passed: new Uint32Array([1, 2]), scanId, lapsed: [], seen: [] }]);
    const key = 'workloads/privileged|Pod/a/b|c';
    const failure = foundFailure({ key, resource: { group: '', kind: 'Pod', namespace: 'a', name: 'b' }, part: 'c', severity: 'high', message: 'm', basis: 'cluster', risk: 50, surroundings: '||' });
    await tx.findings.apply({ clusterId, scanId, isBaseline: false, at }, [{ transition: 'opened', key, controlId: evaluation.controlId, sequence: 1, severity: 'high', failure, digest: 'd' }], []);
    await tx.schedules.put({ id: randomUUID(), clusterId, kind: 'posture', cron: '0 * * * *', timeZone: 'UTC', isEnabled: true, nextRunAt: at });
    await tx.benchmarks.insert({
      id: scanId, clusterId, benchmark: 'cis-1.12', reason: 'r', caveat: null, source: 'live', gatheredAt: at, judgedAt: at, judgedBy: 'test', requestedBy: 'test', previousRunId: null,
      pass: 1, fail: 0, unknown: 0, notApplicable: 0, manual: 0, regressed: 0, nodesListed: 1, nodesWithEvidence: 1, advice: [],
    }, [{
      itemId: '1.2.1', position: 0, meaning: '1.2.1', outcome: 'pass', decidedByMachine: true, nodes: { pass: 1, fail: 0, unknown: 0, notApplicable: 0, manual: 0, total: 1 },
      sentence: 'Passes.', causes: [], gathered: [], kubeBench: null, subjects: [{ subject: 'cluster', status: 'pass', text: '' }],
    }]);
    await tx.benchmarks.remember(clusterId, '{}');
    await tx.benchmarks.addRegressions([{ id: randomUUID(), clusterId, meaning: '1.2.1', benchmark: 'cis-1.12', itemId: '1.2.1', beforeRunId: scanId, runId: scanId, at, subjects: [], subjectCount: 0 }]);
    await tx.attestations.insert({
      id: randomUUID(), clusterId, meaning: '1.2.1', benchmark: 'cis-1.12', itemId: '1.2.1', person: 'Ada', verdict: 'pass', statement: 's', attachmentName: null, attachmentSha256: null,
      attestedAt: at, expiresAt: at, recordedBy: 'test',
    });
    await tx.endpoints.insert({
      id: endpointId, url: 'https://example.com', description: '', eventTypes: null, minSeverity: null, clusterLabels: null, payload: 'thin', mode: 'batch',
      includeBaseline: false, sealedSecrets: Buffer.from('s'), isEnabled: true, isInsecure: false, disabledReason: null, position: 0, failingSince: null,
    });
    await tx.deliveries.insertMany([{
      id: deliveryId, endpointId, eventType: 'scan.completed', eventCount: 1, firstPosition: 1, lastPosition: 1, body: Buffer.from('{}'), state: 'pending',
      attempts: 0, nextAttemptAt: at, finishedAt: null, lastStatus: null, lastError: null,
    }]);
    await tx.deliveries.insertAttempt({ deliveryId, number: 1, at, durationMs: 5, status: 200, error: null });
    await tx.events.append([{ id: randomUUID(), type: 'scan.completed', clusterId, scanId, findingId: null, severity: null, isBaseline: false, data: {} }]);
  });
}
