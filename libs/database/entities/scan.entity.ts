import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ScanProgress } from '#application/ports/cluster-collector.js';
import type { Scan, ScanCoverage, ScanFailure, ScanState, ScanSummary } from '#application/scans/scan.js';
import { maybeBigint, maybeJson, maybeTime, maybeUuid, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'scans' })
export class ScanEntity implements Scan {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly id: string;
  @Column('uuid') readonly clusterId: string;
  @Column('text') readonly kind: Scan['kind'];
  @Column('boolean') readonly withBenchmark: boolean;
  @Column(maybeUuid) readonly snapshotId: string | null;
  @Column(maybeUuid) readonly sourceScanId: string | null;
  @Column('text') readonly state: ScanState;
  @Column(maybeBigint) readonly generation: number | null;
  @Column('boolean') readonly isBaseline: boolean;
  @Column('boolean') readonly isComplete: boolean;
  @Column('text') readonly requestedBy: string;
  @Column(time) readonly requestedAt: Date;
  @Column(maybeTime) readonly startedAt: Date | null;
  @Column(maybeTime) readonly finishedAt: Date | null;
  @Column(maybeTime) readonly heartbeatAt: Date | null;
  @Column(maybeJson) readonly progress: ScanProgress | null;
  @Column(maybeJson) readonly summary: ScanSummary | null;
  @Column(maybeJson) readonly coverage: ScanCoverage | null;
  @Column(maybeJson) readonly failure: ScanFailure | null;
  @Column('boolean') readonly cancelRequested: boolean;
}
