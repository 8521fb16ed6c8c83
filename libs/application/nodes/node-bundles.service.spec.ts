import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { nodesIn } from '#kubernetes/benchmark/early-evidence.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import { evidenceOf } from '#nodes/testing/evidence.js';
import { parseEnrolmentKey, type EnrolmentKey } from '#nodes/wire/enrolment-key.js';
import { writeBundle } from '#nodes/wire/write-bundle.js';
import { EnvelopeVault } from '#operations/crypto/envelope-vault.js';
import { ringOf } from '#operations/crypto/key-ring.js';
import { collected } from '#test/support/collected.js';
import { crashingStore, KillSwitch } from '#test/support/crashing-store.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { Caller } from '../caller.js';
import { Lists } from '../lists.js';
import { SweepOrganisation } from '../retention/sweep-organisation.js';
import { EnrolmentKeysService } from './enrolment-keys.service.js';
import { KeptNodes } from './kept-nodes.js';
import { NodeBundlesService } from './node-bundles.service.js';
import { unpackEvidence } from './unpack-evidence.js';
import { unpackKubeBench } from './unpack-kube-bench.js';

describe('bundles of nodes', () => {
  const ring = [{ id: 'first', key: randomBytes(32) }];
  const vault = new EnvelopeVault(ringOf(ring));
  const lists = new Lists(randomBytes(32));
  const unpacker = { unpack: unpackEvidence, unpackKubeBench };
  let fresh: FreshStore;
  let admin: pg.Client;
  let caller: Caller;
  let clusterId: string;
  let key: EnrolmentKey;
  let service: NodeBundlesService;

  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'));
    admin = new pg.Client({ connectionString: fresh.adminUrl });
    await admin.connect();
    service = new NodeBundlesService(fresh.store, vault, lists, unpacker);
  });
  afterAll(async () => {
    await admin.end();
    await fresh.drop();
  });
  beforeEach(async () => {
    const tenantId = randomUUID();
    const wrappedDataKey = await vault.newDataKey(tenantId);
    await fresh.store.inTenant(tenantId, async (tx) => {
      await tx.organisation.insert({ name: 'Acme', wrappedDataKey });
      await tx.dueWork.schedule([{ topic: 'retention.sweep', subjectId: tenantId }]);
    });
    caller = new Caller(tenantId, 'api-key', new Set(['enrolment:write', 'scans:read', 'scans:write']));
    clusterId = await fresh.cluster(tenantId);
    key = parseEnrolmentKey((await new EnrolmentKeysService(fresh.store, vault, lists).create(caller, clusterId, { name: 'k' })).text)!;
  });

  const written = (node: string, collectedAt = new Date(), evidence: NodeEvidence = evidenceOf()): Buffer => writeBundle(evidence, { node, cluster: clusterId, key, collector: '1', collectedAt }).bytes;
  async function* stream(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < bytes.length; i += 1_000) yield bytes.subarray(i, i + 1_000);
  }
  const receive = (bytes: Uint8Array, by = service) => by.receive(undefined, clusterId, stream(bytes));
  const read = (by: EnvelopeVault = vault) => collected(nodesIn(new KeptNodes(fresh.store, by).nodes(caller.tenantId, clusterId)));
  const kernelOf = (version: string): NodeEvidence => evidenceOf({ kernel: { state: 'read', value: version } });

  it('are kept whole or not at all, wherever the process dies, and may be sent again', async () => {
    const before = written('n', new Date(Date.now() - 60_000), kernelOf('old'));
    await receive(before);
    const places = new KillSwitch();
    await receive(written('other'), new NodeBundlesService(crashingStore(fresh.store, places), vault, lists, unpacker));
    expect(places.places).toBeGreaterThan(5);
    for (let place = 1; place <= places.places; place++) {
      const bundle = written('n', new Date(), kernelOf(`new-${place}`));
      const kill = new KillSwitch(new Set([place]));
      await expect(receive(bundle, new NodeBundlesService(crashingStore(fresh.store, kill), vault, lists, unpacker))).rejects.toThrow(`killed at place ${place}`);
      const [one] = (await read()).filter(({ name }) => name === 'n');
      const isThere = one!.evidence.kernel.state === 'read' && one!.evidence.kernel.value === `new-${place}`;
      // The sender does not know, and sends it again.
      const again = await receive(bundle).then(() => 'kept', (error: { readonly reason: string }) => error.reason);
      expect({ place, again }).toEqual({ place, again: isThere ? 'already-received' : 'kept' });
      const [now] = (await read()).filter(({ name }) => name === 'n');
      expect(now!.evidence).toEqual(kernelOf(`new-${place}`));
      expect((await service.history(caller, clusterId, 'n'))[0].sequence).toBe(place + 1);
    }
  });

  it('are read by name in batches of bounded size, each node once', async () => {
    // Of random text, which hardly compresses: a batch has 8 MiB.
    const large = evidenceOf({ units: { items: [], truncated: true }, packages: { state: 'read', value: Array.from({ length: 200 }, () => ({ name: randomBytes(5_000).toString('base64'), version: '1' })) } });
    const names = Array.from({ length: 24 }, (_, i) => `node-${String(i).padStart(2, '0')}`);
    for (const name of names.toReversed()) await receive(written(name, new Date(), large));
    expect((await read()).map(({ name }) => name)).toEqual(names);
    const batch = await fresh.store.inTenant(caller.tenantId, (tx) => tx.nodeEvidence.read(clusterId, undefined));
    const bytes = batch.reduce((sum, { sealed }) => sum + sealed.byteLength, 0);
    expect(batch.length).toBeGreaterThan(1);
    expect(batch.length).toBeLessThan(names.length);
    expect(bytes).toBeLessThanOrEqual(8 * 1024 * 1024);
  });

  it('cannot be opened in the place of an earlier one, of another node, or by another organisation', async () => {
    await receive(written('a', new Date(Date.now() - 1_000)));
    const { rows: [old] } = await admin.query('select sealed from bulwark.node_evidence where cluster_id = $1', [clusterId]);
    await receive(written('a'));
    await receive(written('b'));
    expect(await read()).toHaveLength(2);
    await admin.query(`update bulwark.node_evidence set sealed = (select sealed from bulwark.node_evidence where cluster_id = $1 and node = 'b') where cluster_id = $1 and node = 'a'`, [clusterId]);
    await expect(read()).rejects.toMatchObject({ code: 'not-authentic' });
    await admin.query(`update bulwark.node_evidence set sealed = $2 where cluster_id = $1 and node = 'a'`, [clusterId, old.sealed]);
    await expect(read()).rejects.toMatchObject({ code: 'not-authentic' });
  });

  it('outlive a rotation of the key-encryption key, with the keys that sign them', async () => {
    await receive(written('a', new Date(Date.now() - 1_000)));
    const both = new EnvelopeVault(ringOf([{ id: 'second', key: randomBytes(32) }, ...ring]));
    await new SweepOrganisation(fresh.store, both).run(caller.tenantId, new AbortController().signal);
    await expect(read()).rejects.toMatchObject({ code: 'unknown-key' });
    expect(await read(both)).toHaveLength(1);
    await receive(written('a'), new NodeBundlesService(fresh.store, both, lists, unpacker));
  });

  it('go after the days that the organisation keeps evidence, and are known for longer', async () => {
    const bundle = written('gone');
    await receive(bundle);
    await receive(written('here'));
    const age = async (days: number) => admin.query(`update bulwark.node_evidence set received_at = now() - make_interval(days => $2) where cluster_id = $1 and node = 'gone'`, [clusterId, days]);
    const sweep = () => new SweepOrganisation(fresh.store, vault).run(caller.tenantId, new AbortController().signal);
    const rows = async () => (await admin.query(`select sealed is null as "isEmpty", history from bulwark.node_evidence where cluster_id = $1 and node = 'gone'`, [clusterId])).rows;
    await age(29);
    await sweep();
    expect(await read()).toHaveLength(2);

    await admin.query(`insert into bulwark.policies (tenant_id, id, version, document) values ($1, gen_random_uuid(), 1, '{"evidenceDays": 1}')`, [caller.tenantId]);
    await age(2);
    await sweep();
    expect((await read()).map(({ name }) => name)).toEqual(['here']);
    expect(await rows()).toEqual([{ isEmpty: true, history: [] }]);
    await expect(receive(bundle)).rejects.toMatchObject({ reason: 'already-received' });
    await age(7);
    await sweep();
    expect(await rows()).toHaveLength(1);
    await age(9);
    await sweep();
    expect(await rows()).toEqual([]);
  });

  it('are missed where they were of a machine outside of the cluster, until it is retired; those of Nodes are not', async () => {
    const known = () => fresh.store.inTenant(caller.tenantId, (each) => each.nodeEvidence.knownMachines(clusterId));
    const stand = (nodes: readonly string[], machines: readonly string[]) => fresh.store.inTenant(caller.tenantId, (each) => each.nodeEvidence.recordStanding(clusterId, { nodes, machines }));
    for (const node of ['etcd-1', 'etcd-2', 'cp-1', 'w-1']) await receive(written(node));
    await stand(['cp-1'], ['etcd-1', 'etcd-2']);
    // A Node that has left the cluster and whose evidence is still there.
    await stand([], ['cp-1', 'etcd-1', 'etcd-2']);
    expect(await known()).toEqual(['etcd-1', 'etcd-2']);
    for (const node of ['etcd-1', 'cp-1', 'w-1']) await service.delete(caller, clusterId, node);
    expect(await known()).toEqual(['etcd-1', 'etcd-2']);
    await expect(service.delete(caller, clusterId, 'etcd-1')).rejects.toMatchObject({ reason: 'node-bundle-not-found' });
    await admin.query(`update bulwark.node_evidence set received_at = now() - interval '90 days' where cluster_id = $1`, [clusterId]);
    await new SweepOrganisation(fresh.store, vault).run(caller.tenantId, new AbortController().signal);
    expect(await known()).toEqual(['etcd-1', 'etcd-2']);
    await service.delete(caller, clusterId, 'etcd-1', true);
    // A scan that began before.
    await stand([], ['etcd-1', 'etcd-2']);
    expect(await known()).toEqual(['etcd-2']);
    await receive(written('etcd-2'));
    expect(await known()).toEqual(['etcd-2']);
    await service.delete(caller, clusterId, 'etcd-2', true);
    expect(await known()).toEqual([]);
  });

  it('come too late for a cluster that is deleted meanwhile', async () => {
    const bundle = written('n');
    async function* whileItGoes(): AsyncGenerator<Uint8Array> {
      yield bundle.subarray(0, 100);
      await fresh.store.inTenant(caller.tenantId, (tx) => tx.clusters.delete(clusterId));
      yield bundle.subarray(100);
    }
    await expect(service.receive(undefined, clusterId, whileItGoes())).rejects.toMatchObject({ reason: 'enrolment-key-unknown' });
    expect((await admin.query('select from bulwark.node_evidence where cluster_id = $1', [clusterId])).rowCount).toBe(0);
    const kept = await fresh.store.inTenant(caller.tenantId, (tx) =>
      tx.nodeEvidence.keep({ id: randomUUID(), clusterId, node: 'n', collectedAt: new Date(), collector: '1', isSigned: false, enrolmentKeyId: null, uploadedBy: null, digest: 'd', size: 1, nonce: 'n', machine: null }, Buffer.from('x')),
    );
    expect(kept).toEqual({ state: 'no-cluster' });
  });

  it('are of so many nodes, and no more', async () => {
    await admin.query(
      `insert into bulwark.node_evidence (tenant_id, cluster_id, node, id, collected_at, collector, is_signed, digest, nonce, size, sealed)
       select $1, $2, 'n' || i, gen_random_uuid(), now() - interval '1 hour', '1', true, 'd', 'n', 1, '' from generate_series(1, 20000) i`,
      [caller.tenantId, clusterId],
    );
    await expect(receive(written('one-more'))).rejects.toMatchObject({ kind: 'conflict', reason: 'too-many-nodes' });
    await receive(written('n7'));
    await admin.query('delete from bulwark.node_evidence where cluster_id = $1', [clusterId]);
  });
});
