import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventsIn, WebhookWorld } from '#test/support/webhook-world.js';
import type { CreateEndpoint } from './endpoints.service.js';

const never = new AbortController().signal;

describe('DispatchEvents', () => {
  let world: WebhookWorld;

  beforeAll(async () => {
    world = await WebhookWorld.open(inject('postgresAdminUrl'));
  });
  afterAll(() => world.close());

  const told = (path: string) => world.sink.at(path).flatMap(({ body }) => eventsIn(body));
  const numbered = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `pod-${String(i).padStart(5, '0')}`);

  it('tells every endpoint what it wants, once and in order, and the feed says the same', async () => {
    const { tenantId, caller } = await world.tenant();
    const clusterId = await world.fresh.cluster(tenantId);
    const inputs: Readonly<Record<string, Partial<CreateEndpoint>>> = {
      all: {}, each: { mode: 'each' }, thin: { payload: 'thin' }, resolved: { eventTypes: ['finding.resolved'] }, high: { minSeverity: 'high' }, prod: { clusterLabels: { env: 'prod' } },
      none: { clusterLabels: { env: 'none' } }, baseline: { includeBaseline: true },
    };
    for (const [name, input] of Object.entries(inputs)) await world.endpoint(caller, `/${tenantId}/${name}`, input);
    await world.happen(tenantId, clusterId, { names: ['b1', 'b2'], isBaseline: true, labels: { env: 'prod' } });
    await world.happen(tenantId, clusterId, { names: ['a'], severity: 'low', labels: { env: 'prod', team: 'a' } });
    await world.happen(tenantId, clusterId, { names: ['b', 'c'], severity: 'critical' });
    await world.happen(tenantId, clusterId, { names: ['a'], transition: 'resolved', severity: 'low' });
    await world.work();

    const feed = await world.feed(tenantId);
    const idsOf = (...positions: readonly number[]): readonly string[] => positions.map((position) => feed[position - 1]!.id);
    const expected: Readonly<Record<string, readonly string[]>> = {
      all: idsOf(3, 4, 5, 6, 7, 8, 9, 10), each: idsOf(3, 4, 5, 6, 7, 8, 9, 10), thin: idsOf(3, 4, 5, 6, 7, 8, 9, 10), resolved: idsOf(9), high: idsOf(3, 5, 6, 7, 8, 10),
      prod: idsOf(3, 4, 5), none: [], baseline: idsOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    };
    for (const [name, ids] of Object.entries(expected)) {
      // Sent by several at once, so the order of arrival says nothing; the positions do.
      const ordered = told(`/${tenantId}/${name}`).toSorted((a, b) => a.position - b.position);
      expect({ name, ids: ordered.map(({ id }) => id) }).toEqual({ name, ids });
    }
    for (const { id, type, position, data } of told(`/${tenantId}/all`)) {
      const event = feed[position - 1]!;
      expect({ id, type }).toEqual({ id: event.id, type: event.type });
      const { finding, ...others } = event.data as { readonly finding?: object };
      expect(data).toMatchObject({ ...others, ...(finding ? { finding: { ...finding, control: { title: 'Containers do not run privileged' } } } : {}) });
    }
    expect(await world.dueCount(tenantId)).toBe(0);
  });

  it('makes deliveries of thousands of events page by page, and loses none', async () => {
    const { tenantId, caller } = await world.tenant();
    const clusterId = await world.fresh.cluster(tenantId);
    await world.endpoint(caller, `/${tenantId}`, { payload: 'thin', eventTypes: ['finding.opened'] });
    await world.happen(tenantId, clusterId, { names: numbered(1_300) });
    await world.work();
    const bodies = world.sink.at(`/${tenantId}`).map(({ body }) => body);
    for (const body of bodies) {
      expect(body.byteLength).toBeLessThanOrEqual(20_000);
      expect(eventsIn(body).length).toBeLessThanOrEqual(100);
    }
    const positions = told(`/${tenantId}`).map(({ position }) => position);
    expect(positions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1_300 }, (_, i) => i + 1));
  });

  it('doubles nothing where several workers dispatch at once, also under appends', async () => {
    const { tenantId, caller } = await world.tenant();
    const clusterId = await world.fresh.cluster(tenantId);
    for (const name of ['a', 'b', 'c']) await world.endpoint(caller, `/${tenantId}/${name}`, { mode: 'each', payload: 'thin' });
    const appending = (async () => {
      for (let i = 0; i < 12; i++) await world.happen(tenantId, clusterId, { names: [`x${i}`, `y${i}`] });
    })();
    const dispatching = Array.from({ length: 4 }, async () => {
      for (let i = 0; i < 12; i++) await world.dispatcher().run(tenantId, never);
    });
    await Promise.all([appending, ...dispatching]);
    await world.timePasses(tenantId);
    await world.work();
    await world.work();
    const feed = await world.feed(tenantId);
    expect(feed).toHaveLength(36);
    for (const name of ['a', 'b', 'c']) {
      expect(told(`/${tenantId}/${name}`).map(({ id }) => id).toSorted()).toEqual(feed.map(({ id }) => id).toSorted());
    }
    expect(await world.dueCount(tenantId)).toBe(0);
  });

  it('leaves the work due where something was appended behind its back', async () => {
    const { tenantId, caller } = await world.tenant();
    const clusterId = await world.fresh.cluster(tenantId);
    await world.endpoint(caller, `/${tenantId}`);
    await world.happen(tenantId, clusterId);
    let isAppended = false;
    const store: typeof world.fresh.store = Object.create(world.fresh.store, {
      inTenant: {
        value: async (tenant: string, work: never) => {
          const result = await world.fresh.store.inTenant(tenant, work);
          if (!isAppended) {
            isAppended = true;
            await world.happen(tenantId, clusterId, { names: ['late'] });
          }
          return result;
        },
      },
    }) as typeof world.fresh.store;
    await world.dispatcher(store).run(tenantId, never);
    await world.timePasses(tenantId);
    await world.work();
    expect(told(`/${tenantId}`)).toHaveLength(4);
  });

  it('lets the others hear where one endpoint cannot be dispatched to, and tries it again', async () => {
    const { tenantId, caller } = await world.tenant();
    const clusterId = await world.fresh.cluster(tenantId);
    const { endpoint: broken } = await world.endpoint(caller, `/${tenantId}/broken`);
    await world.endpoint(caller, `/${tenantId}/sound`);
    await world.happen(tenantId, clusterId);
    let isBroken = true;
    const store: typeof world.fresh.store = Object.create(world.fresh.store, {
      inTenant: {
        value: (tenant: string, work: (tx: never) => Promise<unknown>) =>
          world.fresh.store.inTenant(tenant, async (tx) => {
            const endpoints = Object.create(tx.endpoints, {
              lock: { value: (id: string) => (isBroken && id === broken.id ? Promise.reject(new Error('broken')) : tx.endpoints.lock(id)) },
            });
            return work({ ...tx, endpoints } as never);
          }),
      },
    }) as typeof world.fresh.store;
    await expect(world.dispatcher(store).run(tenantId, never)).rejects.toThrow('broken');
    isBroken = false;
    await world.timePasses(tenantId);
    await world.work();
    expect(told(`/${tenantId}/sound`)).toHaveLength(2);
    expect(told(`/${tenantId}/broken`)).toHaveLength(2);
  });

  it('goes back to the queue at the worker’s end', async () => {
    const { tenantId, caller } = await world.tenant();
    const clusterId = await world.fresh.cluster(tenantId);
    await world.endpoint(caller, `/${tenantId}`);
    await world.happen(tenantId, clusterId);
    await world.fresh.store.claimDueWork(100, 60_000);
    await expect(world.dispatcher().run(tenantId, AbortSignal.abort(new Error('bye')))).rejects.toThrow('bye');
    await world.work();
    expect(told(`/${tenantId}`)).toHaveLength(2);
  });

  it('moves no endpoint’s time of change', async () => {
    const { tenantId, caller } = await world.tenant();
    const clusterId = await world.fresh.cluster(tenantId);
    const { endpoint } = await world.endpoint(caller, `/${tenantId}`);
    await world.happen(tenantId, clusterId);
    await world.work();
    const { updatedAt, position } = await world.endpoints.get(caller, endpoint.id);
    expect(updatedAt).toEqual(endpoint.updatedAt);
    expect(position).toBe(2);
  });

  it('carries the trace of the request to the deliveries', async () => {
    const { tenantId, caller } = await world.tenant();
    const clusterId = await world.fresh.cluster(tenantId);
    await world.endpoint(caller, `/${tenantId}`);
    await world.happen(tenantId, clusterId);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await world.fresh.store.inTenant(tenantId, (tx) => tx.dueWork.schedule([{ topic: 'events.dispatch', subjectId: tenantId, traceparent }]));
    await world.dispatcher().run(tenantId, never);
    const jobs = await world.fresh.store.claimDueWork(100, 60_000);
    expect(jobs.filter((job) => job.tenantId === tenantId && job.topic === 'delivery.send').map((job) => job.traceparent)).toEqual([traceparent, traceparent]);
    await world.timePasses(tenantId);
    await world.work();
  });

  it('tells again from a place in the feed, by present filters, under the same ids where they are the same deliveries', async () => {
    const { tenantId, caller } = await world.tenant();
    const clusterId = await world.fresh.cluster(tenantId);
    const path = `/${tenantId}`;
    const { endpoint } = await world.endpoint(caller, path, { mode: 'each', payload: 'thin' });
    await world.happen(tenantId, clusterId, { names: ['a', 'b'] });
    await world.work();
    const first = world.sink.at(path).map(({ headers }) => headers['webhook-id']);
    expect(first).toHaveLength(3);

    const since = new Date();
    await world.happen(tenantId, clusterId, { names: ['c'] });
    expect(await world.deliveries.replay(caller, endpoint.id, { position: 1 })).toEqual({ after: 1, upTo: 5 });
    await world.work();
    const second = world.sink.at(path).slice(3);
    expect(second.flatMap(({ body }) => eventsIn(body)).map(({ position }) => position).toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5]);
    expect(second.map(({ headers }) => headers['webhook-id']).filter((id) => first.includes(id))).toHaveLength(2);

    await world.endpoints.update(caller, endpoint.id, { eventTypes: ['scan.completed'] });
    expect(await world.deliveries.replay(caller, endpoint.id, { time: since })).toEqual({ after: 3, upTo: 5 });
    await world.work();
    expect(world.sink.at(path).slice(7).flatMap(({ body }) => eventsIn(body)).map(({ position }) => position)).toEqual([5]);

    for (const position of [-1, 6, 1.5, Number.NaN]) await expect(world.deliveries.replay(caller, endpoint.id, { position })).rejects.toMatchObject({ reason: 'invalid-replay' });
    expect(await world.deliveries.replay(caller, endpoint.id, { position: 5 })).toEqual({ after: 5, upTo: 5 });
    await world.work();
    expect(world.sink.at(path)).toHaveLength(8);
    expect(await world.dueCount(tenantId)).toBe(0);
  });
});
