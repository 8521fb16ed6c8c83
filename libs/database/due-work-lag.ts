import type { QueryRunner } from 'typeorm';
import type { JobTopic } from '#application/ports/job-queue.js';
import { sql } from './sql.js';

/** Seconds by which the oldest due work of each topic is late, of all organisations; what a relay or worker holds is not late. */
export async function dueWorkLag(runner: QueryRunner, leaseMs: number): Promise<Readonly<Partial<Record<JobTopic, number>>>> {
  const { rows } = await sql<{ readonly topic: JobTopic; readonly seconds: number }>(
    runner,
    `select topic, extract(epoch from now() - min(due_at))::float8 as seconds from bulwark.due_work
     where due_at <= now() and (enqueued_at is null or enqueued_at < now() - $1 * interval '1 millisecond')
     group by topic`,
    [leaseMs],
  );
  return Object.fromEntries(rows.map(({ topic, seconds }) => [topic, seconds]));
}
