/** So many tokens at most, and how many come back a second. */
export interface TokenRate {
  readonly most: number;
  readonly aSecond: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets by name, of which a bounded number is remembered: whoever was quiet longest is forgotten first, and starts anew. */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly rate: TokenRate,
    private readonly remembered: number = 10_000,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Seconds until there is a token again, at least one; 0 where there is one. */
  wait(name: string): number {
    const tokens = this.tokensOf(this.buckets.get(name));
    return tokens >= 1 ? 0 : Math.max(1, Math.ceil((1 - tokens) / this.rate.aSecond));
  }

  take(name: string): void {
    const tokens = this.tokensOf(this.buckets.get(name));
    this.buckets.delete(name);
    this.buckets.set(name, { tokens: Math.max(0, tokens - 1), at: this.now() });
    if (this.buckets.size > this.remembered) this.buckets.delete(this.buckets.keys().next().value!);
  }

  private tokensOf(bucket: Bucket | undefined): number {
    return bucket ? Math.min(this.rate.most, bucket.tokens + ((this.now() - bucket.at) / 1_000) * this.rate.aSecond) : this.rate.most;
  }
}
