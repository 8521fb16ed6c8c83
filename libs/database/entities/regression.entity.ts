import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RegressedSubject, StoredRegression } from '#application/benchmarks/benchmark-run.js';
import { maybeTime, maybeUuid, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'benchmark_regressions' })
export class RegressionEntity implements StoredRegression {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly id: string;
  @Column('uuid') readonly clusterId: string;
  @Column('text') readonly meaning: string;
  @Column('text') readonly benchmark: string;
  @Column('text') readonly itemId: string;
  @Column('uuid') readonly beforeRunId: string;
  @Column('uuid') readonly runId: string;
  @Column(time) readonly at: Date;
  @Column('jsonb') readonly subjects: readonly RegressedSubject[];
  @Column('integer') readonly subjectCount: number;
  @Column(maybeUuid) readonly resolvedRunId: string | null;
  @Column(maybeTime) readonly resolvedAt: Date | null;
}
