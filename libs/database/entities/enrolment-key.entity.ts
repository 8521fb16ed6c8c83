import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredEnrolmentKey } from '#application/nodes/enrolment-key.js';
import { maybeText, maybeTime, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'enrolment_keys' })
export class EnrolmentKeyEntity implements StoredEnrolmentKey {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly id: string;
  @Column('uuid') readonly clusterId: string;
  @Column('text') readonly lookupId: string;
  @Column('text') readonly name: string;
  @Column('text') readonly prefix: string;
  /** Read by name alone: a list of keys holds no secret. */
  @Column({ type: 'bytea', select: false }) readonly sealed: Uint8Array;
  @Column('text') readonly createdBy: string;
  @Column(time) readonly createdAt: Date;
  @Column(maybeTime) readonly expiresAt: Date | null;
  @Column(maybeTime) readonly revokedAt: Date | null;
  @Column(maybeText) readonly revokedBy: string | null;
  @Column(maybeTime) readonly lastUsedAt: Date | null;
}
