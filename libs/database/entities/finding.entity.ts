import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Finding } from '#application/findings/finding.js';
import type { Layer, Severity } from '#controls/engine/control.js';
import type { FindingState, Transition } from '#findings/known-finding.js';
import { maybeJson, maybeTime, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'findings' })
export class FindingEntity implements Finding {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly id: string;
  @Column('uuid') readonly clusterId: string;
  @Column('text') readonly key: string;
  @Column('text') readonly controlId: string;
  @Column('text') readonly layer: Layer;
  @Column('text') readonly severity: Severity;
  /** Computed by Postgres from the severity. */
  @Column({ type: 'smallint', insert: false, update: false }) readonly severityRank: number;
  @Column('smallint') readonly risk: number;
  @Column('text') readonly surroundings: string;
  @Column('text') readonly state: FindingState;
  @Column('text') readonly transition: Transition;
  @Column('integer') readonly sequence: number;
  @Column('text') readonly resourceGroup: string;
  @Column('text') readonly kind: string;
  @Column('text') readonly namespace: string;
  @Column('text') readonly name: string;
  @Column('text') readonly part: string;
  @Column('text') readonly message: string;
  @Column(maybeJson) readonly detail: Readonly<Record<string, unknown>> | null;
  @Column(maybeJson) readonly patch: unknown;
  @Column('text') readonly basis: 'cluster' | 'objects-given';
  @Column('text') readonly digest: string;
  @Column('boolean') readonly isBaseline: boolean;
  @Column(time) readonly firstSeenAt: Date;
  @Column(time) readonly changedAt: Date;
  @Column(maybeTime) readonly resolvedAt: Date | null;
  @Column('uuid') readonly openedScanId: string;
  @Column('uuid') readonly lastScanId: string;
}
