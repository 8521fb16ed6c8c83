import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { crashingStore, KillSwitch } from '#test/support/crashing-store.js';
import { eventsIn, WebhookWorld } from '#test/support/webhook-world.js';
import type { WebhookSender } from '../ports/webhook-sender.js';
import { wants } from './endpoint-filter.js';
import type { Endpoint } from './endpoint.js';

/** Every so many places one is tried; `KILL_POINTS=all` tries them all, which takes minutes. */
const STEP = process.env.KILL_POINTS === 'all' ? 1 : 13;

/** A small generator with a seed, so that a failure can be seen again. */
function* numbers(seed: number, below: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield 1 + (state % below);
  }
}

describe('a worker that is killed', () => {
  let world: WebhookWorld;

  beforeAll(async () => {
    world = await WebhookWorld.open(inject('postgresAdminUrl'));
  });
  afterAll(() => world.close());

  /**
   * From events to receivers, with a worker that dies at given places and another that takes over each time. Every
   * first attempt at `/flaky` is refused; `/gone` answers 410.
   */
  async function story(kill: KillSwitch): Promise<{ readonly crashes: number; readonly ids: readonly string[] }> {
    const { tenantId, caller } = await world.tenant();
    const clusterId = await world.fresh.cluster(tenantId);
    const endpoints: Endpoint[] = [];
    for (const [name, input] of Object.entries({ flaky: { mode: 'each' }, batch: { payload: 'thin', minSeverity: 'medium' }, gone: { eventTypes: ['scan.completed'] } } as const)) {
      endpoints.push((await world.endpoint(caller, `/${tenantId}/${name}`, input)).endpoint);
    }
    const refused = new Set<string>();
    world.sink.script = ({ path, headers }) => {
      if (path.endsWith('/gone')) return { status: 410 };
      const id = String(headers['webhook-id']);
      if (!path.endsWith('/flaky') || refused.has(id)) return { status: 200 };
      refused.add(id);
      return { status: 500 };
    };
    await world.happen(tenantId, clusterId, { names: ['baseline'], isBaseline: true });
    await world.happen(tenantId, clusterId, { names: ['a', 'b'] });
    await world.happen(tenantId, clusterId, { names: ['a'], transition: 'resolved', severity: 'low' });

    const sender: WebhookSender = {
      async send(message, signal) {
        kill.pass();
        const answer = await world.sender.send(message, signal);
        kill.pass();
        return answer;
      },
    };
    let crashes = 0;
    for (let life = 0; (await world.dueCount(tenantId)) > 0; life++) {
      if (life > 100) throw new Error('the work does not end');
      const store = crashingStore(world.fresh.store, kill);
      try {
        await world.work(store, world.worker(store, sender));
      } catch (error) {
        if (!kill.isDead) throw error;
        kill.rise();
        crashes++;
      }
      await world.timePasses(tenantId);
    }
    const ids = await check(tenantId, endpoints);
    return { crashes, ids };
  }

  /** Nothing lost, nothing invented, every duplicate under its id; the ids of the deliveries, in terms of positions. */
  async function check(tenantId: string, endpoints: readonly Endpoint[]): Promise<readonly string[]> {
    const feed = await world.feed(tenantId);
    expect(feed.filter(({ type }) => type === 'webhook.endpoint_disabled')).toHaveLength(1);
    const shapes: string[] = [];
    for (const endpoint of endpoints) {
      const path = new URL(endpoint.url).pathname;
      const bodies = new Map<string, string>();
      for (const { headers, body } of world.sink.at(path)) {
        const id = String(headers['webhook-id']);
        expect(bodies.get(id) ?? body.toString()).toBe(body.toString());
        bodies.set(id, body.toString());
      }
      const told = [...bodies.values()].flatMap((body) => eventsIn(Buffer.from(body)));
      expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
      for (const { id, type, position } of told) expect(feed[position - 1]).toMatchObject({ id, type });
      const { rows } = await world.admin.query<{ state: string; first_position: string; last_position: string; attempts: number; logged: number }>(
        `select state, first_position, last_position, (select count(*)::int from bulwark.delivery_attempts a where a.delivery_id = d.id) as logged, attempts
         from bulwark.deliveries d where endpoint_id = $1 order by first_position`,
        [endpoint.id],
      );
      shapes.push(...rows.map(({ state, first_position, last_position }) => `${path.split('/').at(-1)} ${state} ${first_position}-${last_position}`));
      for (const { attempts, logged } of rows) expect(attempts).toBe(logged);
      if (path.endsWith('/gone')) continue;
      expect(rows.every(({ state }) => state === 'delivered')).toBe(true);
      expect(told.map(({ id }) => id).toSorted()).toEqual(feed.filter((event) => wants(endpoint, event)).map(({ id }) => id).toSorted());
    }
    return shapes.toSorted();
  }

  it('between any two statements two statements loses no event, invents none, and ends like one that was not', async () => {
    const undisturbed = new KillSwitch();
    const calm = await story(undisturbed);
    expect(undisturbed.places).toBeGreaterThan(100);
    // `gone` may be asked before or after the endpoint’s other deliveries; what the others got is the same to the byte range.
    const others = (ids: readonly string[]) => ids.filter((id) => !id.startsWith('gone'));
    for (let place = 1; place <= undisturbed.places; place += STEP) {
      const { crashes, ids } = await story(new KillSwitch(new Set([place])));
      expect(crashes, `place ${place}`).toBe(1);
      expect(others(ids).map((id) => id.replace(/ webhook.*/, '')), `place ${place}`).toEqual(others(calm.ids));
    }
  }, 240_000);

  it.each(Array.from({ length: 30 }, (_, i) => i + 1))('again and again (seed %i) loses no event and invents none', async (seed) => {
    const places = numbers(seed, 400);
    const kill = new KillSwitch(new Set(Array.from({ length: 12 }, () => places.next().value as number)));
    const { crashes } = await story(kill);
    expect(crashes).toBeGreaterThan(0);
  }, 60_000);
});
