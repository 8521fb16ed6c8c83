/** How much a scan may ask of a cluster and of us. */
export interface CollectSettings {
  /** For the whole collection; what was not read by then is missing as `timed-out`. */
  readonly totalMs: number;
  /** For one request, from the call to the last byte. */
  readonly requestMs: number;
  /** Between two signs of life of the server. */
  readonly idleMs: number;
  /** Body size a page aims at, in bytes. API servers price pages by their bytes, not by their objects. */
  readonly pageBudget: number;
  readonly maxPageBytes: number;
  readonly maxObjectBytes: number;
  readonly maxScanBytes: number;
  readonly maxScanObjects: number;
  readonly maxDepth: number;
  /** Tries of one request or page, the first one included. */
  readonly tries: number;
  /** Tries while the server says 429 or 503. */
  readonly throttledTries: number;
  /** First pause before another try; doubles, jittered. */
  readonly backoffMs: number;
  /** Longest Retry-After that is waited for. */
  readonly maxRetryAfterMs: number;
  /** How often a list that changed under us is read anew. */
  readonly restarts: number;
  /** ReplicaSets without a controller that are read one by one. */
  readonly maxBareReplicaSets: number;
  /** For asking kubelets, and for /flagz. */
  readonly configz: { readonly requestMs: number; readonly totalMs: number; readonly concurrency: number };
}

export const defaultCollectSettings: CollectSettings = {
  totalMs: 15 * 60_000,
  requestMs: 60_000,
  idleMs: 30_000,
  pageBudget: 1024 * 1024,
  maxPageBytes: 32 * 1024 * 1024,
  maxObjectBytes: 4 * 1024 * 1024,
  maxScanBytes: 16 * 1024 ** 3,
  maxScanObjects: 2_000_000,
  maxDepth: 64,
  tries: 4,
  throttledTries: 8,
  backoffMs: 250,
  maxRetryAfterMs: 30_000,
  restarts: 2,
  maxBareReplicaSets: 500,
  configz: { requestMs: 5_000, totalMs: 60_000, concurrency: 4 },
};
