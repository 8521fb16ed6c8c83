import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ControlResult } from '#application/scans/scan.js';
import type { NotApplicableGroup, Outcome, PartResult, UnknownGroup } from '#controls/engine/evaluation.js';
import { maybeText } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'control_results' })
export class ControlResultEntity implements ControlResult {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly scanId: string;
  @PrimaryColumn('text') readonly controlId: string;
  @Column('text') readonly outcome: Outcome;
  @Column('boolean') readonly complete: boolean;
  @Column('integer') readonly passed: number;
  @Column('integer') readonly failed: number;
  @Column('integer') readonly unknown: number;
  @Column('integer') readonly notApplicable: number;
  @Column('jsonb') readonly parts: Readonly<Record<string, PartResult>>;
  @Column('jsonb') readonly unknowns: readonly UnknownGroup[];
  @Column('jsonb') readonly notApplicables: readonly NotApplicableGroup[];
  @Column(maybeText) readonly error: string | null;
}
