import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { NewEvent } from '#application/events/event.js';
import type { NewEndpoint } from '#application/webhooks/endpoint.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';

const event = (data: Readonly<Record<string, unknown>> = {}): NewEvent => ({
  id: randomUUID(), type: 'scan.completed', clusterId: null, scanId: null, findingId: null, severity: null, isBaseline: false, data,
});

describe('the event feed', () => {
  let fresh: FreshStore;
  let admin: pg.Client;
  let tenantId: string;
  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'), 25);
    admin = new pg.Client({ connectionString: fresh.adminUrl });
    await admin.connect();
    tenantId = await fresh.organisation();
  });
  afterAll(async () => {
    await admin.end();
    await fresh.drop();
  });

  const segments = async (tenant: string): Promise<number> => (await admin.query<{ count: number }>('select count(*)::int as count from bulwark.event_segments where tenant_id = $1', [tenant])).rows[0]!.count;

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

  it('gives what was written ahead its places with what is appended, and holds nobody up before', async () => {
    const other = await fresh.organisation();
    const of = (scan: number) => ({ ...event({ scan }), findingId: finding });
    const finding = randomUUID();
    await fresh.store.inTenant(other, async (tx) => {
      await tx.events.write([of(1), of(1)]);
      await fresh.store.inTenant(other, (inner) => inner.events.append([of(2), of(2)]));
      await tx.events.write([of(1)]);
      expect((await tx.events.after(0, 10)).map(({ data }) => data)).toEqual([{ scan: 2 }, { scan: 2 }]);
      await tx.events.append([of(1)]);
      await tx.events.append([of(3)]);
    });
    // Never appended: in nobody's feed.
    const lost = of(4);
    await expect(fresh.store.inTenant(other, async (tx) => {
      await tx.events.write([lost]);
      throw new Error('rolled back');
    })).rejects.toThrow('rolled back');
    const feed = await fresh.store.inTenant(other, (tx) => tx.events.after(0, 10));
    expect(feed.map(({ position, data }) => [position, data['scan']])).toEqual([[1, 2], [2, 2], [3, 1], [4, 1], [5, 1], [6, 1], [7, 3]]);
    for (const [i, { id, position }] of feed.entries()) {
      expect((await fresh.store.inTenant(other, (tx) => tx.events.get(id)))?.position).toBe(i + 1);
      expect((await fresh.store.inTenant(other, (tx) => tx.events.after(position, 2))).map((next) => next.position)).toEqual([position + 1, position + 2].filter((next) => next <= 7));
    }
    const history = async (after?: number) => (await fresh.store.inTenant(other, (tx) => tx.events.ofFinding(finding, { first: 3, ...(after !== undefined && { after }) })));
    expect([await history(), await history(5), await history(2)].map(({ items, hasMore }) => [items.map(({ position }) => position), hasMore])).toEqual([[[7, 6, 5], true], [[4, 3, 2], true], [[1], false]]);
  });

  it('says once what events that come one after the other say together, and gives each all of it', async () => {
    const other = await fresh.organisation();
    const [clusterId, scanId] = [randomUUID(), randomUUID()];
    // Each with an object of its own.
    const of = (name: string, more: number): NewEvent => ({ ...event({ more }), clusterId, scanId, about: { cluster: { name }, scan: { id: scanId } } });
    await fresh.store.inTenant(other, async (tx) => {
      await tx.events.write([of('a', 1), of('a', 2)]);
      await tx.events.append([of('a', 3), of('b', 4), event({ more: 5 }), { ...event({ more: 6 }), clusterId }, of('b', 7)]);
      await tx.events.append([of('b', 8)]);
    });
    const feed = await fresh.store.inTenant(other, (tx) => tx.events.after(0, 20));
    const about = (name: string) => ({ cluster: { name }, scan: { id: scanId } });
    const told = [[about('a'), 1], [about('a'), 2], [about('a'), 3], [about('b'), 4], [{}, 5], [{}, 6], [about('b'), 7], [about('b'), 8]] as const;
    // As text: what is said together comes first.
    expect(feed.map(({ data }) => JSON.stringify(data))).toEqual(told.map(([beginning, more]) => JSON.stringify({ ...beginning, more })));
    expect(feed.map((one) => [one.position, one.clusterId === clusterId, one.scanId === scanId])).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((position) => [position, position !== 5, position !== 5 && position !== 6]));
    for (const one of feed) expect(await fresh.store.inTenant(other, (tx) => tx.events.get(one.id))).toEqual(one);
    expect(await segments(other)).toBe(6);
    const { rows } = await admin.query<{ text: string }>('select data::text as text from bulwark.events where tenant_id = $1', [other]);
    expect(rows.map(({ text }) => text).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((more) => JSON.stringify({ more })));
  });

  it('is swept in pieces of segments, oldest first, and of their segments nothing is left', async () => {
    const other = await fresh.organisation();
    const append = (count: number) => fresh.store.inTenant(other, (tx) => tx.events.append(Array.from({ length: count }, () => event())));
    for (const count of [3, 1, 4, 2]) await append(count);
    const later = new Date(Date.now() + 1_000);
    const sweep = () => fresh.store.inTenant(other, (tx) => tx.events.deleteBefore(later, 2));
    const left = async () => (await fresh.store.inTenant(other, (tx) => tx.events.after(0, 20))).map(({ position }) => position);
    expect(await sweep()).toBe(2);
    expect(await left()).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
    expect([await sweep(), await sweep(), await sweep(), await sweep(), await sweep()]).toEqual([2, 2, 2, 1, 0]);
    expect(await left()).toEqual([10]);
    expect(await segments(other)).toBe(1);
    await append(1);
    expect([await sweep(), await left(), await segments(other)]).toEqual([1, [11], 1]);
  });

  it('is read at once behind a large segment that was swept but for its last event', async () => {
    const other = await fresh.organisation();
    await fresh.store.inTenant(other, (tx) => tx.events.append(Array.from({ length: 3_000 }, () => event())));
    const later = new Date(Date.now() + 1_000);
    expect(await fresh.store.inTenant(other, (tx) => tx.events.deleteBefore(later, 5_000))).toBe(2_999);
    const statements = vi.spyOn(pg.Client.prototype, 'query');
    expect((await fresh.store.inTenant(other, (tx) => tx.events.after(0, 1))).map(({ position }) => position)).toEqual([3_000]);
    // Not one for each place that is empty.
    expect(statements.mock.calls.length).toBeLessThan(10);
    statements.mockRestore();
  });

  it('keeps nothing of events that broke off while they were made', async () => {
    const other = await fresh.organisation();
    await fresh.store.inTenant(other, async (tx) => {
      const broken = function* (about?: NewEvent['about']) {
        yield { ...event({ kept: false }), ...(about && { about }) };
        throw new Error('broken off');
      };
      await expect(tx.events.write(broken())).rejects.toThrow('broken off');
      await expect(tx.events.write(broken({ cluster: 'a' }))).rejects.toThrow('broken off');
      await tx.events.append([]);
      await tx.events.append([event({ kept: true })]);
    });
    await fresh.store.inTenant(other, (tx) => tx.events.append([event({ kept: true })]));
    const feed = await fresh.store.inTenant(other, (tx) => tx.events.after(0, 10));
    expect(feed.map(({ position, data }) => [position, data])).toEqual([[1, { kept: true }], [2, { kept: true }]]);
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
