import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ControlState } from '#application/scans/scan.js';
import type { Outcome } from '#controls/engine/evaluation.js';
import { maybeTime, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'control_states' })
export class ControlStateEntity implements ControlState {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly clusterId: string;
  @PrimaryColumn('text') readonly controlId: string;
  @Column('text') readonly lastOutcome: Outcome;
  @Column(time) readonly lastEvaluatedAt: Date;
  @Column(maybeTime) readonly lastCompleteAt: Date | null;
  /** Memory for reconcile: large, so only read where it is asked for. */
  @Column({ type: 'bytea', select: false }) readonly passed: Uint8Array;
}
