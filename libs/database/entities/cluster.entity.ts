import { Column, DeleteDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import type { Cluster, Labels, StoredVerification } from '#application/clusters/cluster.js';
import type { BenchmarkId } from '#benchmarks/benchmark.js';
import type { Platform } from '#inventory/facts.js';
import { bigint, maybeJson, maybeText, maybeTime, maybeUuid, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'clusters' })
export class ClusterEntity implements Cluster {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly id: string;
  @Column('text') readonly name: string;
  @Column('jsonb') readonly labels: Labels;
  @Column(maybeText) readonly environment: string | null;
  @Column(maybeText) readonly server: string | null;
  @Column('boolean') readonly hasConnection: boolean;
  @Column(maybeText) readonly platform: Platform | null;
  @Column(maybeText) readonly version: string | null;
  @Column({ type: 'boolean', nullable: true }) readonly isManaged: boolean | null;
  @Column(maybeText) readonly benchmark: BenchmarkId | null;
  @Column(bigint) readonly generation: number;
  @Column(maybeTime) readonly pausedAt: Date | null;
  @Column(maybeTime) readonly unreachableSince: Date | null;
  @Column(maybeUuid) readonly lastScanId: string | null;
  @Column(maybeTime) readonly lastCompleteAt: Date | null;
  @Column(maybeJson) readonly verification: StoredVerification | null;
  @Column(time) readonly createdAt: Date;
  @UpdateDateColumn(time) readonly updatedAt: Date;
  /** Set on deletion; every read leaves such rows out. */
  @DeleteDateColumn(maybeTime) readonly deletedAt: Date | null;
}
