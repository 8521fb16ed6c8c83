import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { EnvelopeVault } from '#operations/crypto/envelope-vault.js';
import { ringOf } from '#operations/crypto/key-ring.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { firstPolicy } from '../organisations/policy.js';
import { SweepOrganisation } from '../retention/sweep-organisation.js';
import type { ScanResult } from '../ports/cluster-collector.js';
import { uuidFrom } from '../uuid-from.js';
import type { FreshEvidence } from './evidence.js';
import { KeptEvidence } from './kept-evidence.js';
import { RunScan } from './run-scan.js';

const DAY = 24 * 3_600_000;

const digestOf = (text: string): string => uuidFrom('evidence', text);

describe('kept evidence', () => {
  const vault = new EnvelopeVault(ringOf([{ id: 'key', key: randomBytes(32) }]));
  const never = new AbortController().signal;
  let fresh: FreshStore;
  let admin: pg.Client;
  let evidence: KeptEvidence;
  let tenantId: string;
  let clusterId: string;

  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'));
    admin = new pg.Client({ connectionString: fresh.adminUrl });
    await admin.connect();
    evidence = new KeptEvidence(fresh.store, vault);
  });
  afterAll(async () => {
    await admin.end();
    await fresh.drop();
  });
  beforeEach(async () => ({ tenantId, clusterId } = await tenant()));

  async function tenant(): Promise<{ readonly tenantId: string; readonly clusterId: string }> {
    const id = randomUUID();
    const wrappedDataKey = await vault.newDataKey(id);
    await fresh.store.inTenant(id, (tx) => tx.organisation.insert({ name: 'Acme', wrappedDataKey }));
    const cluster = await fresh.cluster(id);
    await fresh.store.inTenant(id, async (tx) => {
      await tx.clusters.update(cluster, { hasConnection: true });
      await tx.clusters.putCredentials(cluster, await vault.seal(id, wrappedDataKey, cluster, 'connection', JSON.stringify({ server: 'https://cluster.example', credential: { kind: 'token', token: 't' } })));
    });
    return { tenantId: id, clusterId: cluster };
  }

  /** A scan whose facts are these texts; gives what the collector had to hand on. */
  async function scanned(...texts: readonly string[]): Promise<{ readonly id: string; readonly handedOn: number }> {
    const id = randomUUID();
    await fresh.store.inTenant(tenantId, async (tx) => {
      await tx.scans.insert({ id, clusterId, kind: 'live', snapshotId: null, requestedBy: 'test' });
      await tx.dueWork.schedule([{ topic: 'scan.run', subjectId: id }]);
    });
    let handedOn = 0;
    const scan = async (_source: unknown, _policy: unknown, { knownEvidence }: { readonly knownEvidence: readonly string[] }): Promise<ScanResult> => {
      const parts = texts.map((text): FreshEvidence => ({ sort: 'services', items: 1, digest: digestOf(text), ...(!knownEvidence.includes(digestOf(text)) && { bytes: Buffer.from(text) }) }));
      handedOn = parts.filter(({ bytes }) => bytes).length;
      return {
        cluster: { platform: 'kind', isManaged: false }, evaluations: [], controls: [], outcomes: {}, evidence: parts,
        counts: { objects: 1, pods: 0, workloads: 0, nodes: 0, namespaces: 0 }, standing: { nodes: [], machines: [] }, collectors: { nodes: 0, fresh: 0, stale: 0 }, cost: { requests: 1, bytes: 1, throttled: 0, cpuMs: 1 },
      };
    };
    await new RunScan(fresh.store, { scan, verify: async () => ({ reachable: true, rights: [] }) }, vault).run(tenantId, id, never);
    return { id, handedOn };
  }
  const textsOf = async (scanId?: string): Promise<readonly string[]> => {
    const found = await evidence.find(tenantId, clusterId, scanId);
    return (await evidence.open(tenantId, found)).map(({ bytes }) => Buffer.from(bytes).toString());
  };
  const pieces = async (): Promise<number> => (await admin.query('select from bulwark.evidence_pieces where cluster_id = $1', [clusterId])).rowCount ?? 0;

  it('is read as it was written, and what did not change is kept once', async () => {
    const first = await scanned('a', 'b', 'c');
    const second = await scanned('a', 'b', 'd');
    expect([first.handedOn, second.handedOn]).toEqual([3, 1]);
    expect(await pieces()).toBe(4);
    expect(await textsOf(first.id)).toEqual(['a', 'b', 'c']);
    expect(await textsOf(second.id)).toEqual(['a', 'b', 'd']);
    expect(await textsOf()).toEqual(['a', 'b', 'd']);
  });

  it('is encrypted', async () => {
    await scanned('CANARY of a cluster');
    const { rows } = await admin.query<{ sealed: Buffer }>('select sealed from bulwark.evidence_pieces where cluster_id = $1', [clusterId]);
    expect(rows[0]!.sealed.includes('CANARY')).toBe(false);
  });

  it('is of one organisation and one cluster alone', async () => {
    const { id } = await scanned('a');
    const other = await tenant();
    await expect(evidence.find(other.tenantId, clusterId, id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(evidence.find(other.tenantId, other.clusterId, id)).rejects.toMatchObject({ kind: 'not-found' });
    const sibling = await fresh.cluster(tenantId);
    await expect(evidence.find(tenantId, sibling, id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(evidence.find(tenantId, sibling)).rejects.toMatchObject({ kind: 'conflict', reason: 'no-evidence' });
  });

  it('goes after the days that the organisation keeps it, but for the latest, with the pieces that no scan needs', async () => {
    const old = await scanned('a', 'b');
    await scanned('b', 'c');
    await admin.query(`update bulwark.scan_evidence set created_at = created_at - interval '8 days' where scan_id = $1`, [old.id]);
    const sweep = (now = new Date()) => new SweepOrganisation(fresh.store, vault).run(tenantId, never, now);
    await sweep();
    expect(await pieces()).toBe(3);
    await fresh.store.inTenant(tenantId, (tx) => tx.policies.insert({ id: randomUUID(), version: 1, decidedBy: null, policy: { ...firstPolicy, evidenceDays: 7 } }));
    await sweep();
    expect(await pieces()).toBe(2);
    expect(await textsOf()).toEqual(['b', 'c']);
    await expect(textsOf(old.id)).rejects.toMatchObject({ kind: 'conflict', reason: 'no-evidence' });
    await sweep(new Date(Date.now() + 300 * DAY));
    expect(await textsOf()).toEqual(['b', 'c']);
  });

  it('is left alone while a scan counts on it', async () => {
    const old = await scanned('a');
    await scanned('b');
    await admin.query(`update bulwark.scan_evidence set created_at = created_at - interval '60 days' where scan_id = $1`, [old.id]);
    const active = randomUUID();
    await fresh.store.inTenant(tenantId, (tx) => tx.scans.insert({ id: active, clusterId, kind: 'live', snapshotId: null, requestedBy: 'test' }));
    await new SweepOrganisation(fresh.store, vault).run(tenantId, never);
    expect(await pieces()).toBe(2);
  });

  it('goes at once with its cluster', async () => {
    await scanned('a');
    await fresh.store.inTenant(tenantId, (tx) => tx.clusters.delete(clusterId));
    expect(await pieces()).toBe(0);
  });
});
