import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Severity } from '#controls/engine/control.js';
import { foundFailure } from '#findings/found-failure.js';
import type { FindingTransition } from '#findings/reconcile.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { Caller } from '../caller.js';
import { Cursors } from '../cursor.js';
import { EventsService } from '../events/events.service.js';
import { Lists } from '../lists.js';
import { SweepOrganisation } from '../retention/sweep-organisation.js';
import { uuidFrom } from '../uuid-from.js';
import type { FindingFilter, FindingOrder } from './finding.js';
import { FindingsService } from './findings.service.js';

const severities: readonly Severity[] = ['low', 'critical', 'medium', 'high', 'info'];

function opened(i: number): FindingTransition & { readonly failure: NonNullable<FindingTransition['failure']> } {
  const controlId = i % 2 === 0 ? 'workloads/privileged' : 'network/default-deny-ingress';
  const resource = { group: '', kind: i % 3 === 0 ? 'Namespace' : 'Pod', namespace: i % 3 === 0 ? '' : 'shop', name: `name_${i}%` };
  const key = `${controlId}|${resource.kind}/${resource.namespace}/${resource.name}|`;
  const severity = severities[i % 5]!;
  return { transition: 'opened', key, controlId, sequence: 1, severity, digest: 'd', failure: foundFailure({ key, resource, part: '', severity, message: `m${i}`, basis: 'cluster', risk: (i * 13) % 40, surroundings: 'internet|node|' }) };
}

const cursorKey = randomBytes(32);

