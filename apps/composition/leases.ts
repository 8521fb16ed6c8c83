/** How soon the work of a worker that shows no life is done by another. */
export interface Leases {
  /** Work that was claimed is left alone for so long; longer than any attempt at a delivery takes. */
  readonly workMs: number;
  /** The same of a job in the queue: at most `lockMs` + 2 `stalledCheckMs`. */
  readonly queue: { readonly lockMs: number; readonly stalledCheckMs: number };
}

export const leases: Leases = { workMs: 60_000, queue: { lockMs: 20_000, stalledCheckMs: 10_000 } };
