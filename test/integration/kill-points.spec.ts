import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { uuidFrom } from '#application/uuid-from.js';
import { findRedis, startTestRedis, type TestRedis } from '#test/support/redis.js';
import { build } from '#test/support/topology.js';
import { webhookSink, type Received, type WebhookSink } from '#test/support/webhook-sink.js';
import { eventsIn } from '#test/support/webhook-world.js';
import { evidence } from './support/kill-evidence.js';
import { KillLane, type Story } from './support/kill-lane.js';
import { killPoints } from './support/kill-point.js';
import { eventsOf, storedStory } from './support/stored-story.js';

/** Opens, then resolves some and regresses others, then reopens. */
const evidences = [evidence([0, 1, 2, 3, 4]), evidence([0, 1, 5, 6]), evidence([0, 2, 5, 7])];
const stories = 10;
const lanes = 3;

describe('a worker process that is killed', () => {
  let redis: TestRedis | undefined;
  let sink: WebhookSink;
  const open: KillLane[] = [];
  const free: KillLane[] = [];
  const waiting: ((lane: KillLane) => void)[] = [];
  let calm: Story;
  let calmState: Awaited<ReturnType<typeof storedStory>>;
  const deaths: string[] = [];

  beforeAll(async () => {
    build();
    const found = findRedis();
    redis = found.kind === 'none' ? undefined : await startTestRedis(found);
    if (found.kind === 'none') console.warn(`The queue is on Postgres: ${found.reason}.`);
    sink = await webhookSink();
    for (let i = 0; i < lanes; i++) open.push(await KillLane.open(`lane-${i}`, inject('postgresAdminUrl'), redis?.url, sink));
    sink.script = (received) => {
      for (const lane of open) lane.onRequest(received);
      return { status: 200 };
    };
    free.push(...open);
    calm = await open[0]!.story(evidences);
    calmState = await storedStory(open[0]!.admin, calm.tenantId);
  }, 120_000);
  afterAll(async () => {
    await Promise.all(open.map((lane) => lane.close()));
    await sink?.close();
    await redis?.stop();
  });

  async function onSomeLane<T>(work: (lane: KillLane) => Promise<T>): Promise<T> {
    const lane = free.pop() ?? (await new Promise<KillLane>((resolve) => waiting.push(resolve)));
    try {
      return await work(lane);
    } finally {
      const next = waiting.shift();
      if (next) next(lane);
      else free.push(lane);
    }
  }

  /** Nothing lost, nothing invented, every event under its own id, every duplicate the same message. */
  async function check(lane: KillLane, tenantId: string): Promise<void> {
    const events = await eventsOf(lane.admin, tenantId);
    expect(events.map(({ position }) => position)).toEqual(events.map((_, i) => i + 1));
    for (const { id, type, clusterId, scanId, data: { finding } } of events) {
      expect(id).toBe(finding ? uuidFrom('event', tenantId, clusterId, finding.key, finding.transition, finding.sequence) : uuidFrom('event', tenantId, scanId, type));
    }
    const wanted = {
      each: events.filter(({ type, severity }) => type === 'scan.completed' || severity === 'critical'),
      batch: events,
    };
    for (const [name, expected] of Object.entries(wanted)) {
      const messages = new Map<string, Received>();
      for (const received of sink.at(`/${tenantId}/${name}`)) {
        const id = String(received.headers['webhook-id']);
        const first = messages.get(id) ?? messages.set(id, received).get(id)!;
        expect(received.body.equals(first.body), `two bodies under ${id}`).toBe(true);
      }
      const told = [...messages.values()].flatMap(({ body }) => eventsIn(body)).map(({ id, type, position }) => ({ id, type, position }));
      expect(told.toSorted((a, b) => a.position - b.position)).toEqual(expected.map(({ id, type, position }) => ({ id, type, position })));
    }
  }

  it('has something to lose: every transition, several messages, several reads of the upload', async () => {
    await check(open[0]!, calm.tenantId);
    const events = await eventsOf(open[0]!.admin, calm.tenantId);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['finding.opened', 'finding.resolved', 'finding.regressed', 'finding.reopened', 'scan.completed']));
    expect(calm.stages).toHaveLength(6);
    for (const [i, { statements, requests }] of calm.stages.entries()) {
      if (i % 2 === 1) expect(requests).toBeGreaterThanOrEqual(4);
      else expect(statements.filter((text) => text.includes('snapshot_chunks')).length).toBeGreaterThan(1);
    }
    expect(calmState['dueWork']).toEqual([]);
  });

  it.concurrent.each(Array.from({ length: stories }, (_, i) => i))('leaves what an undisturbed one leaves (story %i, six deaths)', async (index) => {
    await onSomeLane(async (lane) => {
      const points = killPoints(index, stories, calm.stages);
      const story = await lane.story(evidences, points);
      deaths.push(...story.deaths);
      expect(story.deaths).toHaveLength(points.length);
      await check(lane, story.tenantId);
      expect(await storedStory(lane.admin, story.tenantId), story.deaths.join('\n')).toEqual(calmState);
    });
  }, 400_000);

  it('died everywhere: before, between and after', () => {
    expect(deaths).toHaveLength(6 * stories);
    const places = {
      begin: /^scan: .*(set attempts = attempts \+ 1|set generation|"scans" SET "state")/, read: /^scan: .*snapshot_chunks/, judge: /^scan: while it judged, after (?!insert|update bulwark\.(findings|control))/, persist: /(findings|control_(states|results)|event_feeds|bulwark\.events)/,
      commit: /^scan: before COMMIT/, acknowledge: /^scan: after COMMIT/, dispatch: /"webhook_endpoints"|"deliveries"/, send: /while the receiver/, record: /when the answer/,
    };
    for (const [name, place] of Object.entries(places)) expect(deaths.filter((how) => place.test(how)), `${name} of\n${deaths.toSorted().join('\n')}`).not.toEqual([]);
    expect(deaths.filter((how) => how.includes(': at the end')).length).toBeLessThan(10);
  });

  it('that was only stopped, and wakes up when another has done its work, writes nothing', async () => {
    const [lane] = open as [KillLane];
    const { tenantId, lastWords } = await lane.overtaken(evidences[0]!);
    expect(lastWords).toBe('job left to another attempt');
    await check(lane, tenantId);
    const undisturbed = await lane.story([evidences[0]!]);
    expect(await storedStory(lane.admin, tenantId)).toEqual(await storedStory(lane.admin, undisturbed.tenantId));
  });
});
