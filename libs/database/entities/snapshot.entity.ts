import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Completeness } from '#application/ports/cluster-collector.js';
import type { ContentEncoding, Snapshot, SnapshotFormat } from '#application/snapshots/snapshot.js';
import { bigint, maybeTime, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'snapshots' })
export class SnapshotEntity implements Snapshot {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly id: string;
  @Column('uuid') readonly clusterId: string;
  @Column('jsonb') readonly complete: Completeness;
  @Column('text') readonly contentEncoding: ContentEncoding;
  @Column('text') readonly format: SnapshotFormat;
  @Column(bigint) readonly bytes: number;
  @Column(time) readonly createdAt: Date;
  @Column(maybeTime) readonly uploadedAt: Date | null;
}
