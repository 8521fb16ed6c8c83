import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { BulkJobOptions } from 'bullmq';

import { jobTopics } from '#application/ports/job-queue.js';
import type { Job, JobHandler, JobQueue, JobTopic } from '#application/ports/job-queue.js';
import type { Log } from '#operations/log.js';

import { QueueUnavailableError, within } from './deadline.js';
import { toJobData } from './job-data.js';
import { isMisconfiguration } from './misconfiguration.js';
import { openPostgresBackend } from './postgres-backend.js';
import type { QueueBackend, TopicQueue } from './queue-backend.js';
import { openRedisBackend } from './redis-backend.js';
import { RepeatGuard } from './repeat-guard.js';
import { TopicConsumer } from './topic-consumer.js';
import type { OpenWorker } from './topic-consumer.js';

export interface JobQueueOptions {
  readonly backend:
    | { readonly kind: 'redis'; readonly url: string }
    /** `url` names the app's own role; `migrateQueue` has made the schema and granted it. */
    | { readonly kind: 'postgres'; readonly url: string };
  /** Tells installations apart that share a server; the same for API and workers. Letters, digits, `-`, `_`. */
  readonly prefix?: string;
  readonly log: Log;
  /** How soon a dead worker's job is seen again: at most `lockMs` + 2 `stalledCheckMs`. Default 20 s and 10 s. */
  readonly timing?: { readonly lockMs: number; readonly stalledCheckMs: number };
}

export type QueueDepth = Readonly<Record<JobTopic, { readonly waiting: number; readonly active: number; readonly delayed: number }>>;

/** The port plus what operators ask of it. */
export interface ObservableJobQueue extends JobQueue {
  /** Jobs by state; rejects like `enqueue` when the backend is away. */
  queueDepth(): Promise<QueueDepth>;
}

const answerMs = 2_000;
const settleMs = 2_000;

/** Opens no connection that matters yet: a backend that is away shows in the first call. */
export function createJobQueue({ backend, prefix = 'bulwark', log, timing = { lockMs: 20_000, stalledCheckMs: 10_000 } }: JobQueueOptions): ObservableJobQueue {
  if (!/^[\w-]{1,64}$/.test(prefix)) throw new RangeError('The queue prefix may have letters, digits, - and _ only.');
  const guard = new RepeatGuard(log);
  const onError = (err: Error): void => guard.warn({ err, backend: backend.kind }, 'queue connection has trouble');
  const opened = backend.kind === 'redis' ? openRedisBackend(backend.url, onError) : openPostgresBackend(backend.url, onError);
  return new BullmqJobQueue(opened, (topic) => `${prefix}.${topic}`, log, guard, timing);
}

class BullmqJobQueue implements ObservableJobQueue {
  private readonly queues = new Map<JobTopic, TopicQueue>();
  private readonly consumers = new Map<JobTopic, TopicConsumer>();
  private closed: Promise<void> | undefined;

  constructor(
    private readonly backend: QueueBackend,
    private readonly nameOf: (topic: JobTopic) => string,
    private readonly log: Log,
    private readonly guard: RepeatGuard,
    private readonly timing: NonNullable<JobQueueOptions['timing']>,
  ) {}

  async enqueue(jobs: readonly Job[]): Promise<void> {
    const topics = [...new Set(jobs.map((job) => job.topic))];
    await Promise.all(
      topics.map((topic) => this.ask(topic, 'enqueue', (queue) => queue.addBulk(jobs.filter((job) => job.topic === topic).map(toBullJob)))),
    );
  }

  async consume(topic: JobTopic, concurrency: number, handler: JobHandler): Promise<void> {
    this.refuseIfClosed();
    if (this.consumers.has(topic)) throw new Error(`The topic ${topic} is consumed already.`);
    const tuning = {
      autorun: false,
      concurrency,
      lockDuration: this.timing.lockMs,
      stalledInterval: this.timing.stalledCheckMs,
      // A job that took two workers down is left to due_work, which counts and spaces its attempts.
      maxStalledCount: 1,
      runRetryDelay: 1_000,
    };
    const open: OpenWorker = async (processor) => {
      await this.ping();
      return this.backend.openWorker(this.nameOf(topic), processor, tuning);
    };
    const consumer = new TopicConsumer(topic, handler, open, this.log, this.guard);
    this.consumers.set(topic, consumer);
    try {
      await consumer.start();
    } catch (error) {
      this.consumers.delete(topic);
      void consumer.stop().catch((err: unknown) => this.guard.warn({ err, topic }, 'queue worker did not close cleanly'));
      throw error;
    }
  }

