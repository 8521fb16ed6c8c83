import type { Event } from '../events/event.js';
import { uuidFrom } from '../uuid-from.js';
import type { NewDelivery } from './delivery.js';
import { isFindingEvent, wants } from './endpoint-filter.js';
import type { Endpoint } from './endpoint.js';
import { batchBody, batchOverhead, eventJson, LARGEST_BODY, type PayloadContext } from './payload.js';

/** Most events of one delivery. */
export const LARGEST_BATCH = 100;

interface Written {
  readonly event: Event;
  readonly json: string;
}

/**
 * The deliveries by which an endpoint learns of events, in the feed's order; every event that it wants is in exactly
 * one. On a `batch` endpoint neighbouring finding events share one, also where there is only one of them; everything
 * else goes out alone.
 *
 * A delivery's id follows from the endpoint, the events and the form: the same id never has two bodies.
 */
export function draftDeliveries(endpoint: Endpoint, events: readonly Event[], context: PayloadContext, at: Date): readonly NewDelivery[] {
  const written = events.filter((event) => wants(endpoint, event)).map((event) => ({ event, json: eventJson(event, endpoint.payload, context) }));
  return grouped(written, endpoint.mode).map((group) => draft(endpoint, group, at));
}

function grouped(written: readonly Written[], mode: Endpoint['mode']): readonly (readonly Written[])[] {
  const groups: Written[][] = [];
  let open: Written[] | undefined;
  let bytes = 0;
  for (const item of written) {
    if (mode === 'each' || !isFindingEvent(item.event)) {
      groups.push([item]);
      open = undefined;
      continue;
    }
    const size = Buffer.byteLength(item.json);
    if (open && open.length < LARGEST_BATCH && bytes + size + batchOverhead(open.length + 1) <= LARGEST_BODY) {
      open.push(item);
      bytes += size;
    } else {
      open = [item];
      bytes = size;
      groups.push(open);
    }
  }
  return groups;
}

function draft({ id: endpointId, mode, payload }: Endpoint, group: readonly Written[], at: Date): NewDelivery {
  const [first, last] = [group[0]!, group.at(-1)!];
  const isBatch = mode === 'batch' && isFindingEvent(first.event);
  return {
    id: uuidFrom('delivery', endpointId, isBatch ? 'batch' : 'event', payload, ...group.map(({ event }) => event.id)),
    endpointId,
    eventType: isBatch ? 'batch' : first.event.type,
    eventCount: group.length,
    firstPosition: first.event.position,
    lastPosition: last.event.position,
    body: isBatch ? batchBody(group.map(({ json }) => json), last.event.createdAt) : Buffer.from(first.json),
    state: 'pending',
    attempts: 0,
    nextAttemptAt: at,
    finishedAt: null,
    lastStatus: null,
    lastError: null,
  };
}
