import { invalid, notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import { byTime, type Lists } from '../lists.js';
import type { Page, PageRequest } from '../paging.js';
import type { Store } from '../ports/store.js';
import type { Delivery, DeliveryAttempt, DeliveryState } from './delivery.js';
import { endpointDisabled } from './endpoint-disabled.js';

/** A delivery as lists show it. */
export type DeliveryEntry = Omit<Delivery, 'body'>;

export interface DeliveryWithAttempts {
  readonly delivery: Delivery;
  /** In order, as far back as deliveries are kept. */
  readonly attempts: readonly DeliveryAttempt[];
}

/** Where a replay begins. */
export type ReplayFrom =
  /** With the first event after this position of the feed; 0: with the first that is kept. */
  | { readonly position: number }
  /** With the first event at this time or later. */
  | { readonly time: Date };

/** What a replay tells again: events after `after`, up to `upTo`. */
export interface Replay {
  readonly after: number;
  readonly upTo: number;
}

const list = byTime('deliveries');

/** The log of what was sent, and how to send it again. */
export class DeliveriesService {
  constructor(
    private readonly store: Store,
    private readonly lists: Lists,
  ) {}

  /** Newest first. */
  async list(caller: Caller, filter: { readonly endpointId?: string; readonly state?: DeliveryState }, request: PageRequest): Promise<Page<DeliveryEntry>> {
    caller.may('webhooks:read');
    const slice = this.lists.slice(list, caller.tenantId, request);
    const deliveries = await this.store.inTenant(caller.tenantId, async (tx) => {
      if (filter.endpointId !== undefined && !(await tx.endpoints.get(filter.endpointId))) throw notFound('webhook');
      return tx.deliveries.list(filter, slice);
    });
    return this.lists.page(list, caller.tenantId, request, deliveries, ({ createdAt, id }) => ({ at: createdAt, id }));
  }

  async get(caller: Caller, id: string): Promise<DeliveryWithAttempts> {
    caller.may('webhooks:read');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const delivery = await tx.deliveries.get(id);
      if (!delivery) throw notFound('delivery');
      return { delivery, attempts: await tx.deliveries.attempts(id) };
    });
  }

  /** Sends it once more, now: the same id, the same bytes, and all its retries anew. */
  async resend(caller: Caller, id: string, traceparent?: string): Promise<Delivery> {
    caller.may('webhooks:write');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const { endpointId } = found(await tx.deliveries.get(id));
      // The endpoint first, as everybody takes these locks.
      if (!(await tx.endpoints.lock(endpointId))?.isEnabled) throw endpointDisabled();
      found(await tx.deliveries.lock(id));
      await tx.dueWork.schedule([{ topic: 'delivery.send', subjectId: id, dueAt: new Date(), ...(traceparent === undefined ? {} : { traceparent }) }]);
      return found(await tx.deliveries.update(id, { state: 'pending', attempts: 0, nextAttemptAt: new Date(), finishedAt: null }));
    });
  }

  /**
   * Tells an endpoint again what happened since a place in the feed, by its present filters. Deliveries that were made
   * of the same events before are sent under the same id; events carry their own id in any case.
   */
  async replay(caller: Caller, endpointId: string, from: ReplayFrom, traceparent?: string): Promise<Replay> {
    caller.may('webhooks:write');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const endpoint = await tx.endpoints.lock(endpointId);
      if (!endpoint) throw notFound('webhook');
      if (!endpoint.isEnabled) throw endpointDisabled();
      const upTo = await tx.events.lastPosition();
      const after = 'position' in from ? from.position : await tx.events.positionAt(from.time);
      if (!Number.isSafeInteger(after) || after < 0 || after > upTo) {
        throw invalid('invalid-replay', 'There is nothing to replay from there.', [{ pointer: '/position', detail: `a position of the feed, 0 to ${upTo}` }]);
      }
      // Never forward: what it has not heard of yet, it is to hear of.
      await tx.endpoints.track(endpointId, { position: Math.min(after, endpoint.position) });
      await tx.dueWork.schedule([{ topic: 'events.dispatch', subjectId: caller.tenantId, ...(traceparent === undefined ? {} : { traceparent }) }]);
      return { after: Math.min(after, endpoint.position), upTo };
    });
  }
}

function found<T>(delivery: T | undefined): T {
  if (!delivery) throw notFound('delivery');
  return delivery;
}
