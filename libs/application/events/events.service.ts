import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import type { ListKind, Lists } from '../lists.js';
import type { Page, PageRequest } from '../paging.js';
import type { Store } from '../ports/store.js';
import type { Event, EventType } from './event.js';

const feed: ListKind<number> = { name: 'events', toParts: (position) => [position], fromParts: ([position]) => Number(position) };

export class EventsService {
  constructor(
    private readonly store: Store,
    private readonly lists: Lists,
  ) {}

  /**
   * What happened after a place in the feed, in order and without gaps. `after` is a cursor, or the position of an
   * event as webhooks carry it. `endCursor` of an empty page is the place asked with: keep it and ask again.
   */
  async feed(caller: Caller, request: PageRequest & { readonly types?: readonly EventType[] }): Promise<Page<Event>> {
    caller.may('events:read');
    const position = request.after !== undefined && /^\d{1,15}$/.test(request.after) ? Number(request.after) : undefined;
    const { after: _position, ...withoutPosition } = request;
    const slice = this.lists.slice(feed, caller.tenantId, position === undefined ? request : withoutPosition);
    const events = await this.store.inTenant(caller.tenantId, (tx) =>
      tx.events.after(position ?? slice.after ?? 0, slice.first + 1, request.types ? { types: request.types } : {}),
    );
    const found = { items: events.slice(0, slice.first), hasMore: events.length > slice.first };
    return this.lists.page(feed, caller.tenantId, request, found, (event) => event.position);
  }

  /** Where the feed ends now; 0 before the first event. */
  async lastPosition(caller: Caller): Promise<number> {
    caller.may('events:read');
    return this.store.inTenant(caller.tenantId, (tx) => tx.events.lastPosition());
  }

  async get(caller: Caller, id: string): Promise<Event> {
    caller.may('events:read');
    const event = await this.store.inTenant(caller.tenantId, (tx) => tx.events.get(id));
    if (!event) throw notFound('event');
    return event;
  }
}
