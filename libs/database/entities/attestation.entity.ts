import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredAttestation } from '#application/benchmarks/stored-attestation.js';
import { maybeText, maybeTime, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'attestations' })
export class AttestationEntity implements StoredAttestation {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly id: string;
  @Column('uuid') readonly clusterId: string;
  @Column('text') readonly meaning: string;
  @Column('text') readonly benchmark: string;
  @Column('text') readonly itemId: string;
  @Column('text') readonly person: string;
  @Column('text') readonly verdict: 'pass' | 'fail';
  @Column('text') readonly statement: string;
  @Column(maybeText) readonly attachmentName: string | null;
  @Column(maybeText) readonly attachmentSha256: string | null;
  @Column(time) readonly attestedAt: Date;
  @Column(time) readonly expiresAt: Date;
  @Column('text') readonly recordedBy: string;
  @Column(time) readonly createdAt: Date;
  @Column(maybeTime) readonly revokedAt: Date | null;
  @Column(maybeText) readonly revokedBy: string | null;
  @Column(maybeText) readonly revokeReason: string | null;
}
