import type { UnpackedEvidence, UnpackedRun } from '#application/ports/evidence-unpacker.js';
import type { KubeBenchReason } from '#kube-bench/kube-bench-error.js';
import type { KubeBenchOptions } from '#kube-bench/read-kube-bench.js';
import type { BundleErrorCode } from '#nodes/wire/bundle-error.js';
import type { CheckedBundle } from '#nodes/wire/read-bundle.js';

/** What is to be looked into. */
export type Upload =
  | { readonly kind: 'bundle'; readonly bundle: CheckedBundle }
  | { readonly kind: 'kube-bench'; readonly file: Uint8Array; readonly options: KubeBenchOptions };

export interface Unpacked {
  readonly bundle: UnpackedEvidence;
  readonly 'kube-bench': readonly UnpackedRun[];
}

export interface ToUnpacking {
  readonly id: number;
  readonly upload: Upload;
}

export type FromUnpacking =
  | { readonly type: 'unpacked'; readonly id: number; readonly unpacked: Unpacked[Upload['kind']] }
  | { readonly type: 'refused'; readonly id: number; readonly by: 'bundle'; readonly code: BundleErrorCode; readonly message: string }
  | { readonly type: 'refused'; readonly id: number; readonly by: 'kube-bench'; readonly code: KubeBenchReason; readonly message: string }
  /** By a bug of ours. */
  | { readonly type: 'failed'; readonly id: number; readonly name: string; readonly frames: string };
