import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frameworkIds } from '#controls/frameworks/frameworks.js';
import { liveApi, type JudgedCluster, type LiveApi, type Tenant } from './support/live-api.js';

interface ItemBody {
  readonly number: string;
  readonly status: string;
  readonly outside: string | null;
  readonly answers: readonly { readonly controlId: string; readonly outcome: string | null; readonly failed: number; readonly passed: number }[];
}

describe('frameworks', () => {
  let api: LiveApi;
  let acme: Tenant;
  let judged: JudgedCluster;
  let unseen: string;
  beforeAll(async () => {
    api = await liveApi();
    acme = await api.tenant();
    judged = await api.judged(acme, 3);
    unseen = (await api.as(acme).post('/v1/clusters').send({ name: 'unseen' }).expect(201)).body.id;
  });
  afterAll(() => api.close());

  const reportOf = async (clusterId: string, framework: string, query = '') => (await api.as(acme).get(`/v1/clusters/${clusterId}/frameworks/${framework}${query}`).expect(200)).body;
  const itemOf = (report: { readonly items: readonly ItemBody[] }, number: string): ItemBody => report.items.find((item) => item.number === number)!;

  it('are there for any key, alone and together', async () => {
    const key = await api.key(acme, ['events:read']);
    const { body } = await api.as(key).get('/v1/frameworks').expect(200);
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(frameworkIds);
    for (const id of frameworkIds) expect((await api.as(key).get(`/v1/frameworks/${id}`).expect(200)).body).toEqual(body.items.find((framework: { id: string }) => framework.id === id));
    for (const id of ['cis', 'toString', '__proto__']) expect((await api.as(key).get(`/v1/frameworks/${id}`).expect(404)).body.type).toBe('/problems/framework-not-found');
    await api.as(key).get(`/v1/clusters/${judged.clusterId}/frameworks/pss`).expect(403);
    await api.as(key).get('/v1/frameworks/pss/report').expect(403);
    await api.as(key).get('/v1/frameworks/pss/clusters').expect(403);
  });

  it('say how a cluster stands, item by item, with what answers them', async () => {
    const report = await reportOf(judged.clusterId, 'cis-kubernetes');
    expect(report).toMatchObject({ frameworkId: 'cis-kubernetes', clusterId: judged.clusterId, scanId: judged.scanId, isComplete: true });
    expect(Date.now() - Date.parse(report.scannedAt)).toBeLessThan(120_000);
    expect(report.ageSeconds).toBeLessThan(120);
    expect(itemOf(report, '5.2.2')).toMatchObject({ status: 'fail', answers: [{ controlId: 'workloads/privileged', outcome: 'fail', failed: 3, passed: 1 }] });
    expect(itemOf(report, '5.2.4')).toMatchObject({ status: 'pass', answers: [{ controlId: 'workloads/host-namespaces#hostIPC', outcome: 'pass', failed: 0 }] });
    expect(itemOf(report, '4.2.2').status).toBe('not-applicable');
    expect(itemOf(report, '5.6.1')).toMatchObject({ status: 'manual', outside: expect.any(String), answers: [] });
    expect(itemOf(report, '4.2.7')).toMatchObject({ status: 'not-covered', outside: null, answers: [] });
    const { pass, fail, unknown, notApplicable, manual, notCovered } = report.counts;
    expect(pass + fail + unknown + notApplicable + manual + notCovered).toBe(report.items.length);
    expect(report.passRatio).toBeCloseTo(pass / (pass + fail));
    expect(report.coverage).toBeCloseTo((pass + fail) / (report.items.length - notApplicable));
  });

  it('know nothing of a cluster that was never scanned, and say so', async () => {
    const report = await reportOf(unseen, 'pss');
    expect(report).toMatchObject({ scanId: null, scannedAt: null, ageSeconds: null, isComplete: false, passRatio: null, coverage: 0 });
    expect(new Set(report.items.map(({ status }: ItemBody) => status))).toEqual(new Set(['unknown']));
  });

  it('report on the scan that is named, which has to be of this cluster and at its end', async () => {
    const { clusterId, scanId } = await api.judged(acme, 2);
    const { body: next } = await api.as(acme).post(`/v1/clusters/${clusterId}/snapshots?complete=cluster`).type('application/json').send('{}').expect(202);
    const address = `/v1/clusters/${clusterId}/frameworks/pss?scan=`;
    expect((await api.as(acme).get(address + next.id).expect(409)).body.type).toBe('/problems/scan-not-finished');
    expect((await reportOf(clusterId, 'pss')).scanId).toBe(scanId);
    await api.judge(acme, next.id, 0);
    const later = await reportOf(clusterId, 'pss');
    expect([later.scanId, itemOf(later, 'baseline/privileged').status]).toEqual([next.id, 'pass']);
    const earlier = await reportOf(clusterId, 'pss', `?scan=${scanId}`);
    expect([earlier.scanId, itemOf(earlier, 'baseline/privileged').status]).toEqual([scanId, 'fail']);
    for (const other of [judged.scanId, '00000000-0000-4000-8000-000000000000', 'x']) expect((await api.as(acme).get(address + other).expect(404)).body.type).toBe('/problems/scan-not-found');
  });

  it('give the time of the evidence where it was judged once more', async () => {
    const { clusterId, scanId } = await api.judged(acme, 1);
    const { body: again } = await api.as(acme).post(`/v1/scans/${scanId}/rejudge`).expect(202);
    await api.judge(acme, again.id, 1);
    const [first, second] = [await reportOf(clusterId, 'pss'), await reportOf(clusterId, 'pss', `?scan=${again.id}`)];
    expect([first.scanId, second.scanId, second.scannedAt]).toEqual([scanId, again.id, first.scannedAt]);
  });

  it('pass nothing by a control that the organisation has switched off', async () => {
    const own = await api.tenant('Own');
    await api.as(own).put('/v1/policy').send({ controls: [{ controlId: 'workloads/privileged', isOff: true, reason: 'ours to bear' }] }).expect(200);
    const { clusterId } = await api.judged(own, 1);
    const { body } = await api.as(own).get(`/v1/clusters/${clusterId}/frameworks/cis-kubernetes`).expect(200);
    expect(itemOf(body, '5.2.2')).toMatchObject({ status: 'unknown', answers: [{ controlId: 'workloads/privileged', outcome: null, isSwitchedOff: true }] });
  });

  it('come as CSV for those who ask', async () => {
    const answer = await api.as(acme).get(`/v1/clusters/${judged.clusterId}/frameworks/cis-kubernetes?format=csv`).expect(200);
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="cis-kubernetes-${judged.clusterId}.csv"`);
    const lines = answer.text.split('\r\n');
    expect(lines[0]).toBe('framework,version,item,title,status,control,outcome,passed,failed,unknown,notApplicable,outside,clusterId,scanId,scannedAt');
    expect(lines.find((line) => line.includes(',5.2.2,'))).toMatch(new RegExp(`^CIS Kubernetes Benchmark,1\\.12,5\\.2\\.2,Privileged containers not admitted,fail,workloads/privileged,fail,1,3,0,0,,${judged.clusterId},${judged.scanId},\\d{4}-`));
    expect(lines.find((line) => line.includes(',5.6.1,'))).toContain(',manual,,,,,,,which workloads belong');
    const fleet = await api.as(acme).get('/v1/frameworks/pss/report?format=csv').expect(200);
    expect(fleet.text.split('\r\n').find((line) => line.includes('baseline/privileged'))).toMatch(/^Pod Security Standards,of each server,baseline\/privileged,No privileged containers,/);
    await api.as(acme).get('/v1/frameworks/pss/report?format=xml').expect(422);
    expect((await api.as(acme).get('/v1/frameworks/none/report?format=csv').expect(404)).headers['content-type']).toContain('application/problem+json');
  });

  describe('over a fleet', () => {
    let fleet: Tenant;
    let stranger: Tenant;
    const clusters: string[] = [];
    beforeAll(async () => {
      fleet = await api.tenant('Fleet');
      stranger = await api.tenant('Stranger');
      await api.judged(stranger, 5);
      for (const pods of [2, 0, 1]) clusters.push((await api.judged(fleet, pods)).clusterId);
      clusters.push((await api.as(fleet).post('/v1/clusters').send({ name: 'unseen' }).expect(201)).body.id);
    });

    it('count clusters by item and status', async () => {
      const { body } = await api.as(fleet).get('/v1/frameworks/cis-kubernetes/report').expect(200);
      expect(body).toMatchObject({ frameworkId: 'cis-kubernetes', clusters: 4, neverScanned: 1, oldestScanAt: expect.any(String) });
      const countsOf = (number: string) => body.items.find((item: ItemBody) => item.number === number).counts;
      const none = { pass: 0, fail: 0, unknown: 0, notApplicable: 0, manual: 0, notCovered: 0 };
      expect(countsOf('5.2.2')).toEqual({ ...none, pass: 1, fail: 2, unknown: 1 });
      expect(countsOf('5.6.1')).toEqual({ ...none, manual: 4 });
      expect(countsOf('4.2.7')).toEqual({ ...none, notCovered: 4 });
    });

    it('list clusters a page at a time, each as its own report says', async () => {
      const seen: { readonly clusterId: string; readonly counts: unknown; readonly items: readonly ItemBody[] }[] = [];
      let after = '';
      do {
        const { body } = await api.as(fleet).get(`/v1/frameworks/pss/clusters?first=3${after}`).expect(200);
        seen.push(...body.items);
        after = body.pageInfo.hasNextPage ? `&after=${body.pageInfo.endCursor}` : '';
      } while (after !== '');
      expect(seen.map(({ clusterId }) => clusterId)).toEqual(clusters.toReversed());
      for (const { clusterId, counts, items } of seen) {
        const { body } = await api.as(fleet).get(`/v1/clusters/${clusterId}/frameworks/pss`).expect(200);
        expect(counts).toEqual(body.counts);
        expect(items).toEqual(body.items.map(({ number, status }: ItemBody) => ({ number, status })));
      }
    });

    it('count and show nothing of another organisation, and take no cursor of its', async () => {
      const { body } = await api.as(stranger).get('/v1/frameworks/pss/report').expect(200);
      expect(body).toMatchObject({ clusters: 1, neverScanned: 0 });
      const { body: own } = await api.as(stranger).get('/v1/frameworks/pss/clusters').expect(200);
      expect(own.items).toHaveLength(1);
      expect(clusters).not.toContain(own.items[0].clusterId);
      const { body: page } = await api.as(fleet).get('/v1/frameworks/pss/clusters?first=1').expect(200);
      expect((await api.as(stranger).get(`/v1/frameworks/pss/clusters?after=${page.pageInfo.endCursor}`).expect(400)).body.type).toBe('/problems/bad-cursor');
      await api.as(stranger).get(`/v1/clusters/${clusters[0]}/frameworks/pss`).expect(404);
    });

    it('say the same in both doors', async () => {
      const { body } = await api.as(fleet).query(
        `query ($id: ID!) {
          framework(id: "pss") { title version source items { number outside } }
          fleetReport(frameworkId: "pss") { clusters neverScanned oldestScanAt items { number counts { pass fail unknown notApplicable manual notCovered } } }
          clusterStandings(frameworkId: "pss", first: 2) { edges { node { clusterId cluster { name } counts { fail } items { number status } } } }
          frameworkReport(clusterId: $id, frameworkId: "pss") { scanId passRatio coverage items { number status answers { controlId outcome failed } } }
          cluster(id: $id) { frameworkReport(frameworkId: "pss") { scanId passRatio coverage items { number status answers { controlId outcome failed } } } }
        }`,
        { id: clusters[0] },
      );
      expect(body.errors).toBeUndefined();
      const { body: rest } = await api.as(fleet).get('/v1/frameworks/pss/report').expect(200);
      const { clusters: count, neverScanned, oldestScanAt, items } = rest;
      expect(body.data.fleetReport).toEqual({ clusters: count, neverScanned, oldestScanAt, items: items.map(({ number, counts }: { number: string; counts: unknown }) => ({ number, counts })) });
      expect(body.data.cluster.frameworkReport).toEqual(body.data.frameworkReport);
      const { body: one } = await api.as(fleet).get(`/v1/clusters/${clusters[0]}/frameworks/pss`).expect(200);
      expect(body.data.frameworkReport).toMatchObject({ scanId: one.scanId, passRatio: one.passRatio, coverage: one.coverage });
      expect(body.data.frameworkReport.items.map(({ number, status }: ItemBody) => `${number} ${status.toLowerCase().replace('_', '-')}`)).toEqual(one.items.map(({ number, status }: ItemBody) => `${number} ${status}`));
      expect(body.data.clusterStandings.edges.map(({ node }: { node: { cluster: { name: string } } }) => node.cluster.name)).toEqual(['unseen', expect.any(String)]);
    });

    it('load reports of many clusters at a cost that does not depend on how many there are', async () => {
      const { store } = api.database;
      const original = store.inTenant.bind(store);
      const transactions = async (first: number): Promise<number> => {
        let count = 0;
        store.inTenant = (...args) => {
          count += 1;
          return original(...args);
        };
        try {
          const { body } = await api.as(fleet).query('query ($first: Int!) { clusters(first: $first) { edges { node { frameworkReport(frameworkId: "pss") { counts { fail } } } } } }', { first });
          expect(body.errors).toBeUndefined();
          expect(body.data.clusters.edges).toHaveLength(first);
          return count;
        } finally {
          store.inTenant = original;
        }
      };
      // The key may be marked as used.
      await transactions(1);
      expect(await transactions(4)).toBe(await transactions(1));
    });

    it('cost in GraphQL what they are worth', async () => {
      const dear = `{ clusters(first: 100) { edges { node { frameworkReport(frameworkId: "pss") { items { number title status } } } } } }`;
      expect((await api.as(fleet).query(dear).expect(400)).body.errors[0].extensions.code).toBe('OPERATION_TOO_LARGE');
      const many = `{ ${Array.from({ length: 15 }, (_, i) => `a${i}: fleetReport(frameworkId: "pss") { clusters }`).join(' ')} }`;
      expect((await api.as(fleet).query(many).expect(400)).body.errors[0].extensions.code).toBe('OPERATION_TOO_LARGE');
    });
  });
});
