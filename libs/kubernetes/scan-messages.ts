import type { ScanProgress, ScanResult } from '#application/ports/cluster-collector.js';
import type { Evaluation, Failure } from '#controls/engine/evaluation.js';

/** What the parent tells the thread; the request itself is its workerData. */
export type ToThread =
  | { readonly type: 'chunk'; readonly bytes: Uint8Array }
  | { readonly type: 'end' }
  | { readonly type: 'cancel' }
  /** The last part of the result was taken in. */
  | { readonly type: 'next' };

/** A result without its failures, which follow in batches. */
export type ResultHead = Omit<ScanResult, 'evaluations'> & { readonly evaluations: readonly (Omit<Evaluation, 'failures'> & { readonly failures: undefined })[] };

export type FromThread =
  | { readonly type: 'progress'; readonly progress: ScanProgress }
  /** Ready for one more chunk of the upload. */
  | { readonly type: 'want' }
  | { readonly type: 'head'; readonly head: ResultHead }
  | { readonly type: 'failures'; readonly evaluation: number; readonly failures: readonly Failure[] }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly reason: string; readonly message: string; readonly isUnreachable: boolean }
  /** A bug of ours: the kind of error and where, never its message, which may repeat what the cluster wrote. */
  | { readonly type: 'crashed'; readonly name: string; readonly frames: string };

/** Failures a message: copying them makes a second set, so never of all at once. */
export const FAILURES_A_BATCH = 2000;

/** Chunks of an upload that may wait in the thread. */
export const CHUNKS_AHEAD = 4;
