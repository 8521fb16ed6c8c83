import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Policy } from '#application/organisations/policy.js';
import { time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'policies' })
export class PolicyEntity {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly id: string;
  @Column('integer') readonly version: number;
  @Column('jsonb') readonly document: Policy;
  @Column({ type: 'text', nullable: true }) readonly decidedBy: string | null;
  @Column(time) readonly createdAt: Date;
}
