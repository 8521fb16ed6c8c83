import { AppError } from '#application/app-error.js';
import { TokenBuckets, type TokenRate } from '../http/tokens.js';

export interface GateLimits {
  /** Uploads under way in this process. */
  readonly atOnce: number;
  /** Of them for one cluster. */
  readonly ofCluster: number;
  /** Refusals of one sender's uploads for one cluster. */
  readonly refusals: TokenRate;
  /** Refusals of one sender, whichever cluster it names. Behind a proxy many senders are one. */
  readonly refusalsOfSender: TokenRate;
}

/** A bundle has 4 MiB at most, so that all under way have 128. */
export const bundleGate: GateLimits = { atOnce: 32, ofCluster: 16, refusals: { most: 60, aSecond: 1 }, refusalsOfSender: { most: 600, aSecond: 10 } };
/** Reports and descriptions come from keys that are known; descriptions are read on the thread that answers everybody. */
export const reportGate: GateLimits = { ...bundleGate, atOnce: 8, ofCluster: 4 };

/** What one upload holds while it is under way. */
export interface Passage {
  /** The upload was not what it should be: enough of these, and its sender waits. */
  refused(): void;
  leave(): void;
}

/**
 * Decides before a byte is read. Uploads that are good are only kept from being too many at once: thousands of nodes may send in the same
 * minute. Those that are refused use up what their sender has.
 */
export class UploadGate {
  private readonly underWay = new Map<string, number>();
  private total = 0;
  private readonly refusals: TokenBuckets;
  private readonly refusalsOfSender: TokenBuckets;

  constructor(
    private readonly limits: GateLimits,
    /** Seconds. Thousands of collectors that start together are not to come back together; they have a few tries. */
    private readonly later: () => number = () => 5 + Math.floor(Math.random() * 50),
  ) {
    this.refusals = new TokenBuckets(limits.refusals);
    this.refusalsOfSender = new TokenBuckets(limits.refusalsOfSender);
  }

  /** Throws limited `too-many-refusals` or `too-many-uploads`. */
  enter(sender: string, clusterId: string): Passage {
    const pair = `${sender} ${clusterId}`;
    const wait = Math.max(this.refusals.wait(pair), this.refusalsOfSender.wait(sender));
    if (wait > 0) throw new AppError('limited', 'too-many-refusals', 'Too much was sent from here that had to be refused. Look at what the refusals said, mend it, and send again later.', { retryAfter: wait });
    const count = this.underWay.get(clusterId) ?? 0;
    if (this.total >= this.limits.atOnce || count >= this.limits.ofCluster) {
      throw new AppError('limited', 'too-many-uploads', 'So many uploads are under way that no other is taken right now. Send it again in a while.', { retryAfter: this.later() });
    }
    this.total += 1;
    this.underWay.set(clusterId, count + 1);
    let isInside = true;
    return {
      refused: () => {
        this.refusals.take(pair);
        this.refusalsOfSender.take(sender);
      },
      leave: () => {
        if (!isInside) return;
        isInside = false;
        this.total -= 1;
        const left = (this.underWay.get(clusterId) ?? 1) - 1;
        if (left > 0) this.underWay.set(clusterId, left);
        else this.underWay.delete(clusterId);
      },
    };
  }
}
