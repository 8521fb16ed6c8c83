export type KubeBenchReason =
  | 'kube-bench-too-large'
  | 'kube-bench-too-deep'
  | 'kube-bench-too-many'
  | 'kube-bench-invalid-encoding'
  | 'kube-bench-truncated'
  | 'kube-bench-syntax'
  | 'kube-bench-junit'
  | 'kube-bench-not-a-report'
  | 'kube-bench-wrong-type'
  | 'kube-bench-unknown-benchmark'
  | 'kube-bench-nodes'
  | 'kube-bench-empty';

/** A report that cannot be read. The message says where and what to do; of the file it repeats plain words alone, such as a benchmark's name. */
export class KubeBenchError extends Error {
  constructor(
    readonly reason: KubeBenchReason,
    message: string,
  ) {
    super(message);
    this.name = 'KubeBenchError';
  }
}
