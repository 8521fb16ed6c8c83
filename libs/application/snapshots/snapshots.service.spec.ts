import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { testVault as vault } from '#test/support/test-vault.js';
import { Caller } from '../caller.js';
import { Lists } from '../lists.js';
import type { EvidenceSource } from '../ports/cluster-collector.js';
import { RunScan } from '../scans/run-scan.js';
import { ScansService } from '../scans/scans.service.js';
import { MOST_UPLOADS, SnapshotsService } from './snapshots.service.js';

async function* stream(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

describe('snapshots', () => {
  let fresh: FreshStore;
  let admin: pg.Client;
  let caller: Caller;
  let clusterId: string;
  let scans: ScansService;
  const upload = { complete: { scope: 'objects' }, contentEncoding: 'identity', format: 'auto' } as const;

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
    caller = new Caller(await fresh.organisation(), 'key', new Set(['scans:write']));
    clusterId = await fresh.cluster(caller.tenantId);
  });

  const stored = async (): Promise<readonly [number, number]> => {
    const count = async (table: string) => (await admin.query(`select from bulwark.${table} where tenant_id = $1`, [caller.tenantId])).rowCount ?? 0;
    return [await count('snapshots'), await count('snapshot_chunks')];
  };

  it.each([
    ['one small part', [10]],
    ['parts of every size', [1, 262_144, 0, 262_143, 700_000, 5]],
    ['exactly one chunk', [262_144]],
    ['more than one write', [3_000_000]],
    ['many tiny parts', Array.from({ length: 500 }, () => 7)],
  ])('reach the scan byte by byte: %s', async (_name, sizes) => {
    const parts = sizes.map((size) => randomBytes(size));
    const snapshots = new SnapshotsService(fresh.store, vault);
    const scan = await snapshots.upload(caller, { clusterId, ...upload }, stream(...parts));
    expect(scan).toMatchObject({ kind: 'snapshot', state: 'queued', clusterId });

    let source: EvidenceSource | undefined;
    const received: Uint8Array[] = [];
    const collector = {
      verify: async () => expect.fail('no verification was asked for'),
      async scan(given: EvidenceSource) {
        source = given;
        if (given.kind === 'snapshot') for await (const bytes of given.bytes) received.push(bytes);
        return {
          cluster: { platform: 'unknown', isManaged: false }, evaluations: [], controls: [], outcomes: { pods: { state: 'given', count: 1 } },
          counts: { objects: 1, pods: 1, workloads: 0, nodes: 0, namespaces: 0 }, standing: { nodes: [], machines: [] }, collectors: { nodes: 0, fresh: 0, stale: 0 }, evidence: [], cost: { requests: 0, bytes: 1, throttled: 0, cpuMs: 1 },
        } as const;
      },
    };
    await new RunScan(fresh.store, collector, vault).run(caller.tenantId, scan.id, new AbortController().signal);
    expect(source).toMatchObject({ kind: 'snapshot', complete: { scope: 'objects' } });
    expect(gunzipSync(Buffer.concat(received)).equals(Buffer.concat(parts))).toBe(true);
    expect(await scans.get(caller, scan.id)).toMatchObject({ state: 'finished', isComplete: false });
    expect(await stored()).toEqual([0, 0]);
  });

  it('are kept packed, once', async () => {
    const snapshots = new SnapshotsService(fresh.store, vault);
    const plain = Buffer.from(JSON.stringify(Array.from({ length: 20_000 }, (_, i) => ({ kind: 'Pod', name: `pod-${i}` }))));
    const kept = async (): Promise<number> => Number((await admin.query('select sum(length(bytes)) as bytes from bulwark.snapshot_chunks where tenant_id = $1', [caller.tenantId])).rows[0].bytes);
    const sizes: number[] = [];
    for (const sent of [plain, gzipSync(plain)]) {
      const scan = await snapshots.upload(caller, { clusterId, ...upload }, stream(sent.subarray(0, 1), sent.subarray(1)));
      sizes.push(await kept());
      expect((await admin.query('select bytes from bulwark.snapshots where tenant_id = $1', [caller.tenantId])).rows).toEqual([{ bytes: `${sent.length}` }]);
      await scans.cancel(caller, scan.id);
    }
    expect(Math.max(...sizes)).toBeLessThan(plain.length / 5);
    expect(sizes[1]).toBeLessThan(1.1 * gzipSync(plain).length);
  });

  it('stores no byte of an upload in clear', async () => {
    const canary = 'c2VjcmV0LWNhbmFyeQ==';
    await new SnapshotsService(fresh.store, vault).upload(caller, { clusterId, ...upload }, stream(Buffer.from(`{"kind":"Secret","data":{"password":"${canary}"}}`)));
    const { rows } = await admin.query<{ bytes: Buffer }>('select bytes from bulwark.snapshot_chunks where tenant_id = $1', [caller.tenantId]);
    expect(rows).toHaveLength(1);
    expect(rows[0]!.bytes.includes(canary)).toBe(false);
  });

  it('leave nothing when they break off, are empty or too large', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield randomBytes(2_000_000);
      throw new Error('the sender went away');
    }
    const small = new SnapshotsService(fresh.store, vault, 2 * 1024 * 1024);
    await expect(small.upload(caller, { clusterId, ...upload }, broken())).rejects.toThrow('the sender went away');
    await expect(small.upload(caller, { clusterId, ...upload }, stream())).rejects.toMatchObject({ reason: 'snapshot-empty' });
    await expect(small.upload(caller, { clusterId, ...upload }, stream(randomBytes(1_500_000), randomBytes(1_500_000)))).rejects.toMatchObject({
      kind: 'invalid', reason: 'snapshot-too-large',
    });
    expect(await stored()).toEqual([0, 0]);
    expect((await scans.list(caller, {}, {})).edges).toEqual([]);
  });

  it('leave nothing when they take too long', async () => {
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield randomBytes(2_000_000);
      await new Promise((resolve) => setTimeout(resolve, 60));
      yield randomBytes(1);
    }
    await expect(new SnapshotsService(fresh.store, vault, undefined, 50).upload(caller, { clusterId, ...upload }, slow())).rejects.toMatchObject({ reason: 'snapshot-too-slow' });
    expect(await stored()).toEqual([0, 0]);
  });

  it('are so many an organisation at a time, not counting those that were given up', async () => {
    const snapshots = new SnapshotsService(fresh.store, vault);
    const clusters = await Promise.all(Array.from({ length: MOST_UPLOADS + 1 }, () => fresh.cluster(caller.tenantId)));
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let begun = 0;
    async function* waiting(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{');
      begun += 1;
      await released;
      yield Buffer.from('}');
    }
    const uploads = clusters.slice(1).map((id) => snapshots.upload(caller, { clusterId: id, ...upload }, waiting()));
    await expect.poll(() => begun).toBe(MOST_UPLOADS);
    const another = () => snapshots.upload(caller, { clusterId: clusters[0]!, ...upload }, stream(Buffer.from('{}')));
    await expect(another()).rejects.toMatchObject({ kind: 'limited', reason: 'too-many-uploads', retryAfter: 30 });
    release();
    await Promise.all(uploads);
    await another();
    await admin.query(`update bulwark.snapshots set uploaded_at = null, created_at = now() - interval '31 minutes' where tenant_id = $1`, [caller.tenantId]);
    await snapshots.upload(caller, { clusterId, ...upload }, stream(Buffer.from('{}')));
  });

  it('are refused while a scan is active, before and after the upload', async () => {
    const snapshots = new SnapshotsService(fresh.store, vault);
    async function* whileAnotherStarts(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{}');
      await snapshots.upload(caller, { clusterId, ...upload }, stream(Buffer.from('{}')));
    }
    await expect(snapshots.upload(caller, { clusterId, ...upload }, whileAnotherStarts())).rejects.toMatchObject({ reason: 'scan-active' });
    await expect(snapshots.upload(caller, { clusterId, ...upload }, stream(Buffer.from('{}')))).rejects.toMatchObject({ reason: 'scan-active' });
    expect(await stored()).toEqual([1, 1]);
  });

  it('go with a scan that is cancelled', async () => {
    const scan = await new SnapshotsService(fresh.store, vault).upload(caller, { clusterId, ...upload }, stream(Buffer.from('{}')));
    await scans.cancel(caller, scan.id);
    expect(await stored()).toEqual([0, 0]);
  });

  it('cannot be sent to another organisation’s cluster', async () => {
    const other = await fresh.cluster(await fresh.organisation());
    await expect(new SnapshotsService(fresh.store, vault).upload(caller, { clusterId: other, ...upload }, stream(Buffer.from('{}')))).rejects.toMatchObject({ kind: 'not-found' });
  });
});
