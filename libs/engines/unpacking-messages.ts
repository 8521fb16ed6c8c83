import type { UnpackedEvidence } from '#application/ports/evidence-unpacker.js';
import type { BundleErrorCode } from '#nodes/wire/bundle-error.js';
import type { CheckedBundle } from '#nodes/wire/read-bundle.js';

export interface ToUnpacking {
  readonly id: number;
  readonly bundle: CheckedBundle;
}

export type FromUnpacking =
  | { readonly type: 'unpacked'; readonly id: number; readonly unpacked: UnpackedEvidence }
  | { readonly type: 'refused'; readonly id: number; readonly code: BundleErrorCode; readonly message: string }
  /** By a bug of ours. */
  | { readonly type: 'failed'; readonly id: number; readonly name: string; readonly frames: string };
