import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeptNodes } from '#application/nodes/kept-nodes.js';
import { nodesIn } from '#kubernetes/benchmark/early-evidence.js';
import { bundleLimits } from '#nodes/limits.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import { evidenceOf } from '#nodes/testing/evidence.js';
import { BUNDLE_MEDIA_TYPE, type BundleEnvelope } from '#nodes/wire/bundle-header.js';
import { parseEnrolmentKey, signatureOf, type EnrolmentKey } from '#nodes/wire/enrolment-key.js';
import { envelopeText, signingInput, writeBundle, type Sender } from '#nodes/wire/write-bundle.js';
import { NodeRoot } from '../../apps/agent/testing/node-root.js';
import { collected } from '#test/support/collected.js';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';

const MINUTE = 60_000;

describe('bundles of nodes', () => {
  let api: LiveApi;
  let acme: Tenant;
  let admin: pg.Client;
  let cluster: string;
  let keyText: string;
  let keyId: string;
  let key: EnrolmentKey;

  beforeAll(async () => {
    api = await liveApi();
    admin = new pg.Client({ connectionString: api.database.adminUrl });
    await admin.connect();
  });
  afterAll(async () => {
    await admin.end();
    await api.close();
  });
  beforeEach(async () => {
    acme = await api.tenant();
    cluster = await clusterOf(acme);
    ({ keyText, keyId, key } = await enrol(acme, cluster));
  });

  const clusterOf = async (tenant: Tenant): Promise<string> => (await api.as(tenant).post('/v1/clusters').send({ name: `cluster-${randomUUID()}` }).expect(201)).body.id;
  async function enrol(tenant: Tenant, id: string): Promise<{ readonly keyText: string; readonly keyId: string; readonly key: EnrolmentKey }> {
    const { body } = await api.as(tenant).post(`/v1/clusters/${id}/enrolment-keys`).send({ name: 'collectors' }).expect(201);
    return { keyText: body.text, keyId: body.enrolmentKey.id, key: parseEnrolmentKey(body.text)! };
  }
  const written = (some: Partial<Sender> = {}, evidence: NodeEvidence = evidenceOf()): Buffer =>
    writeBundle(evidence, { node: 'worker-1', cluster, key, collector: '1.2.3', collectedAt: new Date(), ...some }).bytes;
  const unsigned = (some: Partial<Sender> = {}): Buffer => writeBundle(evidenceOf(), { node: 'worker-1', collector: '1.2.3', collectedAt: new Date(), ...some }).bytes;
  const asIs = (bytes: unknown): string => bytes as string;
  const send = (bytes: Buffer, from: Tenant | '' = '', to = cluster) => api.as(from).post(`/v1/clusters/${to}/node-bundles`).set('content-type', BUNDLE_MEDIA_TYPE).serialize(asIs).send(bytes);
  const listed = async (tenant = acme, id = cluster) => (await api.as(tenant).get(`/v1/clusters/${id}/node-bundles`).expect(200)).body.items as readonly Readonly<Record<string, unknown>>[];
  const kept = (tenant = acme, id = cluster) => collected(nodesIn(new KeptNodes(api.database.store, api.vault).nodes(tenant.tenantId, id)));
  /** Signed like one of ours, whatever it says. */
  const signed = (header: object, payload: Buffer): Buffer => {
    const parts = { protected: Buffer.from(JSON.stringify(header)).toString('base64url'), payload: payload.toString('base64url') };
    return Buffer.from(envelopeText({ ...parts, signature: signatureOf(key, signingInput(parts)).toString('base64url') }));
  };
  const headerOf = (bytes: Buffer): Record<string, unknown> => JSON.parse(Buffer.from((JSON.parse(String(bytes)) as BundleEnvelope).protected, 'base64url').toString());
  const ofText = (text: string | Buffer): Buffer => {
    const digest = `sha-256=${createHash('sha256').update(text).digest('base64url')}`;
    return signed({ ...headerOf(written()), digest, size: Buffer.byteLength(text) }, gzipSync(text));
  };

  it('are taken by their signature, replace each other and tell what there was', async () => {
    const first = await send(written({ collectedAt: new Date(Date.now() - MINUTE) })).expect(201);
    expect(first.body).toMatchObject({ clusterId: cluster, node: 'worker-1', sequence: 1, isSigned: true, enrolmentKeyId: keyId, uploadedBy: null, collector: '1.2.3', isStale: false, machine: null, isOtherMachine: false });
    expect(first.headers['location']).toBe(`/v1/clusters/${cluster}/node-bundles/worker-1`);
    expect(first.body.ageSeconds).toBeGreaterThanOrEqual(60);
    const machine = 'a'.repeat(64);
    const evidence = evidenceOf({ machine, kernel: { state: 'read', value: '6.8.0-canary' } });
    const second = await send(written({}, evidence)).expect(201);
    expect(second.body).toMatchObject({ sequence: 2, machine, isOtherMachine: false });
    const { body: history } = await api.as(acme).get(first.headers['location']!).expect(200);
    expect(history.present).toEqual({ ...second.body, ageSeconds: history.present.ageSeconds });
    expect(history.earlier).toEqual([{ ...first.body, ageSeconds: history.earlier[0].ageSeconds }]);
    const [only, ...others] = await kept();
    expect(others).toEqual([]);
    expect(only).toMatchObject({ name: 'worker-1', evidence, collectedAt: second.body.collectedAt });
    // Of the evidence nothing lies readable.
    const { rows } = await admin.query('select sealed from bulwark.node_evidence where cluster_id = $1', [cluster]);
    expect(rows).toHaveLength(1);
    expect((rows[0].sealed as Buffer).includes('canary')).toBe(false);
    expect((await api.as(acme).get(`/v1/enrolment-keys/${keyId}`).expect(200)).body.lastUsedAt).not.toBeNull();
  });

  it('tell of a machine that was another', async () => {
    await send(written({ collectedAt: new Date(Date.now() - MINUTE) }, evidenceOf({ machine: 'a'.repeat(64) }))).expect(201);
    expect((await send(written({}, evidenceOf({ machine: 'b'.repeat(64) }))).expect(201)).body).toMatchObject({ isOtherMachine: true });
  });

  it('are listed by name in pages, and through GraphQL the same', async () => {
    for (const node of ['b', 'a.example', 'a', 'c']) await send(written({ node })).expect(201);
    const first = await api.as(acme).get(`/v1/clusters/${cluster}/node-bundles?first=3`).expect(200);
    expect(first.body.items.map(({ node }: { node: string }) => node)).toEqual(['a', 'a.example', 'b']);
    const second = await api.as(acme).get(`/v1/clusters/${cluster}/node-bundles?first=3&after=${first.body.pageInfo.endCursor}`).expect(200);
    expect(second.body.items.map(({ node }: { node: string }) => node)).toEqual(['c']);
    const { body } = await api.as(acme).query('query ($id: ID!) { nodeBundles(clusterId: $id, first: 2) { edges { node { node isSigned sequence } } pageInfo { hasNextPage } } nodeBundle(clusterId: $id, node: "c") { present { node } earlier { node } } }', { id: cluster });
    expect(body.data).toEqual({
      nodeBundles: { edges: [{ node: { node: 'a', isSigned: true, sequence: 1 } }, { node: { node: 'a.example', isSigned: true, sequence: 1 } }], pageInfo: { hasNextPage: true } },
      nodeBundle: { present: { node: 'c' }, earlier: [] },
    });
  });

  it('are marked as stale once collectors were missed', async () => {
    await send(written({ collectedAt: new Date(Date.now() - 37 * 60 * MINUTE) })).expect(201);
    expect(await listed()).toMatchObject([{ isStale: true }]);
  });

  describe('that are refused', () => {
    const other = async (): Promise<{ readonly id: string; readonly key: EnrolmentKey }> => {
      const id = await clusterOf(acme);
      return { id, key: (await enrol(acme, id)).key };
    };
    const longAgo = () => new Date(Date.now() - 8 * 24 * 60 * MINUTE);

    it.each<[string, number, string, () => Buffer | Promise<Buffer>]>([
      ['cut off', 400, 'not-a-bundle', () => written().subarray(0, -20)],
      ['empty', 400, 'not-a-bundle', () => Buffer.from('{}')],
      ['reformatted', 400, 'not-a-bundle', () => Buffer.from(JSON.stringify(JSON.parse(String(written())), null, 1))],
      ['too large', 413, 'bundle-too-large', () => Buffer.alloc(bundleLimits.bundle + 1, 0x20)],
      ['of a version to come', 422, 'bundle-version-unknown', () => signed({ ...headerOf(written()), version: 2 }, gzipSync('{}'))],
      ['not signed', 401, 'bundle-unsigned', () => unsigned()],
      ['signed by nobody we know', 401, 'enrolment-key-unknown', () => written({ key: { ...key, id: 'nobody' } })],
      ["signed by another cluster's key", 401, 'enrolment-key-unknown', async () => written({ key: (await other()).key })],
      ['forged', 401, 'bundle-forged', () => written({ key: { ...key, secret: Buffer.alloc(32, 1) } })],
      ['changed on its way', 401, 'bundle-forged', () => {
        const envelope = JSON.parse(String(written())) as BundleEnvelope;
        return Buffer.from(envelopeText({ ...envelope, payload: gzipSync('{}').toString('base64url') }));
      }],
      ['of another cluster', 422, 'bundle-of-another-cluster', async () => {
        const { id, key: theirs } = await other();
        return written({ cluster: id, key: theirs });
      }],
      ['from the future', 422, 'bundle-from-the-future', () => written({ collectedAt: new Date(Date.now() + 6 * MINUTE) })],
      ['too old', 422, 'bundle-too-old', () => written({ collectedAt: longAgo() })],
      ['damaged', 422, 'bundle-damaged', () => signed({ ...headerOf(written()), size: 2 }, gzipSync('{}'))],
      ['a bomb', 422, 'bundle-damaged', () => signed({ ...headerOf(written()), size: bundleLimits.bundle }, gzipSync(Buffer.alloc(64 * 1024 * 1024)))],
      ['no evidence', 422, 'bundle-malformed', () => ofText('{}')],
      ['no JSON', 422, 'bundle-malformed', () => ofText('{"collection":')],
      ['with a NUL', 422, 'bundle-malformed', () => ofText(JSON.stringify(evidenceOf({ kernel: { state: 'read', value: 'a\0b' } })))],
      ['with a key twice', 422, 'bundle-malformed', () => ofText(JSON.stringify(evidenceOf()).replace('{', '{"machine":"x","machine":"y",'))],
      ['nested without end', 422, 'bundle-malformed', () => ofText(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
    ])('leave everything as it was: %s', async (_what, status, reason, make) => {
      await send(written({ node: 'stays', collectedAt: new Date(Date.now() - MINUTE) })).expect(201);
      const before = await listed();
      const errors = api.logged.filter(({ level }) => level === 'error').length;
      const answer = await send(await make());
      expect([answer.status, answer.body.type]).toEqual([status, `/problems/${reason}`]);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.body.detail).toMatch(/[A-Z].*\. .*[a-z]/s);
      expect(answer.text).not.toContain(Buffer.from(key.secret).toString('base64url'));
      expect(await listed()).toEqual(before.map((bundle) => ({ ...bundle, ageSeconds: expect.any(Number) })));
      expect(api.logged.filter(({ level }) => level === 'error')).toHaveLength(errors);
      await send(written({ node: 'stays' })).expect(201);
    });

    it('say that they are sent again, or too late', async () => {
      const early = written({ collectedAt: new Date(Date.now() - MINUTE) });
      const late = written();
      await send(early).expect(201);
      expect((await send(early).expect(409)).body.type).toBe('/problems/already-received');
      await send(late).expect(201);
      expect((await send(late).expect(409)).body.type).toBe('/problems/already-received');
      expect((await send(early).expect(409)).body.type).toBe('/problems/bundle-superseded');
      expect(await listed()).toMatchObject([{ sequence: 2 }]);
    });

    it('use up the patience with their sender for that cluster alone', async () => {
      const elsewhere = await clusterOf(acme);
      const theirs = await enrol(acme, elsewhere);
      const statuses = [];
      for (let i = 0; i < 62; i++) statuses.push((await send(Buffer.from('{}'))).status);
      expect(statuses).toEqual([...Array.from({ length: 60 }, () => 400), expect.any(Number), expect.any(Number)]);
      const refused = await send(written());
      expect([refused.status, refused.body.type]).toEqual([429, '/problems/too-many-refusals']);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      await send(writeBundle(evidenceOf(), { node: 'n', cluster: elsewhere, key: theirs.key, collector: '1', collectedAt: new Date() }).bytes, '', elsewhere).expect(201);
    });
  });

  it('that are not signed are an upload of who sent them', async () => {
    const { body } = await send(unsigned(), acme).expect(201);
    expect(body).toMatchObject({ isSigned: false, enrolmentKeyId: null, uploadedBy: acme.keyId });
    expect((await send(unsigned({ cluster: await clusterOf(acme), node: 'b' }), acme).expect(422)).body.type).toBe('/problems/bundle-of-another-cluster');
    // Signed all the same: then by both.
    expect((await send(written({ node: 'c' }), acme).expect(201)).body).toMatchObject({ isSigned: true, enrolmentKeyId: keyId, uploadedBy: acme.keyId });
    const reader = await api.key(acme, ['scans:read']);
    expect((await send(unsigned({ node: 'd' }), reader).expect(403)).body.type).toBe('/problems/missing-scope');
    const answer = await api.as('bwk_wrong').post(`/v1/clusters/${cluster}/node-bundles`).set('content-type', BUNDLE_MEDIA_TYPE).serialize(asIs).send(written({ node: 'e' }));
    expect([answer.status, answer.body.type]).toEqual([401, '/problems/invalid-api-key']);
    expect((await api.as(api.operatorKey).post(`/v1/clusters/${cluster}/node-bundles`).set('content-type', BUNDLE_MEDIA_TYPE).serialize(asIs).send(unsigned())).status).toBe(403);
    expect((await listed()).map(({ node }) => node)).toEqual(['c', 'worker-1']);
  });

  it.each<[string, number, string, Readonly<Record<string, string>>]>([
    ['of another media type', 415, 'unsupported-media-type', { 'content-type': 'text/csv' }],
    ['compressed', 415, 'unsupported-encoding', { 'content-type': BUNDLE_MEDIA_TYPE, 'content-encoding': 'gzip' }],
  ])('are not taken %s', async (_what, status, reason, headers) => {
    const answer = await api.as('').post(`/v1/clusters/${cluster}/node-bundles`).set(headers).serialize(asIs).send(written());
    expect([answer.status, answer.body.type]).toEqual([status, `/problems/${reason}`]);
  });

  it('of two tenants never meet', async () => {
    const mallory = await api.tenant('Mallory');
    const theirs = await clusterOf(mallory);
    const stolen = await enrol(mallory, theirs);
    await send(written()).expect(201);
    // Their key for our cluster, and their API key for ours.
    expect((await send(written({ key: stolen.key, node: 'x' })).expect(401)).body.type).toBe('/problems/enrolment-key-unknown');
    expect((await send(written({ key: stolen.key, node: 'x' }), mallory).expect(404)).body.type).toBe('/problems/cluster-not-found');
    expect((await send(written({ node: 'x' }), mallory).expect(404)).body.type).toBe('/problems/cluster-not-found');
    // Our bundle into their cluster.
    expect((await send(written({ node: 'x' }), '', theirs).expect(422)).body.type).toBe('/problems/bundle-of-another-cluster');
    expect((await send(written({ node: 'x' }), mallory, theirs).expect(422)).body.type).toBe('/problems/bundle-of-another-cluster');
    // Signed for their cluster with our key.
    expect((await send(written({ cluster: theirs, node: 'x' }), '', theirs).expect(401)).body.type).toBe('/problems/enrolment-key-unknown');
    await send(writeBundle(evidenceOf(), { node: 'worker-1', cluster: theirs, key: stolen.key, collector: '9', collectedAt: new Date() }).bytes, '', theirs).expect(201);
    expect(await listed()).toMatchObject([{ node: 'worker-1', collector: '1.2.3' }]);
    expect(await listed(mallory, theirs)).toMatchObject([{ node: 'worker-1', collector: '9' }]);
    expect(await kept(mallory, cluster)).toEqual([]);
    for (const path of [`/v1/enrolment-keys/${keyId}`, `/v1/clusters/${cluster}/node-bundles/worker-1`]) await api.as(mallory).delete(path).expect(404);
    expect(await listed()).toHaveLength(1);
  });

  it('of one node at once leave one of them whole', async () => {
    const now = Date.now();
    const bundles = Array.from({ length: 12 }, (_, i) => written({ collectedAt: new Date(now - i * 1_000), collector: `v${i}` }, evidenceOf({ kernel: { state: 'read', value: `kernel-${i}` } })));
    const answers = await Promise.all(bundles.map((bundle) => send(bundle)));
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect(answers[0]!.status).toBe(201);
    // The newest, whichever came last; header and evidence of the same one.
    expect([await listed(), await kept()]).toMatchObject([[{ collector: 'v0' }], [{ evidence: { kernel: { value: 'kernel-0' } } }]]);
    const twins = await Promise.all([1, 2, 3].map(() => send(bundles[0]!)));
    expect(twins.map(({ body }) => body.type)).toEqual(Array.from({ length: 3 }, () => '/problems/already-received'));
    const fresh = written({ node: 'twin' });
    expect((await Promise.all([1, 2, 3, 4].map(() => send(fresh)))).map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it('of many nodes at once are all kept', async () => {
    const nodes = Array.from({ length: 60 }, (_, i) => `node-${String(i).padStart(2, '0')}`);
    for (let i = 0; i < nodes.length; i += 12) {
      const answers = await Promise.all(nodes.slice(i, i + 12).map((node) => send(written({ node }))));
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 201));
    }
    expect((await kept()).map(({ name }) => name)).toEqual(nodes);
  });

  it('that are deleted do not come back, but the next ones do', async () => {
    const first = written({ collectedAt: new Date(Date.now() - MINUTE) });
    await send(first).expect(201);
    await api.as(acme).delete(`/v1/clusters/${cluster}/node-bundles/worker-1`).expect(204);
    await api.as(acme).delete(`/v1/clusters/${cluster}/node-bundles/worker-1`).expect(404);
    expect([await listed(), await kept()]).toEqual([[], []]);
    await api.as(acme).get(`/v1/clusters/${cluster}/node-bundles/worker-1`).expect(404);
    expect((await send(first).expect(409)).body.type).toBe('/problems/already-received');
    expect((await send(written()).expect(201)).body.sequence).toBe(2);
    const { body } = await api.as(acme).get(`/v1/clusters/${cluster}/node-bundles/worker-1`).expect(200);
    expect(body.earlier).toEqual([]);
    await api.as(acme).delete(`/v1/clusters/${cluster}/node-bundles/worker-1?retired=perhaps`).expect(422);
    await api.as(acme).delete(`/v1/clusters/${cluster}/node-bundles/worker-1?retired=true`).expect(204);
    await send(written()).expect(201);
    const gone = await api.as(acme).query('mutation ($id: ID!) { deleteNodeBundle(clusterId: $id, node: "worker-1", retired: true) }', { id: cluster });
    expect(gone.body).toMatchObject({ data: { deleteNodeBundle: 'worker-1' } });
    expect(await listed()).toEqual([]);
  });

  it('keep headers of the last twenty', async () => {
    const now = Date.now();
    for (let i = 0; i < 23; i++) await send(written({ collectedAt: new Date(now - 60_000 + i * 1_000), collector: `v${i}` })).expect(201);
    const { body } = await api.as(acme).get(`/v1/clusters/${cluster}/node-bundles/worker-1`).expect(200);
    expect(body.present).toMatchObject({ sequence: 23, collector: 'v22' });
    expect(body.earlier.map(({ collector }: { collector: string }) => collector)).toEqual(Array.from({ length: 19 }, (_, i) => `v${21 - i}`));
  });

  it('go with their cluster, and so do its keys', async () => {
    await send(written()).expect(201);
    await api.as(acme).delete(`/v1/clusters/${cluster}`).expect(204);
    for (const table of ['node_evidence', 'enrolment_keys']) expect((await admin.query(`select from bulwark.${table} where cluster_id = $1`, [cluster])).rowCount).toBe(0);
    expect((await send(written({ node: 'b' })).expect(401)).body.type).toBe('/problems/enrolment-key-unknown');
  });

  describe('and the keys that sign them', () => {
    it('are shown once, listed without their secret, and told of', async () => {
      const { body: list } = await api.as(acme).get(`/v1/clusters/${cluster}/enrolment-keys`).expect(200);
      expect(list.items).toMatchObject([{ id: keyId, clusterId: cluster, name: 'collectors', createdBy: acme.keyId, revokedAt: null, revokedBy: null, expiresAt: null, lastUsedAt: null }]);
      expect(keyText.startsWith(list.items[0].prefix)).toBe(true);
      const secret = Buffer.from(key.secret).toString('base64url');
      const { body: one } = await api.as(acme).get(`/v1/enrolment-keys/${keyId}`).expect(200);
      for (const shown of [list, one, api.logged]) expect(JSON.stringify(shown)).not.toContain(secret);
      const { rows } = await admin.query('select * from bulwark.enrolment_keys where id = $1', [keyId]);
      expect((rows[0].sealed as Buffer).includes(Buffer.from(key.secret))).toBe(false);
      await api.as(acme).delete(`/v1/enrolment-keys/${keyId}`).expect(200);
      const { body: events } = await api.as(acme).get('/v1/events').expect(200);
      const told = events.items.filter(({ type }: { type: string }) => type.startsWith('enrolment_key.'));
      expect(told.map(({ type, clusterId, data }: { type: string; clusterId: string; data: unknown }) => ({ type, clusterId, data }))).toEqual(
        ['created', 'revoked'].map((what) => ({ type: `enrolment_key.${what}`, clusterId: cluster, data: { enrolmentKey: { id: keyId, name: 'collectors', prefix: one.prefix, expiresAt: null }, by: acme.keyId } })),
      );
      expect(JSON.stringify(events)).not.toContain(secret);
    });

    it('stop at once when revoked, and when they expire; others go on', async () => {
      const second = await enrol(acme, cluster);
      const revoked = await api.as(acme).delete(`/v1/enrolment-keys/${keyId}`).expect(200);
      expect(revoked.body).toMatchObject({ revokedAt: expect.any(String), revokedBy: acme.keyId });
      expect((await api.as(acme).delete(`/v1/enrolment-keys/${keyId}`).expect(200)).body).toEqual(revoked.body);
      expect((await send(written()).expect(401)).body.type).toBe('/problems/enrolment-key-unknown');
      expect((await send(written(), acme).expect(401)).body.type).toBe('/problems/enrolment-key-unknown');
      await send(written({ key: second.key })).expect(201);
      await admin.query(`update bulwark.enrolment_keys set expires_at = now() - interval '1 second' where id = $1`, [second.keyId]);
      expect((await send(written({ key: second.key })).expect(401)).body.type).toBe('/problems/enrolment-key-unknown');
    });

    it('take the right for it, in both doors', async () => {
      const without = await api.key(acme, ['clusters:write', 'scans:write', 'admin:write']);
      const reader = await api.key(acme, ['enrolment:read']);
      const create = 'mutation ($id: ID!) { createEnrolmentKey(clusterId: $id, input: { name: "g" }) { text enrolmentKey { id clusterId } } }';
      for (const limited of [without, reader]) {
        expect((await api.as(limited).post(`/v1/clusters/${cluster}/enrolment-keys`).send({ name: 'x' }).expect(403)).body.type).toBe('/problems/missing-scope');
        expect((await api.as(limited).query(create, { id: cluster })).body.errors[0].extensions).toMatchObject({ code: 'FORBIDDEN' });
        await api.as(limited).delete(`/v1/enrolment-keys/${keyId}`).expect(403);
      }
      await api.as(without).get(`/v1/clusters/${cluster}/enrolment-keys`).expect(403);
      await api.as(reader).get(`/v1/clusters/${cluster}/enrolment-keys`).expect(200);
      const { body } = await api.as(acme).query(create, { id: cluster });
      const made = body.data.createEnrolmentKey;
      await send(written({ key: parseEnrolmentKey(made.text)! })).expect(201);
      const shown = await api.as(acme).query('query ($id: ID!, $key: ID!) { enrolmentKeys(clusterId: $id) { edges { node { id } } } enrolmentKey(id: $key) { lastUsedAt } }', { id: cluster, key: made.enrolmentKey.id });
      expect(shown.body.data).toMatchObject({ enrolmentKeys: { edges: [{ node: { id: made.enrolmentKey.id } }, { node: { id: keyId } }] }, enrolmentKey: { lastUsedAt: expect.any(String) } });
      expect((await api.as(acme).query('mutation ($id: ID!) { revokeEnrolmentKey(id: $id) { revokedBy } }', { id: made.enrolmentKey.id })).body.data).toEqual({ revokeEnrolmentKey: { revokedBy: acme.keyId } });
    });

    it('are so many a cluster, and named as everything is', async () => {
      for (let i = 1; i < 20; i++) await enrol(acme, cluster);
      expect((await api.as(acme).post(`/v1/clusters/${cluster}/enrolment-keys`).send({ name: 'x' }).expect(409)).body.type).toBe('/problems/too-many-enrolment-keys');
      await api.as(acme).delete(`/v1/enrolment-keys/${keyId}`).expect(200);
      await enrol(acme, cluster);
      expect((await api.as(acme).post(`/v1/clusters/${cluster}/enrolment-keys`).send({ name: ' x', expiresAt: '2020-01-01T00:00:00Z' }).expect(422)).body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/name', '/expiresAt']);
    });
  });

  it('are read before nothing else is known: a body that never comes holds nobody up', async () => {
    const { port } = new URL(api.url);
    const sockets = Array.from({ length: 16 }, () => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(`POST /v1/clusters/${cluster}/node-bundles HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`);
      return socket;
    });
    try {
      await expect.poll(async () => (await send(written())).body.type).toBe('/problems/too-many-uploads');
      const elsewhere = await clusterOf(acme);
      const theirs = await enrol(acme, elsewhere);
      await send(writeBundle(evidenceOf(), { node: 'n', cluster: elsewhere, key: theirs.key, collector: '1', collectedAt: new Date() }).bytes, '', elsewhere).expect(201);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
    await expect.poll(async () => (await send(written())).status).toBe(201);
    expect(await listed()).toHaveLength(1);
  });

  describe('of the collector as one file', () => {
    let directory: string;
    let file: string;
    let root: NodeRoot;
    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'bulwark-collector-'));
      file = join(directory, 'collector.mjs');
      // It is no TypeScript, and has no types.
      const script: string = '../../scripts/bundle-collector.mjs';
      const { bundleCollector } = (await import(script)) as { bundleCollector: (path: string) => Promise<void> };
      await bundleCollector(file);
      root = new NodeRoot();
      root.file('/etc/kubernetes/admin.conf', 'apiVersion: v1\nkind: Config\nusers: [{name: admin, user: {client-key-data: c2VjcmV0LWNhbmFyeQ==}}]\n', 0o600);
      root.file('/var/lib/kubelet/config.yaml', 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {anonymous: {enabled: false}}\n', 0o600);
    });
    afterAll(() => {
      root.remove();
      rmSync(directory, { recursive: true, force: true });
    });
    const run = (...args: string[]): Promise<{ readonly code: number; readonly stderr: string }> =>
      new Promise((resolve) => {
        execFile(process.execPath, [file, ...args], { cwd: directory, env: {} }, (error, _stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stderr }));
      });

    it('arrive at the server that it is told, and are evidence there', async () => {
      writeFileSync(join(directory, 'key'), `${keyText}\n`);
      const args = ['--root', root.path, '--server', api.url, '--cluster', cluster, '--key-file', 'key', '--node', 'worker-7'];
      expect(await run(...args)).toMatchObject({ code: 0, stderr: expect.stringContaining('Taken by') });
      const [node] = await kept();
      expect(node!.name).toBe('worker-7');
      expect(await listed()).toMatchObject([{ node: 'worker-7', isSigned: true, machine: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
      expect(node!.evidence.files.items.find(({ path }) => path === '/etc/kubernetes/admin.conf')).toMatchObject({ state: 'present', mode: 0o600 });
      expect(JSON.stringify(node!.evidence)).not.toContain('c2VjcmV0LWNhbmFyeQ');
      expect(await run(...args)).toMatchObject({ code: 0 });
      expect((await listed())[0]).toMatchObject({ sequence: 2, isOtherMachine: false });
    });

    it('are refused in words that the person who runs it sees', async () => {
      writeFileSync(join(directory, 'key'), `${keyText}\n`);
      await api.as(acme).delete(`/v1/enrolment-keys/${keyId}`).expect(200);
      const ended = await run('--root', root.path, '--server', api.url, '--cluster', cluster, '--key-file', 'key', '--node', 'worker-7');
      expect(ended).toMatchObject({ code: 5, stderr: expect.stringContaining('no longer, an enrolment key of this cluster') });
      expect(await listed()).toEqual([]);
    });

    it('are carried by a person from a host that reaches nobody', async () => {
      expect(await run('--root', root.path, '--out', 'carried.json', '--node', 'bare-1')).toMatchObject({ code: 0 });
      const { body } = await send(readFileSync(join(directory, 'carried.json')), acme).expect(201);
      expect(body).toMatchObject({ node: 'bare-1', isSigned: false, uploadedBy: acme.keyId });
    });
  });
});
