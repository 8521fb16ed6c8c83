import type { JobTopic } from './job-queue.js';

/** One thing to be done, kept until it is done: the truth behind the queue. One row a topic and subject. */
export interface DueWork {
  readonly id: string;
  readonly tenantId: string;
  readonly topic: JobTopic;
  readonly subjectId: string;
  readonly dueAt: Date;
  /** When the relay last put it into the queue, or its worker last showed life. */
  readonly enqueuedAt: Date | null;
  readonly attempts: number;
  readonly traceparent: string | null;
}

export interface NewDueWork {
  readonly topic: JobTopic;
  readonly subjectId: string;
  /** Now, where not given. */
  readonly dueAt?: Date;
  readonly traceparent?: string;
}
