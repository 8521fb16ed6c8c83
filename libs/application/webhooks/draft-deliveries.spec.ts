import { describe, expect, it } from 'vitest';
import type { Event, EventType } from '../events/event.js';
import { draftDeliveries, LARGEST_BATCH } from './draft-deliveries.js';
import type { Endpoint } from './endpoint.js';
import { LARGEST_BODY } from './payload.js';

const at = new Date('2026-11-24T10:00:00Z');
const endpoint: Endpoint = {
  id: '11111111-1111-4111-8111-111111111111', tenantId: 't', url: 'https://example.com', description: '', eventTypes: null, minSeverity: null, clusterLabels: null,
  payload: 'full', mode: 'batch', includeBaseline: false, sealedSecrets: Buffer.alloc(0), isEnabled: true, isInsecure: false, disabledReason: null, position: 0,
  failingSince: null, createdAt: at, updatedAt: at,
};
const context = {
  controlOf: (id: string) => (id === 'workloads/privileged' ? { id: 'workloads/privileged', title: 'The title', why: 'Because', remediation: 'Do this' } as const : undefined),
  publicUrl: 'https://bulwark.example',
};

function event(position: number, change: Partial<Event> = {}, message = 'runs privileged'): Event {
  const type: EventType = change.type ?? 'finding.opened';
  const isFinding = type.startsWith('finding.');
  return {
    tenantId: 't', position, id: `event-${position}`, type, clusterId: 'c', scanId: 's', findingId: isFinding ? `f${position}` : null,
    severity: isFinding ? 'high' : null, isBaseline: false, createdAt: new Date(at.getTime() + position),
    data: {
      cluster: { id: 'c', name: 'shop', labels: { team: 'a', env: 'prod' } },
      ...(isFinding ? { finding: { id: `f${position}`, controlId: 'workloads/privileged', message, resource: { group: '', kind: 'Pod', namespace: 'shop', name: 'x' } } } : {}),
    },
    ...change,
  };
}
const events = (count: number, message?: string): readonly Event[] => Array.from({ length: count }, (_, i) => event(i + 1, {}, message));
const bodyOf = ({ body }: { readonly body: Uint8Array }) => JSON.parse(Buffer.from(body).toString());
const draft = (change: Partial<Endpoint>, list: readonly Event[]) => draftDeliveries({ ...endpoint, ...change }, list, context, at);
const positions = (change: Partial<Endpoint>, list: readonly Event[]): readonly number[] =>
  draft(change, list).flatMap((delivery) => (delivery.eventType === 'batch' ? bodyOf(delivery).data.events : [bodyOf(delivery)]).map((told: { position: number }) => told.position));