  async ping(): Promise<void> {
    this.refuseIfClosed();
    await answered('ping', this.backend.ping());
  }

  async queueDepth(): Promise<QueueDepth> {
    const depths = await Promise.all(
      jobTopics.map(async (topic) => {
        const { waiting = 0, active = 0, delayed = 0 } = await this.ask(topic, 'queue depth', (queue) => queue.getJobCounts('waiting', 'active', 'delayed'));
        return [topic, { waiting, active, delayed }] as const;
      }),
    );
    return Object.fromEntries(depths) as QueueDepth;
  }

  close(graceMs = 10_000): Promise<void> {
    this.closed ??= this.shutDown(graceMs);
    return this.closed;
  }

  private async shutDown(graceMs: number): Promise<void> {
    const consumers = [...this.consumers.values()];
    // Ends the waiting below, which would otherwise hold the process.
    const over = new AbortController();
    const stopped = Promise.all(consumers.map((consumer) => consumer.stop()))
      .then(() => true)
      .finally(() => over.abort());
    const pause = (ms: number): Promise<unknown> => sleep(ms, undefined, { signal: over.signal }).catch(() => undefined);
    const isIdle = (): boolean => consumers.every((consumer) => consumer.isIdle);
    const idleWithin = async (ms: number): Promise<false> => {
      const end = Date.now() + ms;
      while (Date.now() < end && !isIdle() && !over.signal.aborted) await pause(50);
      // Connections that will not close get a moment of their own, not the whole grace.
      if (isIdle()) await pause(settleMs);
      return false;
    };
    let clean = await Promise.race([stopped, idleWithin(graceMs)]);
    if (!clean && !isIdle()) {
      for (const consumer of consumers) consumer.abort();
      clean = await Promise.race([stopped, idleWithin(settleMs)]);
    }
    if (!clean) {
      this.log.warn({ running: consumers.filter((consumer) => !consumer.isIdle).length }, 'queue closed under running handlers; their jobs will be seen again');
      stopped.catch((err: unknown) => this.guard.warn({ err }, 'queue worker did not close cleanly'));
    }
    if (clean) this.guard.silence();
    await this.backend.close(!clean);
  }

  private async ask<T>(topic: JobTopic, what: string, call: (queue: TopicQueue) => Promise<T>): Promise<T> {
    this.refuseIfClosed();
    return answered(`${what} ${topic}`, this.queueOf(topic).then(call));
  }

  /** Opened on first use, and only while the backend answers: BullMQ remembers a failed opening for ever. */
  private async queueOf(topic: JobTopic): Promise<TopicQueue> {
    const known = this.queues.get(topic);
    if (known) return known;
    await this.backend.ping();
    const queue = this.queues.get(topic) ?? this.backend.openQueue(this.nameOf(topic));
    if (!this.queues.has(topic)) queue.on('error', (err) => this.guard.warn({ err, topic }, 'queue producer has trouble'));
    this.queues.set(topic, queue);
    try {
      await queue.waitUntilReady();
    } catch (error) {
      if (this.queues.get(topic) === queue) this.queues.delete(topic);
      throw error;
    }
    return queue;
  }

  private refuseIfClosed(): void {
    if (this.closed) throw new QueueUnavailableError('The queue is closed.');
  }
}

/** In time, or rejected as `QueueUnavailableError`; what only a person can mend stays what it is. */
async function answered<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await within(answerMs, what, work);
  } catch (cause) {
    if (cause instanceof QueueUnavailableError || isMisconfiguration(cause)) throw cause;
    throw new QueueUnavailableError(`${what}: the queue's backend is away`, { cause });
  }
}

/**
 * `attempts` stays 1: trying again is the business of `due_work`, which is asked again after every outcome.
 *
 * The job's own id de-duplicates, under a fresh id for BullMQ. While the job waits, enqueueing it again does
 * nothing. While it is *active* it is remembered and runs once more afterwards: a handler that commits and
 * makes its row due again would otherwise be forgotten, because BullMQ still counts it as active. A finished
 * job is removed at once, so nothing stands in the way of the next time; one whose worker died goes back to
 * waiting when its lock has run out. The fresh id also spares the app's role the right to create sequences,
 * which BullMQ's own numbering needs on Postgres.
 */
const toBullJob = (job: Job): { name: string; data: ReturnType<typeof toJobData>; opts: BulkJobOptions } => {
  const data = toJobData(job);
  return {
    name: job.topic,
    data,
    opts: {
      jobId: randomUUID(),
      deduplication: { id: data.id, keepLastIfActive: true },
      attempts: 1,
      removeOnComplete: true,
      removeOnFail: true,
    },
  };
};
