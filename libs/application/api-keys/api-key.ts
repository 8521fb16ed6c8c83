import type { ScopeName } from '../caller.js';

export interface ApiKey {
  readonly id: string;
  readonly tenantId: string;
  /** Public part of the token by which the key is found. */
  readonly lookupId: string;
  readonly name: string;
  /** Keyed hash of the token's secret part; see `ApiKeyTokens`. */
  readonly hash: Uint8Array;
  /** Start of the token, for people to tell keys apart. */
  readonly prefix: string;
  readonly scopes: readonly ScopeName[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** Written at most once a minute. */
  readonly lastUsedAt: Date | null;
}
