import type { Store, TenantTransaction } from '../ports/store.js';
import { draftDeliveries } from './draft-deliveries.js';
import type { PayloadContext } from './payload.js';

/** Events read at once: the most that one transaction turns into deliveries. */
const PAGE = 500;

/** Deliveries of a page that are due at once. Whoever sends them goes on with the others. */
const FIRST_DUE = 4;

const OTHERS_DUE_MS = 60_000;

/**
 * The worker's use case: makes the deliveries of an organisation's new events. What an endpoint has heard of is its
 * position in the feed, which moves in the transaction that makes the deliveries: none is forgotten, none made twice,
 * whenever this is broken off and however many run it.
 */
export class DispatchEvents {
  constructor(
    private readonly store: Store,
    /** Asked for where there is something to tell. */
    private readonly payloads: () => Promise<PayloadContext>,
    private readonly now: () => Date = () => new Date(),
    /** When the others are due by themselves, in case the workers that would have gone on with them died. */
    private readonly othersDueMs: number = OTHERS_DUE_MS,
  ) {}

  /** `signal` is the worker's own end: the rest goes back to the queue. */
  async run(tenantId: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const behind = await this.store.inTenant(tenantId, endpointsBehind);
      if (behind.length === 0) return;
      const payloads = await this.payloads();
      const errors: unknown[] = [];
      for (const endpointId of behind) {
        try {
          while (!signal.aborted && (await this.store.inTenant(tenantId, (tx) => this.page(tx, endpointId, payloads))));
        } catch (error) {
          // The other endpoints are to hear of it all the same.
          errors.push(error);
        }
      }
      if (errors.length === 1) throw errors[0];
      if (errors.length > 1) throw new AggregateError(errors, `${errors.length} endpoints could not be dispatched to`);
      if (signal.aborted) {
        await this.store.inTenant(tenantId, (tx) => tx.dueWork.giveBack('events.dispatch', tenantId));
        signal.throwIfAborted();
      }
    }
  }

  /** Whether the endpoint has more to hear. */
  private async page(tx: TenantTransaction, endpointId: string, payloads: PayloadContext): Promise<boolean> {
    const endpoint = await tx.endpoints.lock(endpointId);
    if (!endpoint?.isEnabled) return false;
    const events = await tx.events.after(endpoint.position, PAGE);
    const last = events.at(-1);
    if (!last) return false;

    const at = this.now();
    const deliveries = draftDeliveries(endpoint, events, payloads, at);
    // There already are those only that a replay tells again; they keep their bodies.
    await tx.deliveries.revive(deliveries.map(({ id }) => id));
    await tx.deliveries.insertMany(deliveries);
    const traceparent = (await tx.dueWork.get('events.dispatch', tx.tenantId))?.traceparent;
    const later = new Date(at.getTime() + this.othersDueMs);
    await tx.dueWork.schedule(
      deliveries.map(({ id }, i) => ({ topic: 'delivery.send', subjectId: id, ...(i < FIRST_DUE ? {} : { dueAt: later }), ...(traceparent ? { traceparent } : {}) })),
    );
    await tx.endpoints.track(endpointId, { position: last.position });
    await tx.dueWork.touch('events.dispatch', tx.tenantId);
    return events.length === PAGE;
  }
}

/**
 * Ids of the endpoints that have not heard of everything; where there are none, the work is done. Whoever appends to the
 * feed or moves an endpoint back makes the work due in the same transaction: it waits for our lock, or we see what it did.
 */
async function endpointsBehind(tx: TenantTransaction): Promise<readonly string[]> {
  const work = await tx.dueWork.lock('events.dispatch', tx.tenantId);
  if (!work) return [];
  const last = await tx.events.lastPosition();
  const behind = (await tx.endpoints.enabled()).filter(({ position }) => position < last).map(({ id }) => id);
  if (behind.length === 0) await tx.dueWork.complete('events.dispatch', tx.tenantId);
  else await tx.dueWork.touch('events.dispatch', tx.tenantId);
  return behind;
}
