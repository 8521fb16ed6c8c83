import type { Job, JobTopic } from '#application/ports/job-queue.js';

/** What stands in the queue for one job: the job without its topic, which is the queue. */
export interface JobData {
  readonly id: string;
  readonly tenantId: string;
  readonly subjectId: string;
  readonly traceparent?: string;
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Postgres' jsonb takes neither NUL nor a lone surrogate; both become U+FFFD. */
export const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').replace(loneSurrogate, '\uFFFD');

export function toJobData(job: Job): JobData {
  return {
    id: storable(job.id),
    tenantId: storable(job.tenantId),
    subjectId: storable(job.subjectId),
    ...(job.traceparent === undefined ? {} : { traceparent: storable(job.traceparent) }),
  };
}

/** Throws if the queue holds something that `toJobData` did not write. */
export function parseJobData(topic: JobTopic, data: unknown): Job {
  const { id, tenantId, subjectId, traceparent } = (typeof data === 'object' && data !== null ? data : {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof tenantId !== 'string' || typeof subjectId !== 'string') {
    throw new TypeError(`The queue ${topic} holds a job without id, tenantId and subjectId.`);
  }
  return { id, topic, tenantId, subjectId, ...(typeof traceparent === 'string' ? { traceparent } : {}) };
}
