import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TellExpiring } from '#application/benchmarks/tell-expiring.js';
import { BenchmarkWorld } from './support/benchmark-world.js';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';

const schemas = process.env['BULWARK_SCHEMAS_DIR'];
const DAY = 24 * 3_600_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString();

describe('benchmark reports', () => {
  let api: LiveApi;
  let world: BenchmarkWorld;
  let acme: Tenant;
  let cluster: string;
  let run: string;
  /** An item that nothing but a person can decide. */
  let manual: string;

  beforeAll(async () => {
    api = await liveApi();
    world = new BenchmarkWorld(api);
    acme = await api.tenant();
    cluster = await world.cluster(acme);
    await world.upload(acme, cluster, ['cp-1', 'w-1', '=cmd|calc']);
    await world.bundle(acme, cluster, 'cp-1', { controlPlane: true, anonymous: true });
    await world.bundle(acme, cluster, 'w-1', { mode: 0o644 });
    run = await world.run(acme, cluster);
    manual = (await api.as(acme).get(`/v1/benchmark-runs/${run}/items?outcome=manual&first=1`).expect(200)).body.items[0].itemId;
  });
  afterAll(() => api.close());

  const as = () => api.as(acme);
  const report = async (query = '') => as().get(`/v1/benchmark-runs/${run}${query}`).expect(200);
  const attest = (input: object) => as().post(`/v1/clusters/${cluster}/attestations`).send(input);
  const statement = { person: 'Ada Lovelace', verdict: 'pass', statement: 'Looked at the review of 3 November: nothing open.', expiresAt: '' } as const;

  describe('in pages', () => {
    it('have items by outcome and section, in order', async () => {
      const { body: whole } = await report();
      const failing = whole.items.filter(({ outcome }: { outcome: string }) => outcome === 'fail').map(({ itemId }: { itemId: string }) => itemId);
      expect(failing.length).toBeGreaterThan(1);
      const seen: string[] = [];
      for (let after = ''; ; ) {
        const { body } = await as().get(`/v1/benchmark-runs/${run}/items?outcome=fail&first=1${after}`).expect(200);
        seen.push(...body.items.map(({ itemId }: { itemId: string }) => itemId));
        if (!body.pageInfo.hasNextPage) break;
        after = `&after=${body.pageInfo.endCursor}`;
      }
      expect(seen).toEqual(failing);
      const { body: section } = await as().get(`/v1/benchmark-runs/${run}/items?under=4.1`).expect(200);
      expect(new Set(section.items.map(({ section: id }: { section: string }) => id))).toEqual(new Set(['4.1']));
      expect((await as().get(`/v1/benchmark-runs/${run}/items?outcome=great`).expect(422)).body.type).toBe('/problems/invalid-parameters');
    });

    it('are the same through GraphQL', async () => {
      const { body } = await as().query(
        'query ($run: ID!, $cluster: ID!) { benchmarkRun(id: $run) { run { id score coverage } items { itemId shownAs } } clusterBenchmark(clusterId: $cluster) { run { id cluster { id } } } benchmarkRunItems(runId: $run, outcome: [FAIL], first: 1) { edges { node { itemId subjects { subject status } } } } benchmarkRuns(clusterId: $cluster) { edges { node { id } } } }',
        { run, cluster },
      );
      expect(body.errors).toBeUndefined();
      const { body: rest } = await report();
      expect(body.data.benchmarkRun.run).toEqual({ id: run, score: rest.run.score, coverage: rest.run.coverage });
      expect(body.data.benchmarkRun.items).toEqual(rest.items.map(({ itemId, shownAs }: { itemId: string; shownAs: string }) => ({ itemId, shownAs })));
      expect(body.data.clusterBenchmark.run).toEqual({ id: run, cluster: { id: cluster } });
      expect(body.data.benchmarkRuns.edges).toEqual([{ node: { id: run } }]);
    });
  });

  describe('an attestation', () => {
    it('counts where a person must look, apart from what evidence says, until it expires or is revoked', async () => {
      const { body: before } = await report();
      const sha256 = 'ab'.repeat(32);
      const made = await attest({ ...statement, itemId: manual, expiresAt: inDays(90), attachment: { name: 'review.pdf', sha256 } }).expect(201);
      expect(made.body).toMatchObject({ itemId: manual, benchmark: 'cis-1.12', standing: 'in-force', recordedBy: acme.keyId, attachment: { name: 'review.pdf', sha256 } });
      expect(made.headers['location']).toBe(`/v1/attestations/${made.body.id}`);
      const { body: after } = await report();
      expect(after.run).toEqual(before.run);
      expect(after.counts).toEqual({ ...before.counts, manual: before.counts.manual - 1, passAttested: 1 });
      expect(after.items.find(({ itemId }: { itemId: string }) => itemId === manual)).toMatchObject({ outcome: 'manual', standsAs: 'pass', shownAs: 'pass (attested)', sentence: expect.stringContaining('Ada Lovelace'), attestation: { id: made.body.id } });
      const { body: revoked } = await as().post(`/v1/attestations/${made.body.id}/revoke`).send({ reason: 'It was the wrong cluster.' }).expect(200);
      expect(revoked).toMatchObject({ standing: 'revoked', revokedBy: acme.keyId, revokeReason: 'It was the wrong cluster.' });
      await as().post(`/v1/attestations/${made.body.id}/revoke`).expect(200);
      expect((await report()).body.counts).toEqual(before.counts);
      expect(await world.events(acme, 'attestation.created', 'attestation.revoked')).toMatchObject([
        { type: 'attestation.created', data: { attestation: { id: made.body.id, person: 'Ada Lovelace' }, by: acme.keyId } }, { type: 'attestation.revoked', data: { by: acme.keyId, reason: 'It was the wrong cluster.' } },
      ]);
    });

    it('that has expired is manual again, and says so', async () => {
      const { body } = await attest({ ...statement, itemId: manual, expiresAt: inDays(1) }).expect(201);
      expect((await report()).body.items.find(({ itemId }: { itemId: string }) => itemId === manual).shownAs).toBe('pass (attested)');
      const admin = new pg.Client({ connectionString: api.database.adminUrl });
      await admin.connect();
      await admin.query(`update bulwark.attestations set attested_at = now() - interval '3 days', expires_at = now() - interval '1 day' where id = $1`, [body.id]);
      await admin.end();
      const item = (await report()).body.items.find(({ itemId }: { itemId: string }) => itemId === manual);
      expect(item).toMatchObject({ standsAs: 'manual', shownAs: 'manual (attestation expired)', sentence: expect.stringContaining('attested ended on'), attestation: { standing: 'expired' } });
    });

    it('is told of once, ahead of its end', async () => {
      const { body } = await attest({ ...statement, itemId: manual, expiresAt: inDays(30) }).expect(201);
      const tell = new TellExpiring(api.database.store);
      const due = await api.database.store.inTenant(acme.tenantId, (tx) => tx.dueWork.get('attestation.expire', body.id));
      expect(Math.round((Date.parse(body.expiresAt) - due!.dueAt.getTime()) / DAY)).toBe(14);
      await tell.run(acme.tenantId, body.id, new Date(due!.dueAt.getTime() - 1));
      expect(await world.events(acme, 'attestation.expiring')).toEqual([]);
      for (let i = 0; i < 2; i++) await tell.run(acme.tenantId, body.id, new Date(due!.dueAt.getTime() + 1));
      expect(await world.events(acme, 'attestation.expiring')).toMatchObject([{ clusterId: cluster, data: { attestation: { id: body.id, expiresAt: body.expiresAt } } }]);
      // One that another has replaced ends unnoticed.
      const { body: replaced } = await attest({ ...statement, itemId: manual, expiresAt: inDays(20) }).expect(201);
      await attest({ ...statement, itemId: manual, expiresAt: inDays(60) }).expect(201);
      await tell.run(acme.tenantId, replaced.id, new Date(Date.now() + 19 * DAY));
      expect(await world.events(acme, 'attestation.expiring')).toHaveLength(1);
    });

    it.each([
      ['an item that does not exist', { itemId: '99.1' }, 404, 'benchmark-item-not-found', undefined],
      ['a benchmark that does not', { benchmark: 'cis-9' }, 404, 'benchmark-not-found', undefined],
      ['nobody', { person: ' ' }, 422, 'invalid-attestation', '/person'],
      ['no statement', { statement: '' }, 422, 'invalid-input', '/statement'],
      ['an end in the past', { expiresAt: inDays(-1) }, 422, 'invalid-attestation', '/expiresAt'],
      ['a day to come', { attestedAt: inDays(1), expiresAt: inDays(2) }, 422, 'invalid-attestation', '/attestedAt'],
      ['no digest', { attachment: { name: 'a', sha256: 'z'.repeat(64) } }, 422, 'invalid-attestation', '/attachment/sha256'],
      ['a verdict of its own', { verdict: 'manual' }, 422, 'invalid-input', '/verdict'],
    ])('of %s is refused', async (_, some, status, reason, pointer) => {
      const { body } = await attest({ ...statement, itemId: manual, expiresAt: inDays(9), ...some }).expect(status);
      expect(body.type).toBe(`/problems/${reason}`);
      if (pointer !== undefined) expect(body.errors).toMatchObject([{ pointer }]);
    });

    it('needs its own right', async () => {
      const key = await api.key(acme, ['scans:write']);
      await api.as(key).post(`/v1/clusters/${cluster}/attestations`).send({ ...statement, itemId: manual, expiresAt: inDays(9) }).expect(403);
      expect((await api.as(key).get(`/v1/clusters/${cluster}/attestations?item=${manual}`).expect(200)).body.items.length).toBeGreaterThan(2);
    });
  });

  describe('written otherwise', () => {
    it('come as CSV, where no text is taken for a formula', async () => {
      const answer = await report('?format=csv');
      expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
      const lines = answer.text.trimEnd().split('\r\n');
      expect(lines[0]).toContain('benchmark,item,title,section,target,assessment,level,outcome,byEvidence');
      expect(lines.find((line) => line.includes(',4.1.9,') && line.includes('w-1'))).toMatch(/644/);
      expect(answer.text).not.toMatch(/(^|,)=cmd/m);
      expect(answer.text).toContain("'=cmd|calc");
    });

    it('come as one page, with nothing in it that loads or runs', async () => {
      const answer = await report('?format=html');
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
      expect(answer.text).toContain('<!doctype html>');
      expect(answer.text).not.toMatch(/<script|<link|<img|<iframe|\bon\w+=|url\(|@import|src=/i);
      expect(answer.text).toContain('of what applies was decided');
      expect(answer.text).toContain('level not known');
      const { body } = await report();
      for (const { itemId } of body.items) expect(answer.text).toContain(`id="item-${itemId}"`);
    });

    it.skipIf(schemas === undefined)(`are valid OSCAL${schemas === undefined ? ' (BULWARK_SCHEMAS_DIR is not set: not checked)' : ''}`, async () => {
      const schema = JSON.parse(readFileSync(join(schemas!, 'oscal_assessment-results_schema.json'), 'utf8')) as object;
      // Its patterns use properties of Unicode.
      const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: true });
      formats.default(ajv);
      const validate = ajv.compile(schema);
      const answer = await as().get(`/v1/benchmark-runs/${run}?format=oscal`).buffer(true).parse((response, done) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += String(chunk)));
        response.on('end', () => done(null, text));
      }).expect(200);
      expect(answer.headers['content-type']).toBe('application/oscal+json; charset=utf-8');
      const document = JSON.parse(answer.body as string);
      expect(validate(document) ? [] : validate.errors?.slice(0, 5)).toEqual([]);
      const [result] = document['assessment-results'].results;
      const { body } = await report();
      const states = new Map<string, { state: string; reason: string }>(result.findings.map((finding: { target: { 'target-id': string; status: { state: string; reason: string } } }) => [finding.target['target-id'], finding.target.status]));
      for (const { itemId, standsAs } of body.items) {
        const status = states.get(`item-${itemId}`);
        if (standsAs === 'not-applicable') expect(status).toBeUndefined();
        else expect([itemId, status?.state, status?.reason]).toEqual([itemId, standsAs === 'pass' ? 'satisfied' : 'not-satisfied', standsAs === 'pass' || standsAs === 'fail' ? standsAs : 'other']);
      }
      expect(result.observations).toHaveLength(body.items.length);
    });

    it('refuse another format, and are problems where there is no run', async () => {
      await as().get(`/v1/benchmark-runs/${run}?format=pdf`).expect(422);
      for (const format of ['csv', 'html', 'oscal']) expect((await as().get(`/v1/benchmark-runs/${cluster}?format=${format}`).expect(404)).headers['content-type']).toContain('application/problem+json');
    });
  });

  describe('of the catalogue', () => {
    it('list the benchmarks and what one asks for, to any key', async () => {
      const key = await api.key(acme, ['events:read']);
      const { body } = await api.as(key).get('/v1/benchmarks').expect(200);
      expect(body.items.map(({ id }: { id: string }) => id)).toContain('cis-1.12');
      const { body: one } = await api.as(key).get('/v1/benchmarks/cis-1.12').expect(200);
      expect(one.sections.flatMap(({ items }: { items: readonly object[] }) => items)).toHaveLength(one.itemCount);
      expect(one.sections[0].items[0]).toMatchObject({ itemId: '1.1.1', level: 'level not known', remediation: expect.any(String) });
      await api.as(key).get('/v1/benchmarks/cis-1.12/report').expect(403);
      for (const id of ['cis-9', '__proto__', 'toString']) await api.as(key).get(`/v1/benchmarks/${id}`).expect(404);
    });

    it('say what changes from one to another', async () => {
      const { body } = await as().get('/v1/benchmarks/cis-1.12/difference?from=cis-1.10').expect(200);
      expect(body).toMatchObject({ from: 'cis-1.10', to: 'cis-1.12', added: [{ itemId: '1.2.30' }, { itemId: '4.2.14' }], removed: [{ itemId: '5.2.9' }] });
      await as().get('/v1/benchmarks/cis-1.12/difference').expect(422);
      await as().get('/v1/benchmarks/cis-1.12/difference?from=nist').expect(404);
    });
  });

  describe('over a fleet', () => {
    let fleet: Tenant;
    const clusters: string[] = [];
    beforeAll(async () => {
      fleet = await api.tenant('Fleet');
      for (const mode of [0o600, 0o600, 0o666]) {
        const id = await world.cluster(fleet);
        clusters.push(id);
        await world.bundle(fleet, id, 'w-1', { mode });
        await world.bundle(fleet, id, 'cp-1', { controlPlane: true });
        await world.run(fleet, id);
      }
      clusters.push(await world.cluster(fleet));
    });
    const asFleet = () => api.as(fleet);

    it('say where clusters differ', async () => {
      const { body } = await asFleet().get('/v1/benchmarks/cis-1.12/report').expect(200);
      expect(body).toMatchObject({ benchmark: 'cis-1.12', clusters: 4, neverJudged: 1 });
      const item = body.items.find(({ itemId }: { itemId: string }) => itemId === '4.1.9');
      expect(item).toMatchObject({ counts: { pass: 2, fail: 1, unknown: 1 }, usual: 'pass', differ: 1, differing: [clusters[2]], sentence: '1 of 3 clusters differs on 4.1.9: 2 pass, 1 fail.' });
      expect(body.divergence).toEqual(['1 of 3 clusters differs on 4.1.9: 2 pass, 1 fail.']);
      expect((await asFleet().get('/v1/benchmarks/cis-1.12/report?format=csv').expect(200)).text).toContain(',4.1.9,');
    });

    it('have a matrix of clusters and items, in pages and by the numbers that were asked for', async () => {
      const { body: first } = await asFleet().get('/v1/benchmarks/cis-2.0/matrix?first=2').expect(200);
      const { body: second } = await asFleet().get(`/v1/benchmarks/cis-2.0/matrix?first=2&after=${first.pageInfo.endCursor}`).expect(200);
      const rows = [...first.items, ...second.items];
      expect(rows.map(({ clusterId }: { clusterId: string }) => clusterId)).toEqual(clusters.toReversed());
      const of = (row: { items: readonly { itemId: string; outcome: string }[] }) => row.items.find(({ itemId }) => itemId === '4.1.9')!.outcome;
      expect(rows.map(of)).toEqual(['unknown', 'fail', 'pass', 'pass']);
      expect(rows[0].run).toBeNull();
      const { body } = await asFleet().query('{ benchmarkMatrix(benchmarkId: "cis-1.12", first: 1) { edges { node { clusterId cluster { name } items { itemId outcome } } } } benchmarkFleet(benchmarkId: "cis-1.12") { divergence } }');
      expect(body.errors).toBeUndefined();
      expect(body.data.benchmarkFleet.divergence).toHaveLength(1);
    });

    it('show nothing of another tenant', async () => {
      const { body } = await asFleet().get('/v1/benchmark-runs?first=100').expect(200);
      expect(new Set(body.items.map(({ clusterId }: { clusterId: string }) => clusterId))).toEqual(new Set(clusters.slice(0, 3)));
      for (const path of [`/v1/benchmark-runs/${run}`, `/v1/benchmark-runs/${run}/items`, `/v1/clusters/${cluster}/benchmark`, `/v1/clusters/${cluster}/benchmark/regressions`, `/v1/clusters/${cluster}/attestations`, `/v1/clusters/${cluster}/benchmark/items/4.1.9/history`]) await asFleet().get(path).expect(404);
      expect((await asFleet().get(`/v1/benchmark-runs/${body.items[0].id}/difference?from=${run}`).expect(404)).body.type).toBe('/problems/benchmark-run-not-found');
    });
  });
});
