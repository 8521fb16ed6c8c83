/** One tenant. */
export interface Organisation {
  readonly tenantId: string;
  readonly name: string;
  /** The organisation's data key, wrapped by the key-encryption key. */
  readonly wrappedDataKey: Uint8Array;
  readonly createdAt: Date;
}

/** What an operator sees of an organisation. */
export type OrganisationEntry = Pick<Organisation, 'tenantId' | 'name' | 'createdAt'>;
