import type { KubeBenchOptions } from '#kube-bench/read-kube-bench.js';
import type { CheckedBundle } from '#nodes/wire/read-bundle.js';
import type { KubeBenchResult } from '../nodes/kube-bench-result.js';

/** The evidence of a bundle, checked to its last value and packed as it is kept. */
export interface UnpackedEvidence {
  /** Its JSON, gzipped. */
  readonly packed: Uint8Array;
  readonly machine?: string;
}

/** What kube-bench said of one node, packed as it is kept. */
export interface UnpackedRun extends Pick<KubeBenchResult, 'node' | 'benchmarks' | 'detectedVersion' | 'totals'> {
  /** The JSON of its `KubeBenchRun`, gzipped. */
  readonly packed: Uint8Array;
}

/** Looks into what was uploaded, off the event loop: a node's key may be in anybody's hands, and evidence can be made to be slow. */
export interface EvidenceUnpacker {
  /** Throws `BundleError`, or unavailable `bundle-too-slow` where it took too long or too much memory. */
  unpack(bundle: CheckedBundle): Promise<UnpackedEvidence>;
  /** Throws `KubeBenchError`, or unavailable `kube-bench-too-slow`. */
  unpackKubeBench(file: Uint8Array, options: KubeBenchOptions): Promise<readonly UnpackedRun[]>;
}
