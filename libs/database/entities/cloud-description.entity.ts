import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredCloudDescription } from '#application/nodes/cloud-description.js';
import type { CloudProvider } from '#benchmarks/rules/rule.js';
import { time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'cloud_descriptions' })
export class CloudDescriptionEntity implements StoredCloudDescription {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly clusterId: string;
  @Column('uuid') readonly id: string;
  @Column('text') readonly provider: CloudProvider;
  @Column(time) readonly receivedAt: Date;
  @Column('text') readonly uploadedBy: string;
  @Column('bytea') readonly sealed: Uint8Array;
}
