import type { CheckedBundle } from '#nodes/wire/read-bundle.js';

/** The evidence of a bundle, checked to its last value and packed as it is kept. */
export interface UnpackedEvidence {
  /** Its JSON, gzipped. */
  readonly packed: Uint8Array;
  readonly machine?: string;
}

/** Looks into bundles, off the event loop: a node's key may be in anybody's hands, and evidence can be made to be slow. */
export interface EvidenceUnpacker {
  /** Throws `BundleError`, or unavailable `bundle-too-slow` where it took too long or too much memory. */
  unpack(bundle: CheckedBundle): Promise<UnpackedEvidence>;
}
