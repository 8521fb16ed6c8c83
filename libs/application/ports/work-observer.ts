import type { ChangeCounts } from '#findings/reconcile.js';

/** Told what work came to, once it is stored; for those who count. Decides nothing. */
export interface WorkObserver {
  /** `seconds` from the start of the attempt. */
  scanEnded(outcome: 'finished' | 'failed' | 'cancelled', seconds: number, changes: Partial<ChangeCounts>): void;
  /** One attempt; `seconds` since the delivery was made. */
  deliveryTried(isDelivered: boolean, seconds: number): void;
}
