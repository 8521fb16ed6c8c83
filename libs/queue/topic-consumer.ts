import { setTimeout as sleep } from 'node:timers/promises';

import type { Job as BullJob } from 'bullmq';

import type { JobHandler, JobTopic } from '#application/ports/job-queue.js';
import type { Log } from '#operations/log.js';

import { parseJobData } from './job-data.js';
import type { JobData } from './job-data.js';
import { isMisconfiguration } from './misconfiguration.js';
import type { TopicWorker } from './queue-backend.js';
import type { RepeatGuard } from './repeat-guard.js';

const firstAnswerMs = 2_000;
const maxRetryMs = 5_000;
/** A broken worker that will not close is left behind rather than waited for. */
const closeMs = 2_000;

/** All that BullMQ learns of a failure: the real message may hold a NUL, which jsonb refuses, or a secret. */
class HandlerFailedError extends Error {
  constructor() {
    super('The handler failed; the log of the worker says why.');
    this.name = 'HandlerFailedError';
    this.stack = '';
  }
}

/** Rejects while the backend is away. */
export type OpenWorker = (processor: (job: BullJob<JobData, void>) => Promise<void>) => Promise<TopicWorker>;

/** Keeps one topic consumed: opens the worker, opens it again when it breaks, knows which handlers run. */
export class TopicConsumer {
  private readonly running = new Set<AbortController>();
  private readonly stopping = new AbortController();
  private worker: TopicWorker | undefined;
  private finished: Promise<void> = Promise.resolve();

  constructor(
    private readonly topic: JobTopic,
    private readonly handler: JobHandler,
    private readonly open: OpenWorker,
    private readonly log: Log,
    private readonly guard: RepeatGuard,
  ) {}

  /**
   * Resolves when jobs are being taken, or when it is clear that the backend is away for now: then it goes
   * on trying. Rejects if only a person can help (schema not migrated, no rights).
   */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.finished = this.superviseUntilStopped(resolve, reject);
      this.finished.catch(reject);
      setTimeout(resolve, firstAnswerMs).unref();
    });
  }

  /** Takes no more jobs. Resolves when all that was taken is done and the worker's connections are closed. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.worker?.close();
    await this.finished;
  }

  get isIdle(): boolean {
    return this.running.size === 0;
  }

  /** Tells the running handlers to give up. */
  abort(): void {
    for (const controller of this.running) controller.abort(new Error('The worker is shutting down.'));
  }

  /** Drops the connections under whatever still runs. */
  async disconnect(): Promise<void> {
    await this.worker?.disconnect();
  }

  private async superviseUntilStopped(started: () => void, refused: (error: Error) => void): Promise<void> {
    let retryMs = 250;
    while (!this.stopping.signal.aborted) {
      try {
        this.worker = await this.open((job) => this.handle(job));
        this.worker.on('error', (err) => this.guard.warn({ err, topic: this.topic }, 'queue worker has trouble'));
        await this.worker.waitUntilReady();
        if (this.stopping.signal.aborted) break;
        started();
        retryMs = 250;
        await this.worker.run();
      } catch (error) {
        if (isMisconfiguration(error)) refused(error);
        if (!this.stopping.signal.aborted) this.guard.warn({ err: error, topic: this.topic }, 'queue worker cannot run; trying again until it can');
      }
      if (this.stopping.signal.aborted) break;
      started();
      // A worker that failed to open stays failed inside BullMQ: a new one takes over.
      await Promise.race([this.worker?.close(true), sleep(closeMs)]);
      this.worker = undefined;
      await sleep(retryMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, maxRetryMs);
    }
    await this.worker?.close();
  }

  private async handle(bullJob: BullJob<JobData, void>): Promise<void> {
    const controller = new AbortController();
    this.running.add(controller);
    try {
      await this.handler(parseJobData(this.topic, bullJob.data), controller.signal);
    } catch (error) {
      const { id, tenantId, subjectId } = bullJob.data;
      const fields = { err: error, topic: this.topic, jobId: id, tenantId, subjectId };
      if (controller.signal.aborted) this.log.warn(fields, 'job given up at shutdown');
      else this.log.error(fields, 'job failed');
      throw new HandlerFailedError();
    } finally {
      this.running.delete(controller);
    }
  }
}
