/** What workers do. Literal names, stable over releases; the subject is the id of a row. */
export const jobTopics = ['scan.run', 'events.dispatch', 'delivery.send', 'schedule.tick', 'cluster.verify', 'retention.sweep', 'attestation.expire'] as const;
export type JobTopic = (typeof jobTopics)[number];

/** A job carries ids only: what is to be done stands in Postgres. */
export interface Job {
  /** Id of the `due_work` row; also de-duplicates in the queue. */
  readonly id: string;
  readonly topic: JobTopic;
  readonly tenantId: string;
  readonly subjectId: string;
  /** W3C trace context of the request that caused it. */
  readonly traceparent?: string;
}

export type JobHandler = (job: Job, signal: AbortSignal) => Promise<void>;

/**
 * The to-do list between the relay and the workers. It may lose everything at any time: the relay enqueues
 * again what `due_work` still holds. It may deliver twice: handlers are idempotent.
 */
export interface JobQueue {
  enqueue(jobs: readonly Job[]): Promise<void>;
  /** Starts consuming; handlers' errors are for the queue to log, `due_work` decides about trying again. */
  consume(topic: JobTopic, concurrency: number, handler: JobHandler): Promise<void>;
  /** Resolves if the backend answers; throws with the cause if not. */
  ping(): Promise<void>;
  /** Waits for running handlers up to `graceMs`, aborts their signal, then closes. */
  close(graceMs?: number): Promise<void>;
}
