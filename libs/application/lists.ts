import { invalid } from './app-error.js';
import { Cursors, type CursorParts } from './cursor.js';
import type { Page, PageRequest, Slice, Sliced, TimeKey } from './paging.js';

const DEFAULT_FIRST = 50;
const MOST = 100;

/** One kind of list: its stable name, and its rows' place as parts of a cursor. */
export interface ListKind<K> {
  readonly name: string;
  toParts(key: K): CursorParts;
  fromParts(parts: CursorParts): K;
}

/** A list that is ordered newest first. */
export const byTime = (name: string): ListKind<TimeKey> => ({
  name,
  toParts: ({ at, id }) => [at.getTime(), id],
  fromParts: ([at, id]) => ({ at: new Date(Number(at)), id: String(id) }),
});

/** Turns what callers ask into slices of the store, and slices into pages with signed cursors. */
export class Lists {
  private readonly cursors: Cursors;

  constructor(cursorKey: Uint8Array) {
    this.cursors = new Cursors(cursorKey);
  }

  slice<K>(kind: ListKind<K>, tenantId: string, { first = DEFAULT_FIRST, after }: PageRequest): Slice<K> {
    if (!Number.isInteger(first) || first < 1 || first > MOST) {
      throw invalid('bad-page-size', `Ask for 1 to ${MOST} at a time.`, [{ pointer: '/first', detail: `a whole number from 1 to ${MOST}` }]);
    }
    return after === undefined ? { first } : { first, after: kind.fromParts(this.cursors.read(kind.name, tenantId, after)) };
  }

  page<K, T>(kind: ListKind<K>, tenantId: string, request: PageRequest, { items, hasMore }: Sliced<T>, keyOf: (item: T) => K): Page<T> {
    const edges = items.map((node) => ({ node, cursor: this.cursors.write(kind.name, tenantId, kind.toParts(keyOf(node))) }));
    return { edges, hasNextPage: hasMore, endCursor: edges.at(-1)?.cursor ?? request.after ?? null };
  }
}
