import { randomUUID } from 'node:crypto';
import type { DueWork, NewDueWork } from '#application/ports/due-work.js';
import type { JobTopic } from '#application/ports/job-queue.js';
import type { DueWorkRepository } from '#application/ports/store.js';
import { isUuid } from '#application/uuid-from.js';
import { DueWorkEntity } from '../entities/due-work.entity.js';
import { batches, sql } from '../sql.js';
import type { TenantScope } from './tenant-rows.js';

export class DueWorkRows implements DueWorkRepository {
  constructor(private readonly scope: TenantScope) {}

  async schedule(work: readonly NewDueWork[]): Promise<void> {
    for (const batch of batches(work)) {
      await sql(
        this.scope.runner,
        `insert into bulwark.due_work as d (id, tenant_id, topic, subject_id, due_at, traceparent)
         select id, $1, topic, subject_id, coalesce(due_at, date_trunc('milliseconds', clock_timestamp())), traceparent
         from unnest($2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[], $6::text[]) as w (id, topic, subject_id, due_at, traceparent)
         on conflict on constraint due_work_subject do update set
           due_at = least(d.due_at, excluded.due_at), enqueued_at = null, attempts = 0, traceparent = excluded.traceparent`,
        [
          this.scope.tenantId, batch.map(() => randomUUID()), batch.map(({ topic }) => topic), batch.map(({ subjectId }) => subjectId),
          batch.map(({ dueAt }) => dueAt ?? null), batch.map(({ traceparent }) => traceparent ?? null),
        ],
      );
    }
  }

  async get(topic: JobTopic, subjectId: string): Promise<DueWork | undefined> {
    if (!isUuid(subjectId)) return undefined;
    return (await this.scope.manager.findOneBy(DueWorkEntity, { topic, subjectId })) ?? undefined;
  }

  async lock(topic: JobTopic, subjectId: string): Promise<DueWork | undefined> {
    if (!isUuid(subjectId)) return undefined;
    return (await this.scope.manager.findOne(DueWorkEntity, { where: { topic, subjectId }, lock: { mode: 'pessimistic_write' } })) ?? undefined;
  }

  async beginAttempt(topic: JobTopic, subjectId: string): Promise<number | undefined> {
    const { rows } = await sql<{ attempts: number }>(
      this.scope.runner,
      'update bulwark.due_work set attempts = attempts + 1, enqueued_at = now() where topic = $1 and subject_id = $2 returning attempts',
      [topic, subjectId],
    );
    return rows[0]?.attempts;
  }

  async touch(topic: JobTopic, subjectId: string): Promise<void> {
    await sql(this.scope.runner, 'update bulwark.due_work set enqueued_at = now() where topic = $1 and subject_id = $2', [topic, subjectId]);
  }

  async giveBack(topic: JobTopic, subjectId: string): Promise<void> {
    await sql(
      this.scope.runner,
      'update bulwark.due_work set enqueued_at = null, attempts = greatest(attempts - 1, 0) where topic = $1 and subject_id = $2',
      [topic, subjectId],
    );
  }

  async postpone(topic: JobTopic, subjectId: string, dueAt: Date): Promise<void> {
    await sql(this.scope.runner, 'update bulwark.due_work set due_at = $3, enqueued_at = null where topic = $1 and subject_id = $2', [topic, subjectId, dueAt]);
  }

  async complete(topic: JobTopic, subjectId: string): Promise<void> {
    await sql(this.scope.runner, 'delete from bulwark.due_work where topic = $1 and subject_id = $2', [topic, subjectId]);
  }
}
