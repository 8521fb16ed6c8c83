import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { parseKubeconfig } from '#kubernetes/kubeconfig/parse-kubeconfig.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { Caller } from '../caller.js';
import { Lists } from '../lists.js';
import { CollectionError, type ClusterConnection, type Verification } from '../ports/cluster-collector.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import { ScansService } from '../scans/scans.service.js';
import { ClustersService } from './clusters.service.js';
import { VerifyCluster } from './verify-cluster.js';

/** Keeps what it seals in clear, and opens it at its own place only. */
const vault: CredentialVault = {
  newDataKey: async () => randomBytes(8),
  sealBytes: () => expect.fail('there is no upload'),
  openBytes: () => expect.fail('there is no upload'),
  seal: async (tenantId, _key, rowId, field, plaintext) => Buffer.from(JSON.stringify({ place: [tenantId, rowId, field], plaintext })),
  async open(tenantId, _key, rowId, field, sealed) {
    const { place, plaintext } = JSON.parse(Buffer.from(sealed).toString()) as { place: string[]; plaintext: string };
    if (place.join() !== [tenantId, rowId, field].join()) throw new Error('not sealed for this place');
    return plaintext;
  },
};

const kubeconfig = (user: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    'current-context': 'c', contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    clusters: [{ name: 'k', cluster: { server: 'https://k.example:6443' } }], users: [{ name: 'u', user }],
  });

