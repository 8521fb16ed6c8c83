import { setTimeout as sleep } from 'node:timers/promises';

import type { Job, JobQueue } from '#application/ports/job-queue.js';
import type { Log } from '#operations/log.js';

export interface RelayOptions {
  readonly log: Log;
  /** Pause between polls when there is nothing to do, +-20 %. Default 200 ms. */
  readonly intervalMs?: number;
  /** Longest pause while Postgres or the queue is away. Default 5 s. */
  readonly maxBackoffMs?: number;
  /** Jobs claimed at once; a full batch is followed by the next without a pause. Default 100. */
  readonly batchSize?: number;
  /** How long a claim holds; a batch older than that is no longer ours to enqueue. Default 60 s. */
  readonly claimMs?: number;
}

/**
 * Carries due work from Postgres to the queue. Nothing can be lost on the way: what was claimed and could
 * not be enqueued is tried again while the claim holds, and claimed anew by anyone after that.
 */
export class Relay {
  private readonly log: Log;
  private readonly intervalMs: number;
  private readonly maxBackoffMs: number;
  private readonly batchSize: number;
  private readonly claimMs: number;
  private stopping: AbortController | undefined;
  private running: Promise<void> = Promise.resolve();
  private wake: AbortController | undefined;
  private isNudged = false;
  private failures = 0;
  /** Claimed, but the queue was away. */
  private held: { readonly jobs: readonly Job[]; readonly claimedAt: number } | undefined;

  constructor(
    private readonly claim: (limit: number) => Promise<readonly Job[]>,
    private readonly queue: Pick<JobQueue, 'enqueue'>,
    { log, intervalMs = 200, maxBackoffMs = 5_000, batchSize = 100, claimMs = 60_000 }: RelayOptions,
  ) {
    this.log = log;
    this.intervalMs = intervalMs;
    this.maxBackoffMs = maxBackoffMs;
    this.batchSize = batchSize;
    this.claimMs = claimMs;
  }

  start(): void {
    if (this.stopping) return;
    this.stopping = new AbortController();
    this.running = this.loop(this.stopping.signal);
  }

  /** Resolves when the poll under way has ended. */
  async stop(): Promise<void> {
    this.stopping?.abort();
    this.wake?.abort();
    await this.running;
    this.stopping = undefined;
  }

  /** There is new work: poll now. Does not shorten the pauses of an outage. */
  nudge(): void {
    this.isNudged = true;
    if (this.failures === 0) this.wake?.abort();
  }

  private async loop(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      const isMore = await this.poll();
      if (isMore || stopping.aborted) continue;
      await this.pause();
    }
  }

  /** Whether more is due right now. */
  private async poll(): Promise<boolean> {
    this.isNudged = false;
    try {
      if (this.held && Date.now() - this.held.claimedAt > this.claimMs) this.held = undefined;
      if (!this.held) {
        const claimedAt = Date.now();
        this.held = { jobs: await this.claim(this.batchSize), claimedAt };
      }
      const { jobs } = this.held;
      if (jobs.length > 0) await this.queue.enqueue(jobs);
      this.held = undefined;
      if (this.failures > 0) this.log.info({ failures: this.failures }, 'relay works again');
      this.failures = 0;
      return jobs.length >= this.batchSize;
    } catch (err) {
      this.failures += 1;
      if (this.failures === 1) this.log.warn({ err, held: this.held?.jobs.length ?? 0 }, 'relay cannot work; trying again until it can');
      return false;
    }
  }

  private async pause(): Promise<void> {
    if (this.isNudged && this.failures === 0) return;
    const base = Math.min(this.intervalMs * 2 ** Math.min(this.failures, 10), this.failures > 0 ? this.maxBackoffMs : this.intervalMs);
    this.wake = new AbortController();
    // Jitter, so that several relays do not ask Postgres in step.
    await sleep(base * (0.8 + Math.random() * 0.4), undefined, { signal: this.wake.signal }).catch(() => undefined);
    this.wake = undefined;
  }
}