describe('findings', () => {
  let fresh: FreshStore;
  let caller: Caller;
  let other: Caller;
  let clusterId: string;
  let findings: FindingsService;
  let events: EventsService;

  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'));
    const lists = new Lists(cursorKey);
    findings = new FindingsService(fresh.store, lists);
    events = new EventsService(fresh.store, lists);
    const scopes = new Set(['findings:read', 'events:read'] as const);
    caller = new Caller(await fresh.organisation(), 'key', scopes);
    other = new Caller(await fresh.organisation(), 'key', scopes);
    clusterId = await fresh.cluster(caller.tenantId);
    await fresh.store.inTenant(caller.tenantId, async (tx) => {
      const changes = Array.from({ length: 30 }, (_, i) => opened(i));
      const context = { clusterId, scanId: randomUUID(), isBaseline: false };
      await tx.findings.apply({ ...context, at: new Date(1_000) }, changes.slice(0, 20), []);
      await tx.findings.apply({ ...context, at: new Date(2_000) }, changes.slice(20), []);
      await tx.events.append(changes.map(({ key, severity }) => ({
        id: randomUUID(), type: 'finding.opened', clusterId, scanId: null, findingId: uuidFrom('finding', caller.tenantId, clusterId, key), severity, isBaseline: false, data: {},
      })));
    });
  });
  afterAll(() => fresh.drop());

  const all = async (filter: FindingFilter, first: number, as = caller, order?: FindingOrder) => {
    const found = [];
    for (let after: string | undefined, more = true; more; ) {
      const page = await findings.list(as, filter, { first, ...(after === undefined ? {} : { after }) }, order);
      found.push(...page.edges.map(({ node }) => node));
      after = page.endCursor ?? undefined;
      more = page.hasNextPage;
    }
    return found;
  };

  it('come worst first, then latest change first, in pages of any size', async () => {
    const rank = { critical: 4, high: 3, medium: 2, low: 1, info: 0 };
    for (const by of ['risk', 'severity'] as const) {
      const whole = await all({}, 100, caller, by);
      expect(whole).toHaveLength(30);
      const order = whole.map(({ severity, risk, changedAt }) => ((by === 'risk' ? 0 : rank[severity]) * 1_000 + risk) * 10_000 + changedAt.getTime());
      expect(order).toEqual(order.toSorted((a, b) => b - a));
      for (const first of [1, 7, 30]) expect((await all({}, first, caller, by)).map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
    }
    const byRisk = await findings.list(caller, {}, { first: 3 });
    await expect(findings.list(caller, {}, { first: 3, after: byRisk.endCursor! }, 'severity')).rejects.toMatchObject({ reason: 'bad-cursor' });
  });

  it.each([
    [{ minRisk: 30 }, 9], [{ minSeverity: 'high' }, 12], [{ minSeverity: 'info' }, 30], [{ layer: 'network' }, 15], [{ controlId: 'workloads/privileged' }, 15], [{ namespace: 'shop' }, 20],
    [{ namespace: '' }, 10], [{ kind: 'Namespace' }, 10], [{ search: 'NAME_1' }, 11], [{ search: '%' }, 30], [{ search: '_29%' }, 1], [{ search: '\\' }, 0],
    [{ state: 'resolved' }, 0], [{ layer: 'network', minSeverity: 'critical', kind: 'Pod' }, 2], [{ clusterId: 'x' }, 0],
  ] as const)('are filtered by %j', async (filter, count) => {
    expect(await all(filter, 100)).toHaveLength(count);
    expect(await all(filter, 100, other)).toHaveLength(0);
  });

  it('refuse a filter that no object can meet, and a cursor of another list', async () => {
    await expect(findings.list(caller, { search: 'x'.repeat(300) }, {})).rejects.toMatchObject({ reason: 'invalid-filter', errors: [{ pointer: '/search' }] });
    await expect(findings.list(caller, { kind: 'a\0' }, {})).rejects.toMatchObject({ reason: 'invalid-filter' });
    const { endCursor } = await events.feed(caller, { first: 1 });
    await expect(findings.list(caller, {}, { after: endCursor! })).rejects.toMatchObject({ reason: 'bad-cursor' });
  });

  it.each(['risk', 'severity'] as const)('by %s refuse a cursor of a release that had another place in them', async (order) => {
    const after = new Cursors(cursorKey).write(`findings-by-${order}`, caller.tenantId, [3, 2_000, randomUUID()]);
    await expect(findings.list(caller, {}, { after }, order)).rejects.toMatchObject({ reason: 'bad-cursor' });
  });

  it('have their history, which others do not find', async () => {
    const [finding] = await all({}, 1);
    const history = await findings.history(caller, finding!.id, {});
    expect(history.edges.map(({ node }) => node.type)).toEqual(['finding.opened']);
    await expect(findings.get(other, finding!.id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(findings.history(other, finding!.id, {})).rejects.toMatchObject({ kind: 'not-found' });
    expect(await findings.getMany(other, [finding!.id])).toEqual([]);
    expect(await findings.getMany(caller, [finding!.id, 'no id'])).toHaveLength(1);
  });

  describe('in the feed', () => {
    it('are read on from a cursor or a position, and the end keeps the place', async () => {
      const first = await events.feed(caller, { first: 20 });
      const second = await events.feed(caller, { first: 20, after: first.endCursor! });
      expect([...first.edges, ...second.edges].map(({ node }) => node.position)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
      expect([first.hasNextPage, second.hasNextPage]).toEqual([true, false]);
      const end = await events.feed(caller, { after: second.endCursor! });
      expect(end).toEqual({ edges: [], hasNextPage: false, endCursor: second.endCursor });
      expect((await events.feed(caller, { after: '29' })).edges.map(({ node }) => node.position)).toEqual([30]);
      expect((await events.feed(caller, { types: ['scan.failed'] })).edges).toEqual([]);
    });

    it('are nobody else’s', async () => {
      const { edges } = await events.feed(caller, { first: 1 });
      await expect(events.get(other, edges[0]!.node.id)).rejects.toMatchObject({ kind: 'not-found' });
      await expect(events.feed(other, { after: edges[0]!.cursor })).rejects.toMatchObject({ reason: 'bad-cursor' });
    });

    it('go after their time, except the latest, and the sweep is due again', async () => {
      await fresh.store.inTenant(caller.tenantId, (tx) => tx.dueWork.schedule([{ topic: 'retention.sweep', subjectId: caller.tenantId }]));
      const now = new Date(Date.now() + 5_000);
      await new SweepOrganisation(fresh.store, { rewrap: () => undefined }, { keepMs: 0, uploadMs: 0, everyMs: 60_000 }).run(caller.tenantId, new AbortController().signal, now);
      expect((await events.feed(caller, {})).edges.map(({ node }) => node.position)).toEqual([30]);
      const work = await fresh.store.inTenant(caller.tenantId, (tx) => tx.dueWork.get('retention.sweep', caller.tenantId));
      expect(work?.dueAt).toEqual(new Date(now.getTime() + 60_000));
      expect(await all({}, 100)).toHaveLength(30);
    });
  });
});