describe('clusters', () => {
  let fresh: FreshStore;
  let clusters: ClustersService;
  let caller: Caller;
  const lists = new Lists(randomBytes(32));
  const never = new AbortController().signal;

  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'));
    clusters = new ClustersService(fresh.store, vault, (text, options) => parseKubeconfig(text, options), lists);
  });
  afterAll(() => fresh.drop());
  beforeEach(async () => {
    caller = new Caller(await fresh.organisation(), 'key', new Set(['clusters:write', 'scans:write']));
  });

  const token = { server: 'https://c.example', token: 'canary-token' };
  const sealedConnection = async (id: string): Promise<ClusterConnection> => {
    const sealed = await fresh.store.inTenant(caller.tenantId, (tx) => tx.clusters.credentials(id));
    return JSON.parse(await vault.open(caller.tenantId, Buffer.alloc(0), id, 'connection', sealed!)) as ClusterConnection;
  };

  it('are registered by fields, by kubeconfig, or without a connection', async () => {
    const byFields = await clusters.register(caller, { name: 'one', labels: { 'team/name': 'a' }, environment: 'prod', connection: { ...token, serverName: 'kubernetes' } });
    expect(byFields).toMatchObject({ server: 'https://c.example', hasConnection: true, labels: { 'team/name': 'a' }, verification: null });
    expect(await sealedConnection(byFields.id)).toEqual({ server: 'https://c.example', serverName: 'kubernetes', credential: { kind: 'token', token: 'canary-token' } });

    const byKubeconfig = await clusters.register(caller, { name: 'two', connection: { kubeconfig: kubeconfig({ token: 't' }) } });
    expect(await sealedConnection(byKubeconfig.id)).toEqual({ server: 'https://k.example:6443', credential: { kind: 'token', token: 't' } });

    expect(await clusters.register(caller, { name: 'three' })).toMatchObject({ server: null, hasConnection: false });
    expect((await clusters.list(caller, { first: 2 })).edges.map(({ node }) => node.name)).toEqual(['three', 'two']);
  });

  it('never give a credential back', async () => {
    const cluster = await clusters.register(caller, { name: 'one', connection: token });
    expect(JSON.stringify([cluster, await clusters.get(caller, cluster.id), await clusters.list(caller, {})])).not.toContain('canary');
  });

  it('hold fields to the kubeconfig’s rules and name each field that breaks them', async () => {
    for (const [connection, pointer] of [
      [{ server: 'http://c.example', token: 't' }, '/connection/server'],
      [{ ...token, ca: 'no pem' }, '/connection/ca'],
      [{ server: 'https://c.example', clientCertificate: 'no pem', clientKey: 'no pem' }, '/connection/clientCertificate'],
      [{ server: 'https://c.example', token: 'two\nlines' }, '/connection/token'],
    ] as const) {
      const refused = clusters.register(caller, { name: 'x', connection });
      await expect(refused).rejects.toMatchObject({ kind: 'invalid', reason: 'connection-refused', errors: expect.arrayContaining([expect.objectContaining({ pointer, type: expect.stringMatching(/^connection-/) })]) });
    }
    await expect(clusters.register(caller, { name: 'x', connection: { server: 'https://c.example' } })).rejects.toMatchObject({ reason: 'connection-refused' });
  });

  it('refuse a kubeconfig that would run or open something, with its own problem type', async () => {
    for (const [user, type] of [
      [{ exec: { command: 'touch', args: ['/tmp/x'] } }, 'kubeconfig-exec-plugin'],
      [{ tokenFile: '/etc/passwd' }, 'kubeconfig-token-file'],
    ] as const) {
      await expect(clusters.register(caller, { name: 'x', connection: { kubeconfig: kubeconfig(user) } })).rejects.toMatchObject({
        reason: 'kubeconfig-refused', errors: expect.arrayContaining([expect.objectContaining({ type, pointer: '/connection/kubeconfig' })]),
      });
    }
    expect((await clusters.list(caller, {})).edges).toEqual([]);
  });

  it('refuse a taken name, and names and labels that cannot be', async () => {
    await clusters.register(caller, { name: 'one' });
    await expect(clusters.register(caller, { name: 'one' })).rejects.toMatchObject({ kind: 'conflict', reason: 'cluster-name-taken' });
    await expect(clusters.register(caller, { name: 'a\u202eb' })).rejects.toMatchObject({ errors: [{ pointer: '/name' }] });
    await expect(clusters.register(caller, { name: 'b', labels: { 'a/b': '\u001b[31m' } })).rejects.toMatchObject({ errors: [{ pointer: '/labels/a~1b' }] });
  });

  it('change, pause, resume, take new credentials and go', async () => {
    const { id } = await clusters.register(caller, { name: 'one' });
    const scans = new ScansService(fresh.store, lists);
    expect(await clusters.update(caller, id, { labels: { a: 'b' }, environment: 'test' })).toMatchObject({ name: 'one', labels: { a: 'b' }, environment: 'test' });
    expect(await clusters.update(caller, id, { environment: null })).toMatchObject({ labels: { a: 'b' }, environment: null });
    await expect(scans.request(caller, { clusterId: id })).rejects.toMatchObject({ reason: 'no-connection' });
    expect(await clusters.rotateCredentials(caller, id, token)).toMatchObject({ hasConnection: true, server: token.server });
    const { pausedAt } = await clusters.pause(caller, id);
    expect((await clusters.pause(caller, id)).pausedAt).toEqual(pausedAt);
    await expect(scans.request(caller, { clusterId: id })).rejects.toMatchObject({ reason: 'cluster-paused' });
    expect(await clusters.resume(caller, id)).toMatchObject({ pausedAt: null });
    await scans.request(caller, { clusterId: id });
    await clusters.delete(caller, id);
    await expect(clusters.delete(caller, id)).rejects.toMatchObject({ kind: 'not-found' });
    const admin = new pg.Client({ connectionString: fresh.adminUrl });
    await admin.connect();
    expect((await admin.query('select from bulwark.due_work where tenant_id = $1', [caller.tenantId])).rowCount).toBe(0);
    expect((await admin.query('select from bulwark.cluster_credentials where cluster_id = $1', [id])).rowCount).toBe(0);
    await admin.end();
  });

  it('are nowhere to be found for others', async () => {
    const { id } = await clusters.register(caller, { name: 'one', connection: token });
    const other = new Caller(await fresh.organisation(), 'key', new Set(['clusters:write', 'scans:write']));
    for (const ask of [
      () => clusters.get(other, id), () => clusters.update(other, id, { name: 'mine' }), () => clusters.delete(other, id), () => clusters.pause(other, id),
      () => clusters.verify(other, id), () => clusters.rotateCredentials(other, id, token), () => clusters.freshness(other, id),
    ]) {
      await expect(ask()).rejects.toMatchObject({ kind: 'not-found', reason: 'cluster-not-found' });
    }
    expect(await clusters.getMany(other, [id, randomUUID()])).toEqual([]);
  });

  it('need the scope', async () => {
    const reader = new Caller(caller.tenantId, 'key', new Set(['clusters:read']));
    await expect(clusters.register(reader, { name: 'x' })).rejects.toMatchObject({ kind: 'forbidden' });
    expect((await clusters.list(reader, {})).edges).toEqual([]);
  });

  describe('verified', () => {
    const verifier = (verify: (connection: ClusterConnection) => Promise<Verification>) =>
      new VerifyCluster(fresh.store, { verify, scan: async () => expect.fail('no scan was asked for') }, vault);
    const rights = [{ resource: 'pods', verb: 'list', allowed: true, manifest: 'base', unlocks: ['workloads/privileged'] }] as const;

    it('by a worker, which stores what it found', async () => {
      const { id } = await clusters.register(caller, { name: 'one', connection: token });
      expect((await clusters.verify(caller, id)).verification).toMatchObject({ state: 'queued' });
      await verifier(async (connection) => {
        expect(connection.credential).toEqual({ kind: 'token', token: 'canary-token' });
        return { reachable: true, cluster: { platform: 'kind', version: 'v1.35.0', isManaged: false }, rights };
      }).run(caller.tenantId, id, never);
      expect(await clusters.get(caller, id)).toMatchObject({ platform: 'kind', version: 'v1.35.0', isManaged: false, verification: { state: 'done', result: { reachable: true, rights } } });
      expect(await fresh.store.inTenant(caller.tenantId, (tx) => tx.dueWork.get('cluster.verify', id))).toBeUndefined();
      await verifier(async () => expect.fail('it is done')).run(caller.tenantId, id, never);
    });

    it('with the problem where it cannot be reached or the credentials cannot be opened', async () => {
      const { id } = await clusters.register(caller, { name: 'one', connection: token });
      await clusters.verify(caller, id);
      await verifier(async () => Promise.reject(new CollectionError('credentials-refused', 'the server says 401'))).run(caller.tenantId, id, never);
      expect((await clusters.get(caller, id)).verification).toMatchObject({ state: 'done', result: { reachable: false, problem: { reason: 'credentials-refused' } } });

      await clusters.verify(caller, id);
      await fresh.store.inTenant(caller.tenantId, (tx) => tx.clusters.putCredentials(id, Buffer.from('{"place":[]}')));
      await verifier(async () => expect.fail('there is nothing to connect with')).run(caller.tenantId, id, never);
      expect((await clusters.get(caller, id)).verification).toMatchObject({ result: { problem: { reason: 'credentials-unreadable' } } });
    });

    it('again where it was asked again meanwhile', async () => {
      const { id } = await clusters.register(caller, { name: 'one', connection: token });
      await clusters.verify(caller, id);
      await verifier(async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        await clusters.verify(caller, id);
        return { reachable: true, rights: [] };
      }).run(caller.tenantId, id, never);
      expect((await clusters.get(caller, id)).verification).toMatchObject({ state: 'queued' });
      expect(await fresh.store.inTenant(caller.tenantId, (tx) => tx.dueWork.get('cluster.verify', id))).toMatchObject({ enqueuedAt: null });
    });
  });
});
