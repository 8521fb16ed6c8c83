import type { Slice, Sliced, TimeKey } from '#application/paging.js';
import type { DeliveryRepository } from '#application/ports/store.js';
import {
  deliveryStates, type Delivery, type DeliveryAttempt, type DeliveryChange, type DeliveryState, type NewDelivery,
} from '#application/webhooks/delivery.js';
import { isUuid } from '#application/uuid-from.js';
import { DeliveryAttemptEntity } from '../entities/delivery-attempt.entity.js';
import { DeliveryEntity } from '../entities/delivery.entity.js';
import { batches, sql } from '../sql.js';
import { TenantRows, type TenantScope } from './tenant-rows.js';

/** Bodies are up to 20 KB or more each: this many at once stay within a few megabytes. */
const INSERT_BATCH = 250;

const withoutBody = [
  'tenantId', 'id', 'endpointId', 'eventType', 'eventCount', 'firstPosition', 'lastPosition', 'state', 'attempts', 'nextAttemptAt', 'createdAt',
  'finishedAt', 'lastStatus', 'lastError',
] as const satisfies readonly Exclude<keyof Delivery, 'body'>[];

export class DeliveryRows extends TenantRows<DeliveryEntity> implements DeliveryRepository {
  constructor(scope: TenantScope) {
    super(scope, DeliveryEntity);
  }

  async insertMany(deliveries: readonly NewDelivery[]): Promise<void> {
    for (const batch of batches(deliveries, INSERT_BATCH)) {
      const rows = batch.map((delivery) => ({ ...delivery, body: Buffer.from(delivery.body), tenantId: this.scope.tenantId }));
      await this.scope.manager.createQueryBuilder().insert().into(DeliveryEntity).values(rows).orIgnore().updateEntity(false).execute();
    }
  }

  async list({ endpointId, state }: { readonly endpointId?: string; readonly state?: DeliveryState }, slice: Slice<TimeKey>): Promise<Sliced<Omit<Delivery, 'body'>>> {
    const query = this.query().select(withoutBody.map((field) => `row.${field}`));
    if (endpointId !== undefined) {
      if (!isUuid(endpointId)) return { items: [], hasMore: false };
      query.andWhere('row.endpointId = :endpointId', { endpointId });
    }
    if (state !== undefined) query.andWhere('row.state = :state', { state });
    return this.newestFirst(query, 'createdAt', slice);
  }

  update(id: string, change: DeliveryChange): Promise<Delivery | undefined> {
    return this.updateRow(id, change);
  }

  async revive(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await sql(
      this.scope.runner,
      `update bulwark.deliveries set state = 'pending', attempts = 0, next_attempt_at = now(), finished_at = null
       where id = any($1::uuid[]) and state <> 'pending'`,
      [[...ids]],
    );
  }

  async claimNext(endpointId: string, leaseMs: number): Promise<string | undefined> {
    // The condition on the lease stands twice: another worker may have claimed the row between our reading and our lock.
    const { rows } = await sql<{ subject_id: string }>(
      this.scope.runner,
      `with next as materialized (
         select w.id from bulwark.deliveries d join bulwark.due_work w on w.topic = 'delivery.send' and w.subject_id = d.id
         where d.endpoint_id = $1 and d.state = 'pending' and d.next_attempt_at <= now()
           and (w.enqueued_at is null or w.enqueued_at < now() - $2 * interval '1 millisecond')
         order by d.next_attempt_at, d.last_position limit 1
         for update of w skip locked
       )
       update bulwark.due_work w set enqueued_at = now() from next
       where w.id = next.id and (w.enqueued_at is null or w.enqueued_at < now() - $2 * interval '1 millisecond')
       returning w.subject_id`,
      [endpointId, leaseMs],
    );
    return rows[0]?.subject_id;
  }

  async abandon(endpointId: string, reason: string): Promise<number> {
    const { rows } = await sql<{ count: number }>(
      this.scope.runner,
      `with ended as (
         update bulwark.deliveries set state = 'abandoned', finished_at = now(), next_attempt_at = null, last_error = $2
         where endpoint_id = $1 and state = 'pending' returning id
       ), cleared as (
         delete from bulwark.due_work where topic = 'delivery.send' and subject_id in (select id from ended)
       )
       select count(*)::int as count from ended`,
      [endpointId, reason],
    );
    return rows[0]?.count ?? 0;
  }

  async insertAttempt(attempt: Omit<DeliveryAttempt, 'tenantId'>): Promise<void> {
    await this.scope.manager.insert(DeliveryAttemptEntity, { ...attempt, tenantId: this.scope.tenantId });
  }

  async attempts(deliveryId: string): Promise<readonly DeliveryAttempt[]> {
    if (!isUuid(deliveryId)) return [];
    return this.scope.manager.find(DeliveryAttemptEntity, { where: { deliveryId }, order: { number: 'ASC' } });
  }

  async stats(endpointId: string, since: Date): Promise<Readonly<Record<DeliveryState, number>>> {
    const { rows } = await sql<{ state: DeliveryState; count: number }>(
      this.scope.runner,
      'select state, count(*)::int as count from bulwark.deliveries where endpoint_id = $1 and created_at >= $2 group by state',
      [endpointId, since],
    );
    return Object.fromEntries(deliveryStates.map((state) => [state, rows.find((row) => row.state === state)?.count ?? 0])) as Record<DeliveryState, number>;
  }

  async deleteBefore(time: Date, limit: number): Promise<number> {
    const { affected } = await sql(
      this.scope.runner,
      `delete from bulwark.deliveries where id in (select id from bulwark.deliveries where finished_at < $1 order by finished_at limit $2)`,
      [time, limit],
    );
    return affected;
  }
}
