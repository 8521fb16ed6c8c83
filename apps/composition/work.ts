import { Fenced } from '#application/scans/attempt.js';
import type { JobHandler, JobQueue, JobTopic } from '#application/ports/job-queue.js';
import type { Store } from '#application/ports/store.js';
import type { Log } from '#operations/log.js';
import type { Metrics } from '#operations/metrics.js';
import { runWithTraceparent } from '#operations/telemetry.js';
import { Relay } from '#queue/relay.js';
import { leases as usual, type Leases } from './leases.js';

export interface WorkParts {
  readonly store: Store;
  readonly queue: JobQueue;
  readonly handlers: Readonly<Record<JobTopic, JobHandler>>;
  readonly concurrency: Readonly<Record<JobTopic, number>>;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly leases?: Leases;
}

export interface Work {
  /** Looks for due work now instead of at the next poll. */
  nudge(): void;
  /** Stops claiming; the queue itself is closed by its owner. */
  stop(): Promise<void>;
}

/** Starts consuming every topic, and the relay that carries due work into the queue. */
export async function startWork({ store, queue, handlers, concurrency, log, metrics, leases: { workMs: claimMs } = usual }: WorkParts): Promise<Work> {
  const relay = new Relay((limit) => store.claimDueWork(limit, claimMs), queue, { log: log.child({ part: 'relay' }), claimMs });
  for (const topic of Object.keys(handlers) as JobTopic[]) {
    await queue.consume(topic, concurrency[topic], (job, signal) =>
      runWithTraceparent(job.traceparent, topic, async () => {
        const started = performance.now();
        const fields = { topic, job: job.id, tenant: job.tenantId, subject: job.subjectId };
        try {
          await handlers[topic](job, signal);
          metrics.jobs.inc({ topic, outcome: 'done' });
          log.info({ ...fields, ms: Math.round(performance.now() - started) }, 'job done');
          // What a job has made due (events, the next delivery) need not wait for the next poll.
          relay.nudge();
        } catch (error) {
          metrics.jobs.inc({ topic, outcome: error instanceof Fenced ? 'fenced' : 'failed' });
          // Another attempt took over and does the work: nothing failed.
          if (error instanceof Fenced) return log.info(fields, 'job left to another attempt');
          throw error;
        }
      }),
    );
  }
  relay.start();
  return { nudge: () => relay.nudge(), stop: () => relay.stop() };
}
