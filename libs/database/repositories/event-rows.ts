import { randomUUID } from 'node:crypto';
import type { Event, EventType, NewEvent } from '#application/events/event.js';
import type { Slice, Sliced } from '#application/paging.js';
import type { EventRepository } from '#application/ports/store.js';
import { isUuid } from '#application/uuid-from.js';
import { BulkColumns } from '../binary-arrays.js';
import { inTurn, json, sql } from '../sql.js';
import { DueWorkRows } from './due-work-rows.js';
import type { TenantScope } from './tenant-rows.js';

/** As the driver gives it: a bigint is text, and the data's beginning may stand apart. */
type EventRow = Omit<Event, 'position'> & { readonly position: string; readonly about: Event['data'] | null };

const position = 's.first_position + e.ordinal';

const columns = `e.tenant_id as "tenantId", ${position} as position, e.id, e.type, coalesce(s.cluster_id, e.cluster_id) as "clusterId", coalesce(s.scan_id, e.scan_id) as "scanId",
  e.finding_id as "findingId", e.severity, e.is_baseline as "isBaseline", s.about, e.data, s.created_at as "createdAt"`;

/** Of segment `s`, which may be swept in part. */
const firstLeft = 's.first_position + (select min(ordinal) from bulwark.events where segment_id = s.id)';

/** Of the latest segment before `$1`. */
const lastBefore = 'select last_position from bulwark.event_segments where created_at < $1 order by created_at desc, last_position desc limit 1';

const toEvent = ({ about, ...row }: EventRow): Event => ({ ...row, position: Number(row.position), data: { ...about, ...row.data } });

/** Places that are gone through at once for events of some types. */
const SEARCHED_AT_ONCE = 10_000;

/** What is said once for all events of a segment. */
interface Context {
  readonly clusterId: string | null;
  readonly scanId: string | null;
  readonly about: string | null;
}

/** Events of one transaction that say the same of cluster and scan: only together have they places in the feed. */
interface Segment extends Context {
  readonly id: string;
  count: number;
}

const isSame = (a: Context, b: Context): boolean => a.clusterId === b.clusterId && a.scanId === b.scanId && a.about === b.about;

export class EventRows implements EventRepository {
  private readonly dueWork: DueWorkRows;
  private readonly columns = new BulkColumns();
  /** What is written and has no places yet, in its order. */
  private segments: Segment[] = [];

  constructor(private readonly scope: TenantScope) {
    this.dueWork = new DueWorkRows(scope);
  }

  async write(events: Iterable<NewEvent>): Promise<void> {
    for (const { context, items } of inContexts(events)) await this.writeInto(this.segmentOf(context), items);
  }

  private segmentOf(context: Context): Segment {
    const last = this.segments.at(-1);
    if (last && isSame(last, context)) return last;
    const segment = { id: randomUUID(), count: 0, ...context };
    this.segments.push(segment);
    return segment;
  }

  private async writeInto(segment: Segment, events: Iterable<NewEvent>): Promise<void> {
    const { tenantId, runner } = this.scope;
    const values = this.columns.batches(events, ({ id, type, findingId, severity, isBaseline, data }) => [id, type, findingId, severity, `${isBaseline}`, json(data)]);
    await inTurn(values, ({ count, columns: cells }) => {
      const first = segment.count;
      segment.count += count;
      return sql(
        runner,
        `insert into bulwark.events (tenant_id, segment_id, ordinal, id, type, finding_id, severity, is_baseline, data)
         select $1, $2, $3 + ordinality - 1, id::uuid, type, finding_id::uuid, severity, is_baseline::bool, data::json
         from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) with ordinality as e (id, type, finding_id, severity, is_baseline, data, ordinality)`,
        [tenantId, segment.id, first, ...cells],
      );
    });
  }

  async append(events: Iterable<NewEvent>, traceparent?: string): Promise<void> {
    const { tenantId, runner } = this.scope;
    await this.write(events);
    // Events of a segment may have broken off before there was one.
    const segments = this.segments.filter(({ count }) => count > 0);
    if (segments.length === 0) return;
    // Before the feed's row, in the order in which a dispatcher that appends itself takes the two locks.
    await this.dueWork.schedule([{ topic: 'events.dispatch', subjectId: tenantId, ...(traceparent === undefined ? {} : { traceparent }) }]);
    const total = segments.reduce((sum, { count }) => sum + count, 0);
    let last = (await this.takePositions(total)) - total;
    const lasts = segments.map(({ count }) => (last += count));
    // The clock after the lock, and not the transaction's start: later positions are then never earlier in time.
    await sql(
      runner,
      `insert into bulwark.event_segments (tenant_id, id, first_position, last_position, created_at, cluster_id, scan_id, about)
       select $1, id, last - count + 1, last, clock_timestamp(), cluster_id, scan_id, about
       from unnest($2::uuid[], $3::int[], $4::bigint[], $5::uuid[], $6::uuid[], $7::json[]) as s (id, count, last, cluster_id, scan_id, about)`,
      [tenantId, segments.map(({ id }) => id), segments.map(({ count }) => count), lasts, segments.map(({ clusterId }) => clusterId), segments.map(({ scanId }) => scanId), segments.map(({ about }) => about)],
    );
    this.segments = [];
  }

  /** The last of as many; the feed's row stays locked until the transaction ends. */
  private async takePositions(count: number): Promise<number> {
    const { rows } = await sql<{ last_position: string }>(this.scope.runner, 'update bulwark.event_feeds set last_position = last_position + $1 returning last_position', [count]);
    if (!rows[0]) throw new Error('the organisation has no event feed');
    return Number(rows[0].last_position);
  }

