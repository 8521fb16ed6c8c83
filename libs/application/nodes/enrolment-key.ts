/** The key that one cluster's collectors sign with, as it is stored; its secret lies beside it, sealed. */
export interface StoredEnrolmentKey {
  readonly id: string;
  readonly tenantId: string;
  readonly clusterId: string;
  /** The public part of its text, by which a bundle names it: 22 letters and digits that no other key of the installation has. */
  readonly lookupId: string;
  readonly name: string;
  /** Start of its text, for people to tell keys apart. */
  readonly prefix: string;
  /** The API key that made it. */
  readonly createdBy: string;
  readonly createdAt: Date;
  /** Null: it does not stop working by itself. */
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** The API key that revoked it. */
  readonly revokedBy: string | null;
  /** When a bundle that it signed was last taken. Written at most once a minute. */
  readonly lastUsedAt: Date | null;
}
