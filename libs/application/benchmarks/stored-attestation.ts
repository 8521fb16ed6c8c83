/** What a person says of one item of one cluster. Never changed, but for being revoked. */
export interface StoredAttestation {
  readonly id: string;
  readonly tenantId: string;
  readonly clusterId: string;
  /** The item under whatever number. */
  readonly meaning: string;
  /** By which benchmark and number it was attested. */
  readonly benchmark: string;
  readonly itemId: string;
  readonly person: string;
  readonly verdict: 'pass' | 'fail';
  readonly statement: string;
  readonly attachmentName: string | null;
  /** 64 hexadecimal digits. */
  readonly attachmentSha256: string | null;
  readonly attestedAt: Date;
  /** From then on it counts for nothing. */
  readonly expiresAt: Date;
  /** Id of the API key that recorded it. */
  readonly recordedBy: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
  readonly revokeReason: string | null;
}

export type NewAttestation = Omit<StoredAttestation, 'tenantId' | 'createdAt' | 'revokedAt' | 'revokedBy' | 'revokeReason'>;