describe('what is told', () => {
  it('says each event alone where the endpoint wants it so', () => {
    const [first, ...others] = draft({ mode: 'each' }, events(3));
    expect(others).toHaveLength(2);
    expect(first).toMatchObject({ eventType: 'finding.opened', eventCount: 1, firstPosition: 1, lastPosition: 1, state: 'pending', attempts: 0, nextAttemptAt: at });
    expect(bodyOf(first!)).toEqual({
      id: 'event-1', type: 'finding.opened', position: 1, timestamp: '2026-11-24T10:00:00.001Z',
      data: {
        cluster: { id: 'c', name: 'shop', labels: { team: 'a', env: 'prod' } }, clusterId: 'c', scanId: 's', findingId: 'f1', severity: 'high', isBaseline: false,
        links: {
          finding: 'https://bulwark.example/v1/findings/f1', scan: 'https://bulwark.example/v1/scans/s', cluster: 'https://bulwark.example/v1/clusters/c',
        },
        finding: {
          id: 'f1', controlId: 'workloads/privileged', message: 'runs privileged', resource: { group: '', kind: 'Pod', namespace: 'shop', name: 'x' },
          control: { id: 'workloads/privileged', title: 'The title', why: 'Because', remediation: 'Do this' },
        },
      },
    });
  });

  it('says of a regression which scans saw it pass and fail, and of a thin one nothing that it names', () => {
    const base = event(1);
    const regression = {
      before: { scanId: 's1', at: '2026-11-23T10:00:00.000Z', value: '127.0.0.1' }, after: { scanId: 's', at: '2026-11-24T10:00:00.000Z', value: '0.0.0.0' },
      changed: { resource: { group: '', kind: 'Node', namespace: '', name: 'w-1' }, part: '', subject: 'w-1', at: '--metrics-bind-address', source: 'flags', detail: null, patch: null },
    };
    const regressed = { ...base, type: 'finding.regressed' as const, data: { ...base.data, regression } };
    expect(bodyOf(draft({ mode: 'each' }, [regressed])[0]!).data.regression).toEqual(regression);
    const thin = draft({ mode: 'each', payload: 'thin' }, [regressed])[0]!;
    expect(bodyOf(thin).data.regression).toEqual({ before: { scanId: 's1', at: '2026-11-23T10:00:00.000Z' }, after: { scanId: 's', at: '2026-11-24T10:00:00.000Z' } });
    expect(Buffer.from(thin.body).toString()).not.toMatch(/w-1|0\.0\.0\.0|metrics/);
  });

  it('names nothing inside a cluster in a thin payload', () => {
    const [delivery] = draft({ mode: 'each', payload: 'thin' }, [event(1)]);
    expect(Object.keys(bodyOf(delivery!).data)).toEqual(['clusterId', 'scanId', 'findingId', 'severity', 'isBaseline', 'links']);
    expect(Buffer.from(delivery!.body).toString()).not.toMatch(/shop|privileged|Pod/);
  });

  it('gives the counts of a completed scan in a thin payload', () => {
    const data = { cluster: { name: 'shop' }, score: 40, findings: { opened: 7 }, coverage: { ratio: 1 } };
    const [delivery] = draft({ payload: 'thin' }, [event(1, { type: 'scan.completed', data })]);
    expect(bodyOf(delivery!)).toMatchObject({ type: 'scan.completed', data: { score: 40, findings: { opened: 7 }, coverage: { ratio: 1 } } });
  });

  it('still tells a finding whose control this release no longer knows', () => {
    const [delivery] = draft({ mode: 'each' }, [event(1, { data: { finding: { controlId: 'gone/control' } } })]);
    expect(bodyOf(delivery!).data.finding).toEqual({ controlId: 'gone/control' });
  });
});

