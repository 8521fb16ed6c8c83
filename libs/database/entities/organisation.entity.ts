import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Organisation } from '#application/organisations/organisation.js';
import { time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'organisations' })
export class OrganisationEntity implements Organisation {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @Column('text') readonly name: string;
  @Column('bytea') readonly wrappedDataKey: Uint8Array;
  @Column(time) readonly createdAt: Date;
}
