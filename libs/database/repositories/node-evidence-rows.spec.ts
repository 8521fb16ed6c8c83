import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';

/** As many as Kubernetes is made for. */
const NODES = 5_000;

describe('evidence of many nodes', () => {
  let fresh: FreshStore;
  let admin: pg.Client;
  let tenantId: string;
  let clusterId: string;
  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'));
    admin = new pg.Client({ connectionString: fresh.adminUrl });
    await admin.connect();
    tenantId = await fresh.organisation();
    clusterId = await fresh.cluster(tenantId);
    await admin.query(
      `insert into bulwark.node_evidence (tenant_id, cluster_id, node, id, collected_at, received_at, collector, is_signed, digest, nonce, size, sealed)
       select $1, $2, 'node-' || lpad(i::text, 5, '0'), gen_random_uuid(), now(), now() - interval '40 days', '1', true, 'd', 'n', 1, decode(repeat('ab', 12000), 'hex') from generate_series(1, $3::int) i`,
      [tenantId, clusterId, NODES],
    );
  });
  afterAll(async () => {
    await admin.end();
    await fresh.drop();
  });

  it('is read once each, by a statement that costs as much at the end as at the start', async () => {
    const took: number[] = [];
    const names: string[] = [];
    for (let after: string | undefined; ; ) {
      const start = performance.now();
      const batch = await fresh.store.inTenant(tenantId, (tx) => tx.nodeEvidence.read(clusterId, after));
      took.push(performance.now() - start);
      names.push(...batch.map(({ bundle }) => bundle.node));
      after = batch.at(-1)?.bundle.node;
      if (after === undefined) break;
    }
    expect(names).toEqual(Array.from({ length: NODES }, (_, i) => `node-${String(i + 1).padStart(5, '0')}`));
    expect(took.length).toBe(NODES / 200 + 1);
    // Going through all of it for every row took two seconds a batch.
    expect(took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)]).toBeLessThan(500);
  });

  it('is swept in parts, without what came meanwhile', async () => {
    await fresh.store.inTenant(tenantId, (tx) =>
      tx.nodeEvidence.keep({ id: randomUUID(), clusterId, node: 'node-00001', collectedAt: new Date(Date.now() + 1_000), collector: '2', isSigned: true, enrolmentKeyId: null, uploadedBy: null, digest: 'd', nonce: 'fresh', size: 1, machine: null }, Buffer.from('x')),
    );
    const time = new Date(Date.now() - 30 * 24 * 3_600_000);
    const swept: number[] = [];
    for (let count = 1; count > 0; ) swept.push((count = await fresh.store.inTenant(tenantId, (tx) => tx.nodeEvidence.sweep(time, time, 1_000))));
    expect(swept).toEqual([1_000, 1_000, 1_000, 1_000, 999, 0]);
    expect((await fresh.store.inTenant(tenantId, (tx) => tx.nodeEvidence.list(clusterId, { first: 10 }))).items.map(({ node }) => node)).toEqual(['node-00001']);
    expect((await admin.query('select from bulwark.node_evidence where cluster_id = $1', [clusterId])).rowCount).toBe(1);
  });
});
