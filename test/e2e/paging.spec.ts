import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';

describe('paging', () => {
  let api: LiveApi;
  let acme: Tenant;
  beforeAll(async () => {
    api = await liveApi();
    acme = await api.tenant();
  });
  afterAll(() => api.close());

  const register = async (name: string): Promise<string> => (await api.as(acme).post('/v1/clusters').send({ name }).expect(201)).body.id;

  it('shows each entry once while others are added', async () => {
    const old: string[] = [];
    for (let i = 0; i < 25; i += 1) old.push(await register(`old-${i}`));
    const seen: string[] = [];
    let after = '';
    do {
      const { body } = await api.as(acme).get(`/v1/clusters?first=4${after}`).expect(200);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      await Promise.all([register(`new-${seen.length}-a`), register(`new-${seen.length}-b`)]);
      after = body.pageInfo.hasNextPage ? `&after=${body.pageInfo.endCursor}` : '';
    } while (after !== '');
    expect(seen).toEqual(old.toReversed());
  });

  it.each(['risk', 'severity'] as const)('goes through findings worst first by %s, each once', async (orderBy) => {
    const { clusterId } = await api.judged(acme, 4);
    const all = async (first: number) => {
      const found: { readonly id: string; readonly severity: string; readonly risk: { readonly score: number; readonly steps: readonly { readonly weight: number }[] } }[] = [];
      let after = '';
      do {
        const { body } = await api.as(acme).get(`/v1/findings?clusterId=${clusterId}&orderBy=${orderBy}&first=${first}${after}`).expect(200);
        found.push(...body.items);
        after = body.pageInfo.hasNextPage ? `&after=${encodeURIComponent(body.pageInfo.endCursor)}` : '';
      } while (after !== '');
      return found;
    };
    const findings = await all(100);
    expect(findings.length).toBeGreaterThan(20);
    expect((await all(7)).map(({ id }) => id)).toEqual(findings.map(({ id }) => id));
    const worst = ['info', 'low', 'medium', 'high', 'critical'];
    const rank = findings.map(({ severity, risk }) => (orderBy === 'risk' ? risk.score : worst.indexOf(severity)));
    expect(rank).toEqual(rank.toSorted((a, b) => b - a));
    for (const { risk } of findings) expect(risk.score).toBe(Math.min(100, Math.round(risk.steps.reduce((points, { weight }) => points * weight, 1))));
  });

  it('filters findings by what it says, in both doors alike', async () => {
    const { clusterId } = await api.judged(acme, 3);
    const ids = (body: { items: readonly { id: string }[] }) => body.items.map(({ id }) => id);
    const parameters = 'minSeverity=critical&layer=workloads&namespace=shop&kind=Pod&search=POD-1&state=open&controlId=workloads/privileged';
    const rest = ids((await api.as(acme).get(`/v1/findings?clusterId=${clusterId}&${parameters}`).expect(200)).body);
    expect(rest).toHaveLength(1);
    const { body } = await api.as(acme).query(
      'query ($id: ID!) { findings(clusterId: $id, minSeverity: CRITICAL, layer: WORKLOADS, namespace: "shop", kind: "Pod", search: "POD-1", state: OPEN, controlId: "workloads/privileged") { edges { node { id } } } }',
      { id: clusterId },
    );
    expect(body.data.findings.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual(rest);
    expect((await api.as(acme).get(`/v1/findings?clusterId=${clusterId}&state=resolved`).expect(200)).body.items).toEqual([]);
  });

  it('takes no cursor of another list, and none that was changed', async () => {
    const { body } = await api.as(acme).get('/v1/clusters?first=1').expect(200);
    const cursor: string = body.pageInfo.endCursor;
    await api.as(acme).get(`/v1/clusters?after=${cursor}`).expect(200);
    await api.as(acme).get(`/v1/scans?after=${cursor}`).expect(400);
    for (const index of [0, 5, cursor.length - 2]) {
      const changed = cursor.slice(0, index) + (cursor[index] === 'A' ? 'B' : 'A') + cursor.slice(index + 1);
      expect((await api.as(acme).get(`/v1/clusters?after=${changed}`)).body.type).toBe('/problems/bad-cursor');
    }
  });

  it('reads the feed in order, and from a position as webhooks carry it', async () => {
    const { body: first } = await api.as(acme).get('/v1/events?first=3').expect(200);
    expect(first.items.map(({ position }: { position: number }) => position)).toEqual([1, 2, 3]);
    const { body: next } = await api.as(acme).get(`/v1/events?first=2&after=${first.pageInfo.endCursor}`).expect(200);
    expect(next.items.map(({ position }: { position: number }) => position)).toEqual([4, 5]);
    const { body: byPosition } = await api.as(acme).get('/v1/events?first=2&after=3').expect(200);
    expect(byPosition.items).toEqual(next.items);
    const { body: scans } = await api.as(acme).get('/v1/events?types=scan.completed,scan.failed').expect(200);
    expect(new Set(scans.items.map(({ type }: { type: string }) => type))).toEqual(new Set(['scan.completed']));
    const last = (await api.as(acme).get('/v1/events?after=999999').expect(200)).body;
    expect(last).toMatchObject({ items: [], pageInfo: { hasNextPage: false, endCursor: '999999' } });
  });
});
