import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { NodeBundle } from '#application/nodes/node-bundle.js';
import { maybeText, maybeUuid, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'node_evidence' })
export class NodeBundleEntity implements NodeBundle {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly clusterId: string;
  @PrimaryColumn('text') readonly node: string;
  @Column('uuid') readonly id: string;
  @Column('integer') readonly sequence: number;
  @Column(time) readonly collectedAt: Date;
  @Column(time) readonly receivedAt: Date;
  @Column('text') readonly collector: string;
  @Column('boolean') readonly isSigned: boolean;
  @Column(maybeUuid) readonly enrolmentKeyId: string | null;
  @Column(maybeText) readonly uploadedBy: string | null;
  @Column('text') readonly digest: string;
  @Column({ type: 'text', select: false }) readonly nonce: string;
  @Column('integer') readonly size: number;
  @Column(maybeText) readonly machine: string | null;
  @Column('boolean') readonly isOtherMachine: boolean;
  /** Headers of earlier bundles, newest first, as JSON has their times. */
  @Column({ type: 'jsonb', select: false }) readonly history: readonly Readonly<Record<string, unknown>>[];
  /** Null where the evidence was deleted. */
  @Column({ type: 'bytea', nullable: true, select: false }) readonly sealed: Uint8Array | null;
}
