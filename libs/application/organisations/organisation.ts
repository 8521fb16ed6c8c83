/** One tenant. */
export interface Organisation {
  readonly tenantId: string;
  readonly name: string;
  /** The organisation's data key, wrapped by the key-encryption key. */
  readonly wrappedDataKey: Uint8Array;
  /** Registries (host, or host/path prefix) images may come from; null where none was set. */
  readonly trustedRegistries: readonly string[] | null;
  /** Days for which the evidence of scans is kept; that of a cluster's latest one always is. */
  readonly evidenceDays: number;
  readonly createdAt: Date;
}

/** What an operator sees of an organisation. */
export type OrganisationEntry = Pick<Organisation, 'tenantId' | 'name' | 'createdAt'>;
