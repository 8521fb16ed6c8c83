import type { BenchmarkEvidence, EvidencePack, JudgedControl, ScanProgress, ScanResult } from '#application/ports/cluster-collector.js';
import type { ControlFailures } from './failure-batches.js';
import type { ScanRequest } from './scan-request.js';

/** What the parent tells the thread: a scan, and what belongs to it until its last word. */
export type ToThread =
  | { readonly type: 'scan'; readonly request: ScanRequest; /** Whether it may start another thread. */ readonly hasSpareCore: boolean; /** Whether packs of evidence follow. */ readonly hasPacks: boolean; readonly benchmark?: BenchmarkEvidence }
  | { readonly type: 'chunk'; readonly bytes: Uint8Array }
  | { readonly type: 'end' }
  | { readonly type: 'pack'; readonly pack: EvidencePack }
  | { readonly type: 'packs-end' }
  | { readonly type: 'cancel' };

export type FromThread =
  | { readonly type: 'progress'; readonly progress: ScanProgress }
  /** Ready for one more chunk of the upload. */
  | { readonly type: 'want' }
  /** Ready for one more pack of evidence. */
  | { readonly type: 'want-pack' }
  /** All was read: these controls judge now, by their index. */
  | { readonly type: 'judging'; readonly controls: readonly JudgedControl[]; readonly outcomes: ScanResult['outcomes'] }
  /** Found while judging: the thread does not keep them. */
  | { readonly type: 'failures'; readonly found: readonly ControlFailures[] }
  /** The result, but for its failures, and what the thread's heap takes now, mostly garbage. */
  | { readonly type: 'done'; readonly result: ScanResult; readonly heapBytes: number }
  | { readonly type: 'failed'; readonly reason: string; readonly message: string; readonly isUnreachable: boolean }
  /** A bug of ours: the kind of error and where, never its message, which may repeat what the cluster wrote. */
  | { readonly type: 'crashed'; readonly name: string; readonly frames: string };

/** Chunks of an upload that may wait in the thread. */
export const CHUNKS_AHEAD = 4;

/** Packs of evidence that may wait in the thread, some kilobytes each, at most four megabytes. */
export const PACKS_AHEAD = 4;
