/** What is kept of kube-bench's latest run on one node, without its checks. */
export interface KubeBenchResult {
  readonly id: string;
  readonly clusterId: string;
  readonly node: string;
  /** As kube-bench names them: `cis-1.12`. More than one where targets were run by different ones. */
  readonly benchmarks: readonly string[];
  /** Of Kubernetes or the platform, as kube-bench detected it: `1.33`. */
  readonly detectedVersion: string | null;
  /** Release of kube-bench, as the uploader said; no report tells it. */
  readonly toolVersion: string | null;
  readonly totals: { readonly pass: number; readonly fail: number; readonly warn: number; readonly info: number };
  /** A report does not tell when it was made: no later than this. */
  readonly receivedAt: Date;
  /** Id of the API key. */
  readonly uploadedBy: string;
}

export interface SealedKubeBenchResult {
  readonly result: KubeBenchResult;
  /** The gzipped JSON of the `KubeBenchRun`, sealed for `result.id`. */
  readonly sealed: Uint8Array;
}

export const kubeBenchField = 'kube_bench_results.sealed';
