import type { IQueueBackend, Processor, Queue, Worker, WorkerOptions } from 'bullmq';

import type { JobData } from './job-data.js';

/** BullMQ's classes without their connection type, so that one code path drives both backends. */
export type TopicQueue = Pick<Queue<JobData, void, string, JobData, void, string, IQueueBackend>, 'addBulk' | 'getJobCounts' | 'waitUntilReady' | 'disconnect' | 'close'> & ErrorEmitter;
export type TopicWorker = Pick<Worker<JobData, void, string, IQueueBackend>, 'run' | 'waitUntilReady' | 'disconnect' | 'close'> & ErrorEmitter;

interface ErrorEmitter {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export type WorkerTuning = Pick<WorkerOptions, 'autorun' | 'concurrency' | 'lockDuration' | 'stalledInterval' | 'maxStalledCount' | 'runRetryDelay' | 'drainDelay'>;

/** Where the jobs stand: owns the connections that its queues and workers share. */
export interface QueueBackend {
  openQueue(name: string): TopicQueue;
  openWorker(name: string, processor: Processor<JobData, void>, tuning: WorkerTuning): TopicWorker;
  /** Throws with the cause if the backend does not answer. */
  ping(): Promise<void>;
  /** Ends the shared connections; without waiting for an answer where `now`. */
  close(now: boolean): Promise<void>;
}

/** Shared by both backends: queue events have no reader here, so few are kept. */
export const streams = { events: { maxLen: 100 } };
