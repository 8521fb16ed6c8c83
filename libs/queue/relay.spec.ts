import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

import type { Job } from '#application/ports/job-queue.js';
import type { Log } from '#operations/log.js';

import { Relay } from './relay.js';
import type { RelayOptions } from './relay.js';

const jobOf = (id: string): Job => ({ id, topic: 'scan.run', tenantId: 't', subjectId: 's' });

describe('the relay', () => {
  let relay: Relay | undefined;
  afterEach(() => relay?.stop());

  /** Due work and a queue in memory, both of which can be away. */
  function world(options: Partial<RelayOptions> = {}) {
    const due: Job[] = [];
    const enqueued: string[] = [];
    const lines: string[] = [];
    const state = { isQueueAway: false, isStoreAway: false, claims: 0, attempts: 0 };
    const log: Log = { debug: () => undefined, info: (_, message) => void lines.push(message), warn: (_, message) => void lines.push(message), error: () => undefined, child: () => log };
    relay = new Relay(
      async (limit) => {
        state.claims += 1;
        if (state.isStoreAway) throw new Error('store away');
        return due.splice(0, limit);
      },
      {
        enqueue: async (jobs) => {
          state.attempts += 1;
          if (state.isQueueAway) throw new Error('queue away');
          enqueued.push(...jobs.map((job) => job.id));
        },
      },
      { log, intervalMs: 40, maxBackoffMs: 80, ...options },
    );
    return { relay, due, enqueued, lines, state };
  }

  it('enqueues what is due, in batches without a pause between full ones', async () => {
    const { relay, due, enqueued, state } = world({ batchSize: 2, intervalMs: 60_000 });
    due.push(...['1', '2', '3', '4', '5'].map(jobOf));
    relay.start();
    await sleep(50);
    expect(enqueued).toEqual(['1', '2', '3', '4', '5']);
    expect(state.claims).toBe(3);
  });

  it('polls at once when nudged, also when the nudge comes during a poll', async () => {
    const { relay, due, enqueued } = world({ intervalMs: 60_000 });
    relay.start();
    await sleep(20);
    due.push(jobOf('1'));
    relay.nudge();
    await sleep(20);
    expect(enqueued).toEqual(['1']);
  });

  it('does not forget a nudge that comes while it polls', async () => {
    let claims = 0;
    let release: () => void = () => undefined;
    const enqueued: string[] = [];
    const log: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => log };
    relay = new Relay(
      async () => {
        claims += 1;
        if (claims === 1) await new Promise<void>((resolve) => (release = resolve));
        return claims === 2 ? [jobOf('late')] : [];
      },
      { enqueue: async (jobs) => void enqueued.push(...jobs.map((job) => job.id)) },
      { log, intervalMs: 60_000 },
    );
    relay.start();
    await sleep(10);
    relay.nudge();
    release();
    await sleep(20);
    expect(enqueued).toEqual(['late']);
  });

  it('holds on to what it claimed while the queue is away, claims no more, and says so once', async () => {
    const { relay, due, enqueued, lines, state } = world();
    state.isQueueAway = true;
    due.push(jobOf('1'));
    relay.start();
    await sleep(400);
    expect(state.attempts).toBeGreaterThan(2);
    expect(state.claims).toBe(1);
    state.isQueueAway = false;
    await sleep(150);
    expect(enqueued).toEqual(['1']);
    expect(lines).toEqual(['relay cannot work; trying again until it can', 'relay works again']);
  });

  it('lets go of a claim that has run out, for it is not its own any more', async () => {
    const { relay, due, enqueued, state } = world({ claimMs: 100 });
    state.isQueueAway = true;
    due.push(jobOf('expired'));
    relay.start();
    await sleep(300);
    state.isQueueAway = false;
    await sleep(150);
    expect(enqueued).toEqual([]);
    expect(state.claims).toBeGreaterThan(1);
  });

  it('outlives a store that is away, and a nudge does not shorten the pauses', async () => {
    const { relay, due, enqueued, state } = world();
    state.isStoreAway = true;
    relay.start();
    for (let i = 0; i < 100; i += 1) {
      relay.nudge();
      await sleep(4);
    }
    expect(state.claims).toBeLessThan(20);
    due.push(jobOf('1'));
    state.isStoreAway = false;
    await sleep(150);
    expect(enqueued).toEqual(['1']);
  });

  it('stops after the poll under way, and can start again', async () => {
    const { relay, due, enqueued } = world({ intervalMs: 60_000 });
    relay.start();
    await relay.stop();
    due.push(jobOf('1'));
    await sleep(30);
    expect(enqueued).toEqual([]);
    relay.start();
    await sleep(30);
    expect(enqueued).toEqual(['1']);
  });
});
