import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BenchmarkRun, RunSource } from '#application/benchmarks/benchmark-run.js';
import { maybeInteger, maybeText, maybeUuid, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'benchmark_runs' })
export class BenchmarkRunEntity implements BenchmarkRun {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly id: string;
  @Column('uuid') readonly clusterId: string;
  @Column('text') readonly benchmark: string;
  @Column('text') readonly reason: string;
  @Column(maybeText) readonly caveat: string | null;
  @Column('text') readonly source: RunSource;
  @Column(time) readonly gatheredAt: Date;
  @Column(time) readonly judgedAt: Date;
  @Column('text') readonly judgedBy: string;
  @Column('text') readonly requestedBy: string;
  @Column(maybeUuid) readonly previousRunId: string | null;
  @Column('integer') readonly pass: number;
  @Column('integer') readonly fail: number;
  @Column('integer') readonly unknown: number;
  @Column('integer') readonly notApplicable: number;
  @Column('integer') readonly manual: number;
  @Column('integer') readonly regressed: number;
  @Column(maybeInteger) readonly nodesListed: number | null;
  @Column('integer') readonly nodesWithEvidence: number;
  @Column('jsonb') readonly advice: readonly string[];
}