  /** Stretch by stretch: a query never goes through more of the feed than that, however much there is and whatever is looked for. */
  async after(place: number, limit: number, { types }: { readonly types?: readonly EventType[] } = {}): Promise<readonly Event[]> {
    const { first, last } = await this.placesAfter(place);
    const length = types ? Math.max(limit, SEARCHED_AT_ONCE) : limit;
    const found: Event[] = [];
    for (let from = Math.max(place, first - 1); from < last && found.length < limit; from += length) {
      found.push(...(await this.stretch({ from, to: from + length, limit: limit - found.length, types })));
    }
    return found;
  }

  /** Of the first segment that has any behind a place, the first that is left of it; of the feed, its last. */
  private async placesAfter(place: number): Promise<{ readonly first: number; readonly last: number }> {
    const { rows } = await sql<{ first: string | null; last: string | null }>(
      this.scope.runner,
      `select (select ${firstLeft} from bulwark.event_segments s where last_position > $1 order by last_position limit 1) as first, (select last_position from bulwark.event_feeds) as last`,
      [place],
    );
    const { first = null, last = null } = rows[0] ?? {};
    return first === null ? { first: 0, last: 0 } : { first: Number(first), last: Number(last) };
  }

  /** In places `from` + 1 to `to`, which is as many segments at most. */
  private async stretch({ from, to, limit, types }: { readonly from: number; readonly to: number; readonly limit: number; readonly types: readonly EventType[] | undefined }): Promise<readonly Event[]> {
    const { rows } = await sql<EventRow>(
      this.scope.runner,
      // With limits of their own the inner queries stay ones that go along an index, whatever the planner knows of the tables.
      `select ${columns} from (select * from bulwark.event_segments where last_position > $1 order by last_position limit $4) s cross join lateral (
         select * from bulwark.events
         where segment_id = s.id and ordinal > $1 - s.first_position and ordinal <= $2 - s.first_position${types ? ' and type = any($5)' : ''}
         order by ordinal limit $3
       ) e
       where s.first_position <= $2 order by s.last_position, e.ordinal limit $3`,
      [from, to, limit, to - from, ...(types ? [[...types]] : [])],
    );
    return rows.map(toEvent);
  }

  async get(id: string): Promise<Event | undefined> {
    if (!isUuid(id)) return undefined;
    const { rows } = await sql<EventRow>(this.scope.runner, `select ${columns} from bulwark.events e join bulwark.event_segments s on s.id = e.segment_id where e.id = $1`, [id]);
    return rows[0] && toEvent(rows[0]);
  }

  async lastPosition(): Promise<number> {
    const { rows } = await sql<{ last_position: string }>(this.scope.runner, 'select last_position from bulwark.event_feeds');
    return Number(rows[0]?.last_position ?? 0);
  }

  async positionAt(time: Date): Promise<number> {
    const { rows } = await sql<{ last_position: string }>(this.scope.runner, lastBefore, [time]);
    return Number(rows[0]?.last_position ?? 0);
  }

  async ofFinding(findingId: string, { first, after }: Slice<number>): Promise<Sliced<Event>> {
    const { rows } = await sql<EventRow>(
      this.scope.runner,
      `select ${columns} from bulwark.events e join bulwark.event_segments s on s.id = e.segment_id
       where e.finding_id = $1${after === undefined ? '' : ` and ${position} < $3`} order by ${position} desc limit $2`,
      [findingId, first + 1, ...(after === undefined ? [] : [after])],
    );
    return { items: rows.slice(0, first).map(toEvent), hasMore: rows.length > first };
  }

  async deleteBefore(time: Date, limit: number): Promise<number> {
    const { rows } = await sql<{ last: string }>(
      this.scope.runner,
      `select least(
         oldest.position + $2 - 1,
         coalesce((${lastBefore}), 0),
         (select last_position from bulwark.event_feeds) - 1,
         (select min(position) from bulwark.webhook_endpoints where is_enabled)
       ) as last
       from (
         select ${firstLeft} as position from bulwark.event_segments s order by last_position limit 1
       ) oldest`,
      [time, limit],
    );
    if (!rows[0]) return 0;
    const { affected } = await sql(
      this.scope.runner,
      `delete from bulwark.events where (segment_id, ordinal) in (
         select e.segment_id, e.ordinal from (select * from bulwark.event_segments order by last_position limit $2) s cross join lateral (
           select segment_id, ordinal from bulwark.events where segment_id = s.id and ordinal <= $1 - s.first_position order by ordinal limit $2
         ) e
         where s.first_position <= $1)`,
      [rows[0].last, limit],
    );
    await sql(this.scope.runner, 'delete from bulwark.event_segments where last_position <= $1', [rows[0].last]);
    return affected;
  }
}

/** Events that come one after the other and say the same of cluster and scan, each such row to be gone through before the next is asked for. */
function* inContexts(events: Iterable<NewEvent>): Generator<{ readonly context: Context; readonly items: Iterable<NewEvent> }> {
  const iterator = events[Symbol.iterator]();
  let next = iterator.next();
  let about: NewEvent['about'];
  let context: Context | undefined;
  const contextOf = (event: NewEvent): Context => {
    const { clusterId, scanId } = event;
    // Most share the object too.
    if (context && event.about === about && clusterId === context.clusterId && scanId === context.scanId) return context;
    about = event.about;
    const other = { clusterId, scanId, about: json(about) };
    return (context = context && isSame(context, other) ? context : other);
  };
  try {
    while (next.done !== true) {
      const own = contextOf(next.value);
      yield {
        context: own,
        items: (function* () {
          for (; next.done !== true && contextOf(next.value) === own; next = iterator.next()) yield next.value;
        })(),
      };
    }
  } finally {
    iterator.return?.();
  }
}