describe('a batch', () => {
  it('joins neighbouring findings, also one alone, and leaves everything else single and in order', () => {
    const list = [event(1), event(2), event(3, { type: 'scan.completed' }), event(4), event(5, { type: 'cluster.unreachable' }), event(6, { type: 'scan.failed' })];
    const deliveries = draft({}, list);
    expect(deliveries.map(({ eventType, eventCount, firstPosition, lastPosition }) => [eventType, eventCount, firstPosition, lastPosition])).toEqual([
      ['batch', 2, 1, 2], ['scan.completed', 1, 3, 3], ['batch', 1, 4, 4], ['cluster.unreachable', 1, 5, 5], ['scan.failed', 1, 6, 6],
    ]);
    expect(bodyOf(deliveries[0]!)).toMatchObject({ type: 'batch', timestamp: list[1]!.createdAt.toISOString(), data: { events: [{ id: 'event-1', position: 1 }, { id: 'event-2', position: 2 }] } });
    expect(positions({}, list)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('holds at most 100 events', () => {
    expect(draft({ payload: 'thin' }, events(LARGEST_BATCH + 1)).every(({ eventCount }) => eventCount <= LARGEST_BATCH)).toBe(true);
    const tiny = events(250).map((item) => ({ ...item, data: {}, clusterId: null, scanId: null, findingId: null }));
    expect(draft({ payload: 'thin' }, tiny).map(({ eventCount }) => eventCount)).toEqual([100, 100, 50]);
  });

  it('has at most 20 KB, in bytes and not in characters, and loses none', () => {
    for (const message of ['short', 'ü'.repeat(300), '\u2028'.repeat(1_000), 'x'.repeat(4_000), '"\\\n'.repeat(1_500)]) {
      const deliveries = draft({}, events(120, message));
      for (const { body } of deliveries) expect(body.byteLength).toBeLessThanOrEqual(LARGEST_BODY);
      expect(deliveries.length).toBeGreaterThan(1);
      expect(positions({}, events(120, message))).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
    }
  });

  it('fills a batch up to the last byte', () => {
    const sizes = Array.from({ length: 40 }, (_, i) => draft({}, events(60, 'x'.repeat(i))).map(({ body }) => body.byteLength)).flat();
    expect(Math.max(...sizes)).toBeGreaterThan(LARGEST_BODY - 700);
  });

  it.each(['each', 'batch'] as const)('tells an event that is too large by itself thin, and says so (%s)', (mode) => {
    for (let length = 18_800; length < 20_000; length += 50) {
      const [delivery, ...others] = draft({ mode }, [event(1, {}, 'x'.repeat(length))]);
      expect(others).toEqual([]);
      expect(delivery!.body.byteLength).toBeLessThanOrEqual(LARGEST_BODY);
    }
    const [delivery] = draft({ mode: 'each' }, [event(1, {}, 'x'.repeat(50_000))]);
    expect(bodyOf(delivery!).data).toMatchObject({ isShortened: true, findingId: 'f1', links: { finding: expect.any(String) } });
  });
});

describe('filters', () => {
  const list = [
    event(1, { severity: 'critical' }), event(2, { severity: 'medium', type: 'finding.resolved' }), event(3, { severity: 'info' }), event(4, { type: 'scan.completed' }),
    event(5, { type: 'webhook.endpoint_disabled', clusterId: null, data: { endpointId: 'e' } }),
  ];

  it('lets everything through where there is none', () => expect(positions({}, list)).toEqual([1, 2, 3, 4, 5]));
  it('goes by type', () => expect(positions({ eventTypes: ['finding.resolved', 'scan.completed'] }, list)).toEqual([2, 4]));
  it('goes by least severity, where an event has one', () => {
    expect(positions({ minSeverity: 'medium' }, list)).toEqual([1, 2, 4, 5]);
    expect(positions({ minSeverity: 'critical' }, list)).toEqual([1, 4, 5]);
  });
  it('goes by all labels that the cluster had, and an event of no cluster has none', () => {
    expect(positions({ clusterLabels: { team: 'a' } }, list)).toEqual([1, 2, 3, 4]);
    expect(positions({ clusterLabels: { team: 'a', env: 'prod' } }, list)).toEqual([1, 2, 3, 4]);
    expect(positions({ clusterLabels: { team: 'b' } }, list)).toEqual([]);
    expect(positions({ clusterLabels: { constructor: 'a' } }, list)).toEqual([]);
  });
  it('leaves the findings of a first scan out unless asked for, and never its completion', () => {
    const baseline = [event(1, { isBaseline: true }), event(2, { isBaseline: true, type: 'scan.completed' }), event(3)];
    expect(positions({}, baseline)).toEqual([2, 3]);
    expect(positions({ includeBaseline: true }, baseline)).toEqual([1, 2, 3]);
  });
});

describe('a delivery’s id', () => {
  const ids = (change: Partial<Endpoint>, list: readonly Event[]): readonly string[] => draft(change, list).map(({ id }) => id);

  it('follows from endpoint, events and form', () => {
    expect(ids({}, events(5))).toEqual(ids({}, events(5)));
    const all = [ids({}, [event(1)]), ids({ payload: 'thin' }, [event(1)]), ids({ mode: 'each' }, [event(1)]), ids({ id: '2' }, [event(1)]), ids({}, events(2)), ids({}, events(3))];
    expect(new Set(all.flat()).size).toBe(all.length);
  });

  it('differs where the same range holds other events', () => {
    const list = [event(1), event(2, { severity: 'low' }), event(3)];
    expect(ids({ minSeverity: 'high' }, list)).not.toEqual(ids({}, list));
  });
});
