import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { eventsIn, WebhookWorld } from '#test/support/webhook-world.js';
import type { Caller } from '../caller.js';
import type { WebhookSender } from '../ports/webhook-sender.js';
import { retryDelay } from './retry-schedule.js';
import { sendDeliveryDefaults } from './send-delivery.js';

const never = new AbortController().signal;
const HOUR = 3_600_000;

describe('SendDelivery', () => {
  let world: WebhookWorld;
  let tenantId: string;
  let caller: Caller;
  let clusterId: string;
  let path: string;

  beforeAll(async () => {
    world = await WebhookWorld.open(inject('postgresAdminUrl'), { tls: true, timeoutMs: 400 });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    ({ tenantId, caller } = await world.tenant());
    clusterId = await world.fresh.cluster(tenantId);
    path = `/${randomUUID()}`;
  });
  afterEach(() => {
    world.setClock(undefined);
    world.sink.script = () => ({ status: 200 });
  });

  /** One pending delivery of one event. */
  async function pending(): Promise<{ readonly endpointId: string; readonly deliveryId: string }> {
    const { endpoint } = await world.endpoint(caller, path, { eventTypes: ['scan.completed'] });
    await world.happen(tenantId, clusterId, { names: [] });
    await world.dispatcher().run(tenantId, never);
    const [edge] = (await world.deliveries.list(caller, { endpointId: endpoint.id }, {})).edges;
    return { endpointId: endpoint.id, deliveryId: edge!.node.id };
  }
  const delivery = async (id: string) => (await world.deliveries.get(caller, id)).delivery;
  const endpoint = (id: string) => world.endpoints.get(caller, id);
  const answering = (...statuses: readonly number[]) => {
    world.sink.script = (request, count) => ({ status: request.path === path ? (statuses[count - 1] ?? statuses.at(-1)!) : 200 });
  };
  const types = async (tenant = tenantId) => (await world.feed(tenant)).map(({ type }) => type);

  it('delivers, logs the attempt, and leaves nothing due', async () => {
    const { deliveryId } = await pending();
    await world.work();
    expect(await world.deliveries.get(caller, deliveryId)).toMatchObject({
      delivery: { state: 'delivered', attempts: 1, lastStatus: 200, lastError: null, nextAttemptAt: null, finishedAt: expect.any(Date) },
      attempts: [{ number: 1, status: 200, error: null }],
    });
    expect(await world.dueCount(tenantId)).toBe(0);
  });

  it('tries again by the schedule, always with the same id and bytes, and fails at its end', async () => {
    answering(500);
    const { deliveryId, endpointId } = await pending();
    let time = Date.now();
    for (let attempt = 1; attempt <= 10; attempt++) {
      world.setClock(new Date(time));
      await world.timePasses(tenantId);
      await world.work();
      const now = await delivery(deliveryId);
      const pause = retryDelay(deliveryId, attempt);
      if (pause === undefined) {
        expect(attempt).toBe(10);
        expect(now).toMatchObject({ state: 'failed', attempts: 10, nextAttemptAt: null, lastStatus: 500, lastError: 'answered 500' });
        break;
      }
      expect(now).toMatchObject({ state: 'pending', attempts: attempt, nextAttemptAt: new Date(time + pause) });
      const work = await world.fresh.store.inTenant(tenantId, (tx) => tx.dueWork.get('delivery.send', deliveryId));
      expect(work?.dueAt).toEqual(new Date(time + pause));
      time += pause;
    }
    const requests = world.sink.at(path);
    expect(requests).toHaveLength(10);
    expect(new Set(requests.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([deliveryId]));
    expect(new Set(requests.map(({ body }) => body.toString())).size).toBe(1);
    expect(new Set(requests.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10);
    expect((await world.deliveries.get(caller, deliveryId)).attempts.map(({ number, status }) => [number, status])).toEqual(Array.from({ length: 10 }, (_, i) => [i + 1, 500]));
    expect(await endpoint(endpointId)).toMatchObject({ isEnabled: true, failingSince: expect.any(Date) });
    expect(await world.dueCount(tenantId)).toBe(0);
  });

  it('notes since when an endpoint fails, and forgets it with the first success', async () => {
    answering(500, 302, 204);
    const { deliveryId, endpointId } = await pending();
    const start = new Date(Date.now() + HOUR);
    world.setClock(start);
    await world.work();
    world.setClock(new Date(start.getTime() + HOUR));
    await world.timePasses(tenantId);
    await world.work();
    expect(await delivery(deliveryId)).toMatchObject({ lastStatus: 302, lastError: expect.stringContaining('redirects') });
    expect((await endpoint(endpointId)).failingSince).toEqual(start);
    await world.timePasses(tenantId);
    await world.work();
    expect((await endpoint(endpointId)).failingSince).toBeNull();
    expect(await delivery(deliveryId)).toMatchObject({ state: 'delivered', attempts: 3, lastStatus: 204 });
  });

  it.each(['hang', 'reset', 'endless-headers'] as const)('tries again where the receiver does %s', async (reply) => {
    world.sink.script = (_, count) => (count === 1 ? reply : { status: 200 });
    const { deliveryId } = await pending();
    await world.work();
    const failed = await delivery(deliveryId);
    expect(failed).toMatchObject({ state: 'pending', attempts: 1, lastStatus: null, lastError: expect.stringMatching(/^127\.0\.0\.1:\d+: /) });
    await world.timePasses(tenantId);
    await world.work();
    expect(await delivery(deliveryId)).toMatchObject({ state: 'delivered', attempts: 2 });
  });

  it('heeds Retry-After up to a day, and never comes before the schedule', async () => {
    const asked = ['3600', '1', String(30 * 24 * 3_600)];
    world.sink.script = (_, count) => ({ status: 503, headers: { 'retry-after': asked[count - 1]! } });
    const { deliveryId } = await pending();
    const now = new Date();
    world.setClock(now);
    for (const pause of [HOUR, retryDelay(deliveryId, 2)!, 24 * HOUR]) {
      await world.timePasses(tenantId);
      await world.work();
      expect((await delivery(deliveryId)).nextAttemptAt).toEqual(new Date(now.getTime() + pause));
    }
  });

  it('disables an endpoint that answers 410 at once, abandons the rest, and tells the others', async () => {
    answering(410);
    const { deliveryId, endpointId } = await pending();
    await world.endpoint(caller, `${path}/other`, { eventTypes: ['webhook.endpoint_disabled'], payload: 'thin' });
    await world.happen(tenantId, clusterId, { names: [] });
    await world.dispatcher().run(tenantId, never);
    await world.worker().run(tenantId, deliveryId, never);
    expect(await endpoint(endpointId)).toMatchObject({ isEnabled: false, disabledReason: 'gone' });
    expect(await delivery(deliveryId)).toMatchObject({ state: 'failed', lastStatus: 410 });
    const states = (await world.deliveries.list(caller, { endpointId }, {})).edges.map(({ node }) => node.state);
    expect(states.toSorted()).toEqual(['abandoned', 'failed']);
    expect(await types()).toEqual(['scan.completed', 'scan.completed', 'webhook.endpoint_disabled']);
    await world.timePasses(tenantId);
    await world.work();
    const [request] = world.sink.at(`${path}/other`);
    expect(eventsIn(request!.body)).toMatchObject([{ type: 'webhook.endpoint_disabled', data: { endpointId, reason: 'gone' } }]);
    expect(JSON.stringify(await world.feed(tenantId))).not.toContain(path);
    expect(world.sink.at(path)).toHaveLength(1);
    expect(await world.dueCount(tenantId)).toBe(0);
  });

  describe('an endpoint that only fails', () => {
    /** Fails for as long as asked, an attempt each time one is due. */
    async function failFor(hours: number): Promise<string> {
      answering(500);
      const { endpointId } = await pending();
      const start = Date.now();
      for (let time = start; time <= start + hours * HOUR; time += 4 * HOUR) {
        world.setClock(new Date(time));
        const { rows } = await world.admin.query<{ id: string }>(`select id from bulwark.deliveries where tenant_id = $1 and state = 'pending' and next_attempt_at <= $2`, [tenantId, new Date(time)]);
        for (const { id } of rows) await world.worker().run(tenantId, id, never);
        if ((time - start) % (24 * HOUR) === 0) await world.happen(tenantId, clusterId, { names: [] });
        await world.dispatcher().run(tenantId, never);
      }
      return endpointId;
    }

    it('is disabled after five days, once', async () => {
      const endpointId = await failFor(5 * 24 + 24);
      expect(await endpoint(endpointId)).toMatchObject({ isEnabled: false, disabledReason: 'failing' });
      expect((await types()).filter((type) => type === 'webhook.endpoint_disabled')).toHaveLength(1);
      const states = new Set((await world.deliveries.list(caller, { endpointId }, { first: 100 })).edges.map(({ node }) => node.state));
      expect(states).toEqual(new Set(['failed', 'abandoned']));
    });

    it('is not disabled before', async () => {
      const endpointId = await failFor(5 * 24 - 8);
      expect(await endpoint(endpointId)).toMatchObject({ isEnabled: true, failingSince: expect.any(Date) });
    });

    it('is not disabled where it was hardly asked', async () => {
      answering(500);
      const { endpointId } = await pending();
      await world.work();
      world.setClock(new Date(Date.now() + 30 * 24 * HOUR));
      await world.timePasses(tenantId);
      await world.work();
      expect(await endpoint(endpointId)).toMatchObject({ isEnabled: true });
    });
  });

  it('sends again what is resent: the same id and bytes, with a whole schedule, its log going on', async () => {
    answering(200, 500, 200);
    const { deliveryId } = await pending();
    await world.work();
    expect(await world.deliveries.resend(caller, deliveryId)).toMatchObject({ id: deliveryId, state: 'pending', attempts: 0, finishedAt: null });
    await world.work();
    expect(await delivery(deliveryId)).toMatchObject({ state: 'pending', attempts: 1 });
    await world.deliveries.resend(caller, deliveryId);
    await world.work();
    expect(await world.deliveries.get(caller, deliveryId)).toMatchObject({ delivery: { state: 'delivered', attempts: 1 }, attempts: [{ number: 1 }, { number: 2 }, { number: 3 }] });
    const requests = world.sink.at(path);
    expect(new Set(requests.map(({ headers, body }) => JSON.stringify([headers['webhook-id'], body.toString()]))).size).toBe(1);
    expect(requests).toHaveLength(3);
  });

  it('does nothing for what is delivered, unknown, or another organisation’s', async () => {
    const { deliveryId } = await pending();
    const other = await world.tenant();
    await world.worker().run(other.tenantId, deliveryId, never);
    expect(world.sink.at(path)).toHaveLength(0);
    await world.work();
    await world.worker().run(tenantId, deliveryId, never);
    await world.worker().run(tenantId, randomUUID(), never);
    expect(world.sink.at(path)).toHaveLength(1);
    expect(await types(other.tenantId)).toEqual([]);
  });

  /** A sender that first lets something happen while the receiver is asked. */
  const meanwhile = (happen: () => Promise<unknown>): WebhookSender => ({
    async send(message, signal) {
      const answer = await world.sender.send(message, signal);
      await happen();
      return answer;
    },
  });

  it('takes it where the endpoint is deleted while its receiver is asked', async () => {
    const { deliveryId, endpointId } = await pending();
    const worker = world.worker(world.fresh.store, meanwhile(() => world.endpoints.delete(caller, endpointId)));
    await worker.run(tenantId, deliveryId, never);
    await expect(delivery(deliveryId)).rejects.toMatchObject({ kind: 'not-found' });
    expect(await world.dueCount(tenantId)).toBe(0);
    await worker.run(tenantId, deliveryId, never);
  });

  it('leaves what was abandoned meanwhile, unless the receiver has it', async () => {
    answering(500);
    const first = await pending();
    await world.worker(world.fresh.store, meanwhile(() => world.endpoints.disable(caller, first.endpointId))).run(tenantId, first.deliveryId, never);
    expect(await delivery(first.deliveryId)).toMatchObject({ state: 'abandoned' });
    expect((await world.deliveries.get(caller, first.deliveryId)).attempts).toHaveLength(1);
    expect(await world.dueCount(tenantId)).toBe(0);

    answering(500, 200);
    await world.endpoints.enable(caller, first.endpointId);
    await world.deliveries.resend(caller, first.deliveryId);
    await world.worker(world.fresh.store, meanwhile(() => world.endpoints.disable(caller, first.endpointId))).run(tenantId, first.deliveryId, never);
    expect(await delivery(first.deliveryId)).toMatchObject({ state: 'delivered' });
  });

  it('lets a late failure change nothing of the attempt that came after it', async () => {
    answering(500, 200);
    const { deliveryId } = await pending();
    const second = world.worker();
    await world
      .worker(world.fresh.store, meanwhile(() => (world.sink.at(path).length === 1 ? second.run(tenantId, deliveryId, never) : Promise.resolve())))
      .run(tenantId, deliveryId, never);
    expect(await world.deliveries.get(caller, deliveryId)).toMatchObject({ delivery: { state: 'delivered', attempts: 1, lastStatus: 200 }, attempts: [{ number: 1, status: 200 }, { number: 2, status: 500 }] });
    expect(await world.dueCount(tenantId)).toBe(0);
  });

  it('gives a delivery back at the worker’s end, as if it had not been tried', async () => {
    world.sink.script = () => 'hang';
    const { deliveryId } = await pending();
    const end = new AbortController();
    const running = world.worker().run(tenantId, deliveryId, end.signal);
    await expect.poll(() => world.sink.at(path).length).toBe(1);
    end.abort(new Error('shutting down'));
    await expect(running).rejects.toThrow('shutting down');
    expect(await world.deliveries.get(caller, deliveryId)).toMatchObject({ delivery: { state: 'pending', attempts: 0 }, attempts: [] });
    world.sink.script = () => ({ status: 200 });
    await world.work();
    expect(await delivery(deliveryId)).toMatchObject({ state: 'delivered', attempts: 1 });
  });

  it('counts nothing against an endpoint whose secret cannot be opened', async () => {
    const { deliveryId, endpointId } = await pending();
    await world.fresh.store.inTenant(tenantId, async (tx) => {
      const other = await world.endpoint(caller, '/other');
      await tx.endpoints.update(endpointId, { sealedSecrets: other.endpoint.sealedSecrets });
    });
    await expect(world.worker().run(tenantId, deliveryId, never)).rejects.toThrow(/sealed/);
    expect(await world.deliveries.get(caller, deliveryId)).toMatchObject({ delivery: { state: 'pending', attempts: 0 }, attempts: [] });
    expect(world.sink.at(path)).toEqual([]);
    expect(await world.dueCount(tenantId)).toBe(1);
  });

  describe('lanes', () => {
    /** Endpoints with deliveries that wait. */
    async function backlog(name: string, count: number): Promise<readonly string[]> {
      const { endpoint } = await world.endpoint(caller, `${path}/${name}`, { mode: 'each', eventTypes: ['finding.opened'] });
      await world.happen(tenantId, clusterId, { names: Array.from({ length: count }, (_, i) => `${name}${i}`) });
      await world.dispatcher().run(tenantId, never);
      await world.endpoints.update(caller, endpoint.id, { eventTypes: ['scan.failed'] });
      return (await world.deliveries.list(caller, { endpointId: endpoint.id }, { first: 100 })).edges.map(({ node }) => node.id);
    }

    it('have at most four deliveries under way to one endpoint, and a hanging one does not hold up another', async () => {
      let underWay = 0;
      let most = 0;
      world.sink.script = async (request) => {
        if (request.path.endsWith('/fast')) return { status: 200 };
        most = Math.max(most, ++underWay);
        setTimeout(() => underWay--, 380);
        return 'hang';
      };
      const slow = await backlog('slow', 30);
      const fast = await backlog('fast', 10);
      const worker = world.worker();
      const began = Date.now();
      const hanging = Promise.all(slow.slice(0, 20).map((id) => worker.run(tenantId, id, never)));
      await Promise.all(fast.map((id) => worker.run(tenantId, id, never)));
      expect(world.sink.at(`${path}/fast`)).toHaveLength(10);
      await hanging;
      expect(Date.now() - began).toBeLessThan(4_000);
      expect(most).toBeLessThanOrEqual(4);
      // Turned away, not tried: their schedule has not begun.
      const states = await Promise.all(slow.map((id) => delivery(id)));
      expect(states.filter(({ attempts }) => attempts === 0).length).toBeGreaterThanOrEqual(24);
    });

    it('ask one that fails for one delivery at a time', async () => {
      answering(500);
      const { endpointId } = await pending();
      await world.work();
      expect((await endpoint(endpointId)).failingSince).not.toBeNull();
      let underWay = 0;
      let most = 0;
      const sender: WebhookSender = {
        async send() {
          most = Math.max(most, ++underWay);
          await new Promise((resolve) => setTimeout(resolve, 30));
          underWay--;
          return { kind: 'answered', status: 500 };
        },
      };
      for (let i = 0; i < 6; i++) await world.happen(tenantId, clusterId, { names: [] });
      await world.dispatcher().run(tenantId, never);
      const ids = (await world.deliveries.list(caller, { endpointId, state: 'pending' }, { first: 100 })).edges.map(({ node }) => node.id);
      const worker = world.worker(world.fresh.store, sender);
      await Promise.all(ids.map((id) => worker.run(tenantId, id, never)));
      expect(most).toBe(1);
    });

    it('go on with what waits for the endpoint, so that one job empties a backlog', async () => {
      const ids = await backlog('steady', 40);
      await world.worker().run(tenantId, ids.at(-1)!, never);
      expect(new Set(world.sink.at(`${path}/steady`).map(({ headers }) => headers['webhook-id']))).toEqual(new Set(ids));
      expect(world.sink.at(`${path}/steady`)).toHaveLength(40);
    });

    it('end their turn after a while, and leave the next delivery due', async () => {
      const ids = await backlog('turn', 5);
      await world.worker(world.fresh.store, world.sender, { ...sendDeliveryDefaults, turnMs: 0 }).run(tenantId, ids[0]!, never);
      expect(world.sink.at(`${path}/turn`)).toHaveLength(1);
      const { rows } = await world.admin.query(`select from bulwark.due_work where tenant_id = $1 and topic = 'delivery.send' and due_at <= now() and enqueued_at is null`, [tenantId]);
      expect(rows.length).toBeGreaterThan(0);
      await world.work();
      expect(world.sink.at(`${path}/turn`)).toHaveLength(5);
    });

    it('stop asking an endpoint as soon as it fails', async () => {
      world.sink.script = (_, count) => ({ status: count <= 3 ? 200 : 500 });
      const ids = await backlog('breaking', 20);
      await world.worker().run(tenantId, ids[0]!, never);
      expect(world.sink.at(`${path}/breaking`)).toHaveLength(4);
    });

    it('send nothing twice where many workers empty one backlog', async () => {
      const ids = await backlog('shared', 60);
      await world.timePasses(tenantId);
      const jobs = (await world.fresh.store.claimDueWork(100, 60_000)).filter((job) => job.topic === 'delivery.send' && job.tenantId === tenantId);
      expect(jobs).toHaveLength(60);
      const workers = Array.from({ length: 4 }, () => world.worker());
      await Promise.all(jobs.map(({ subjectId }, i) => workers[i % 4]!.run(tenantId, subjectId, never)));
      await world.timePasses(tenantId);
      await world.work();
      const sent = world.sink.at(`${path}/shared`).map(({ headers }) => String(headers['webhook-id']));
      expect(sent.toSorted()).toEqual(ids.toSorted());
    });
  });
});
