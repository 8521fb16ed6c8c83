import type { Event, EventType, NewEvent } from '#application/events/event.js';
import type { Slice, Sliced } from '#application/paging.js';
import type { EventRepository } from '#application/ports/store.js';
import { isUuid } from '#application/uuid-from.js';
import { EventEntity } from '../entities/event.entity.js';
import { inTurn, json, sql } from '../sql.js';
import { textColumns } from '../binary-arrays.js';
import { DueWorkRows } from './due-work-rows.js';
import { sliced, type TenantScope } from './tenant-rows.js';

export class EventRows implements EventRepository {
  private readonly dueWork: DueWorkRows;

  constructor(private readonly scope: TenantScope) {
    this.dueWork = new DueWorkRows(scope);
  }

  async append(events: Iterable<NewEvent>, traceparent?: string): Promise<void> {
    const { tenantId, runner } = this.scope;
    let isScheduled = false;
    const values = textColumns(events, ({ id, type, clusterId, scanId, findingId, severity, isBaseline, data }) => [id, type, clusterId, scanId, findingId, severity, `${isBaseline}`, json(data)]);
    await inTurn(values, async ({ count, columns }) => {
      // Before the feed's row, in the order in which a dispatcher that appends itself takes the two locks.
      if (!isScheduled) await this.dueWork.schedule([{ topic: 'events.dispatch', subjectId: tenantId, ...(traceparent === undefined ? {} : { traceparent }) }]);
      isScheduled = true;
      const position = await this.takePositions(count);
      // The clock after the lock, and not the transaction's start: later positions are then never earlier in time.
      await sql(
        runner,
        `insert into bulwark.events (tenant_id, position, id, type, cluster_id, scan_id, finding_id, severity, is_baseline, data, created_at)
         select $1, $2 + ordinality - 1, id::uuid, type, cluster_id::uuid, scan_id::uuid, finding_id::uuid, severity, is_baseline::bool, data::json, clock_timestamp()
         from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) with ordinality
           as e (id, type, cluster_id, scan_id, finding_id, severity, is_baseline, data, ordinality)`,
        [tenantId, position, ...columns],
      );
    });
  }

  /** The first of as many; the feed's row stays locked until the transaction ends. */
  private async takePositions(count: number): Promise<number> {
    const { rows } = await sql<{ first: string }>(
      this.scope.runner,
      'update bulwark.event_feeds set last_position = last_position + $1 returning last_position - $1 + 1 as first',
      [count],
    );
    if (!rows[0]) throw new Error('the organisation has no event feed');
    return Number(rows[0].first);
  }

  async after(position: number, limit: number, filter: { readonly types?: readonly EventType[] } = {}): Promise<readonly Event[]> {
    const query = this.scope.manager.createQueryBuilder(EventEntity, 'row').where('row.position > :position', { position });
    if (filter.types) query.andWhere('row.type = any(:types)', { types: [...filter.types] });
    return query.orderBy('row.position', 'ASC').limit(limit).getMany();
  }

  async get(id: string): Promise<Event | undefined> {
    if (!isUuid(id)) return undefined;
    return (await this.scope.manager.findOneBy(EventEntity, { id })) ?? undefined;
  }

  async lastPosition(): Promise<number> {
    const { rows } = await sql<{ last_position: string }>(this.scope.runner, 'select last_position from bulwark.event_feeds');
    return Number(rows[0]?.last_position ?? 0);
  }

  async positionAt(time: Date): Promise<number> {
    const { rows } = await sql<{ position: string }>(
      this.scope.runner,
      'select position from bulwark.events where created_at < $1 order by created_at desc, position desc limit 1',
      [time],
    );
    return Number(rows[0]?.position ?? 0);
  }

  async ofFinding(findingId: string, { first, after }: Slice<number>): Promise<Sliced<Event>> {
    const query = this.scope.manager.createQueryBuilder(EventEntity, 'row').where('row.findingId = :findingId', { findingId });
    if (after !== undefined) query.andWhere('row.position < :after', { after });
    return sliced(query.orderBy('row.position', 'DESC'), first);
  }

  async deleteBefore(time: Date, limit: number): Promise<number> {
    const { affected } = await sql(
      this.scope.runner,
      `delete from bulwark.events where position in (
         select position from bulwark.events
         where created_at < $1 and position < (select last_position from bulwark.event_feeds)
           and position <= all (select position from bulwark.webhook_endpoints where is_enabled)
         order by created_at limit $2)`,
      [time, limit],
    );
    return affected;
  }
}
