import type { Transition } from '#findings/known-finding.js';

/** Told what work came to, once it is stored; for those who count. Decides nothing. */
export interface WorkObserver {
  /** `seconds` from the start of the attempt. */
  scanEnded(outcome: 'finished' | 'failed' | 'cancelled', seconds: number, transitions: readonly Transition[]): void;
  /** One attempt; `seconds` since the delivery was made. */
  deliveryTried(isDelivered: boolean, seconds: number): void;
}
