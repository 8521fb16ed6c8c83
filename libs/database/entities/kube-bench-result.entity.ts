import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { KubeBenchResult } from '#application/nodes/kube-bench-result.js';
import { maybeText, texts, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'kube_bench_results' })
export class KubeBenchResultEntity implements KubeBenchResult {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly clusterId: string;
  @PrimaryColumn('text') readonly node: string;
  @Column('uuid') readonly id: string;
  @Column(texts) readonly benchmarks: readonly string[];
  @Column(maybeText) readonly detectedVersion: string | null;
  @Column(maybeText) readonly toolVersion: string | null;
  @Column('jsonb') readonly totals: KubeBenchResult['totals'];
  @Column(time) readonly receivedAt: Date;
  @Column('text') readonly uploadedBy: string;
  @Column({ type: 'bytea', select: false }) readonly sealed: Uint8Array;
}
