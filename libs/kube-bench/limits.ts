export interface KubeBenchLimits {
  /** Of the file as it is, log lines before the report included. */
  readonly maxBytes: number;
  /** Nesting of objects and lists; a report has eight. */
  readonly maxDepth: number;
  /** Runs of kube-bench in one file. */
  readonly maxRuns: number;
  /** Checks of all runs together; one run has some 130. */
  readonly maxChecks: number;
}

export const defaultKubeBenchLimits: KubeBenchLimits = {
  maxBytes: 32 * 1024 * 1024,
  maxDepth: 32,
  maxRuns: 1_000,
  maxChecks: 100_000,
};
