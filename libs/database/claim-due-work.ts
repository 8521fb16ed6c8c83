import type { QueryRunner } from 'typeorm';
import type { Job, JobTopic } from '#application/ports/job-queue.js';
import { sql } from './sql.js';

interface ClaimedRow {
  readonly id: string;
  readonly topic: JobTopic;
  readonly tenant_id: string;
  readonly subject_id: string;
  readonly traceparent: string | null;
}

/**
 * Scans of one organisation that wait in the queue or run. The queue serves who came first, and scans are long: were all
 * of an organisation's thousand let in, everybody else's next one would stand behind them.
 */
export const MOST_SCANS = 50;

/**
 * Claims due work in turn over the organisations: everyone's first before anyone's second. It walks the index from
 * organisation to organisation and takes at most `limit` rows of each, so one that has a million costs no more.
 *
 * The conditions stand twice: another relay may have claimed a row between our reading and our lock. The limit of what is
 * ready leaves room for rows that others hold; without it the planner expects so many that it reads the whole table.
 */
export async function claimDueWork(runner: QueryRunner, limit: number, leaseMs: number): Promise<readonly Job[]> {
  const { rows } = await sql<ClaimedRow>(
    runner,
    `with recursive tenants as (
       (select tenant_id from bulwark.due_work order by tenant_id limit 1)
       union all
       select (select d.tenant_id from bulwark.due_work d where d.tenant_id > t.tenant_id order by d.tenant_id limit 1)
       from tenants t where t.tenant_id is not null
     ), ready as materialized (
       select d.id, d.due_at, row_number() over (partition by t.tenant_id order by d.due_at, d.id) as turn
       from tenants t cross join lateral (
         (select id, due_at from bulwark.due_work
          where tenant_id = t.tenant_id and topic <> 'scan.run' and due_at <= now()
            and (enqueued_at is null or enqueued_at < now() - $2 * interval '1 millisecond')
          order by due_at, id limit $1)
         union all
         select id, due_at from (
           select id, due_at, enqueued_at from bulwark.due_work
           where tenant_id = t.tenant_id and topic = 'scan.run' and due_at <= now() order by due_at, id limit $3
         ) oldest
         where enqueued_at is null or enqueued_at < now() - $2 * interval '1 millisecond'
       ) d
       order by turn, d.due_at limit 4 * $1
     ), claimed as materialized (
       select d.id, r.turn from ready r join bulwark.due_work d on d.id = r.id
       where d.due_at <= now() and (d.enqueued_at is null or d.enqueued_at < now() - $2 * interval '1 millisecond')
       order by r.turn, r.due_at limit $1
       for update of d skip locked
     ), updated as (
       update bulwark.due_work d set enqueued_at = now() from claimed c where d.id = c.id
       returning d.id, d.topic, d.tenant_id, d.subject_id, d.traceparent, c.turn, d.due_at
     )
     select id, topic, tenant_id, subject_id, traceparent from updated order by turn, due_at`,
    [limit, leaseMs, MOST_SCANS],
  );
  return rows.map(({ id, topic, tenant_id, subject_id, traceparent }) => ({
    id, topic, tenantId: tenant_id, subjectId: subject_id, ...(traceparent === null ? {} : { traceparent }),
  }));
}
