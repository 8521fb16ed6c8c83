import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { NewEvent } from '#application/events/event.js';
import type { NewEndpoint } from '#application/webhooks/endpoint.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';

const event = (data: Readonly<Record<string, unknown>> = {}): NewEvent => ({
  id: randomUUID(), type: 'scan.completed', clusterId: null, scanId: null, findingId: null, severity: null, isBaseline: false, data,
});

describe('the event feed', () => {
  let fresh: FreshStore;
  let tenantId: string;
  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'), 25);
    tenantId = await fresh.organisation();
  });
  afterAll(() => fresh.drop());

  it('has no gaps and shows positions in the order of commits, with 20 writers at once', async () => {
    const writing = new AbortController();
    const reader = (async () => {
      const seen: number[] = [];
      // A reader that goes on from the last position it saw must miss nothing.
      for (let last = 0; !writing.signal.aborted || last < (await fresh.store.inTenant(tenantId, (tx) => tx.events.lastPosition())); ) {
        const events = await fresh.store.inTenant(tenantId, (tx) => tx.events.after(last, 1_000));
        seen.push(...events.map(({ position }) => position));
        last = seen.at(-1) ?? 0;
      }
      return seen;
    })();

    const written = await Promise.all(
      Array.from({ length: 20 }, async (_, writer) => {
        let count = 0;
        for (let round = 0; round < 8; round++) {
          const size = 1 + ((writer + round) % 4);
          const fails = (writer + round) % 5 === 0;
          const write = fresh.store.inTenant(tenantId, async (tx) => {
            await tx.events.append(Array.from({ length: size }, () => event()));
            await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
            if (fails) throw new Error('rolled back');
          });
          if (fails) await expect(write).rejects.toThrow('rolled back');
          else {
            await write;
            count += size;
          }
        }
        return count;
      }),
    );
    writing.abort();
    const total = written.reduce((sum, count) => sum + count, 0);
    expect(await reader).toEqual(Array.from({ length: total }, (_, i) => i + 1));
  });

  it('has times that never go back along positions', async () => {
    const events = await fresh.store.inTenant(tenantId, (tx) => tx.events.after(0, 10_000));
    const times = events.map(({ createdAt }) => createdAt.getTime());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('refuses the same event twice, with everything that was written beside it', async () => {
    const twice = event();
    await fresh.store.inTenant(tenantId, (tx) => tx.events.append([twice]));
    const last = await fresh.store.inTenant(tenantId, (tx) => tx.events.lastPosition());
    await expect(fresh.store.inTenant(tenantId, (tx) => tx.events.append([event(), twice]))).rejects.toMatchObject({ code: '23505' });
    expect(await fresh.store.inTenant(tenantId, (tx) => tx.events.lastPosition())).toBe(last);
  });

  it('makes dispatch due once, and again for events written while a dispatcher works', async () => {
    const other = await fresh.organisation();
    const dispatch = () => fresh.store.inTenant(other, (tx) => tx.dueWork.get('events.dispatch', other));
    await fresh.store.inTenant(other, (tx) => tx.events.append([event()]));
    await fresh.store.inTenant(other, (tx) => tx.events.append([event()]));
    let seen = 0;
    let writer: Promise<void> = Promise.resolve();
    await fresh.store.inTenant(other, async (tx) => {
      await tx.dueWork.lock('events.dispatch', other);
      seen = (await tx.events.after(0, 10)).length;
      writer = fresh.store.inTenant(other, (inner) => inner.events.append([event()]));
      await new Promise((resolve) => setTimeout(resolve, 50));
      await tx.dueWork.complete('events.dispatch', other);
    });
    await writer;
    expect(seen).toBe(2);
    expect(await dispatch()).toBeDefined();
  });

  it('keeps the latest event whatever its age', async () => {
    const other = await fresh.organisation();
    await fresh.store.inTenant(other, (tx) => tx.events.append([event(), event(), event()]));
    const later = new Date(Date.now() + 1_000);
    expect(await fresh.store.inTenant(other, (tx) => tx.events.positionAt(later))).toBe(3);
    expect(await fresh.store.inTenant(other, (tx) => tx.events.deleteBefore(later, 100))).toBe(2);
    expect((await fresh.store.inTenant(other, (tx) => tx.events.after(0, 10))).map(({ position }) => position)).toEqual([3]);
  });

  it('keeps what an endpoint that is enabled has not heard of, whatever its age', async () => {
    const other = await fresh.organisation();
    const endpoint = (position: number, isEnabled: boolean): NewEndpoint => ({
      id: randomUUID(), url: 'https://hooks.example', description: '', eventTypes: null, minSeverity: null, clusterLabels: null, payload: 'full', mode: 'batch',
      includeBaseline: false, sealedSecrets: Buffer.alloc(1), isEnabled, isInsecure: false, disabledReason: null, position, failingSince: null,
    });
    await fresh.store.inTenant(other, async (tx) => {
      await tx.endpoints.insert(endpoint(2, true));
      await tx.endpoints.insert(endpoint(0, false));
      await tx.events.append([event(), event(), event(), event()]);
    });
    await fresh.store.inTenant(other, (tx) => tx.events.deleteBefore(new Date(Date.now() + 1_000), 100));
    expect((await fresh.store.inTenant(other, (tx) => tx.events.after(0, 10))).map(({ position }) => position)).toEqual([3, 4]);
  });

  it('tells by type', async () => {
    const other = await fresh.organisation();
    await fresh.store.inTenant(other, (tx) => tx.events.append([event(), { ...event(), type: 'scan.failed' }, event()]));
    const events = await fresh.store.inTenant(other, (tx) => tx.events.after(0, 10, { types: ['scan.failed'] }));
    expect(events.map(({ position }) => position)).toEqual([2]);
  });
});
