import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Delivery, DeliveryState } from '#application/webhooks/delivery.js';
import { maybeBigint, maybeInteger, maybeText, maybeTime, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'deliveries' })
export class DeliveryEntity implements Delivery {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly id: string;
  @Column('uuid') readonly endpointId: string;
  @Column('text') readonly eventType: string;
  @Column('integer') readonly eventCount: number;
  @Column(maybeBigint) readonly firstPosition: number | null;
  @Column(maybeBigint) readonly lastPosition: number | null;
  @Column('bytea') readonly body: Uint8Array;
  @Column('text') readonly state: DeliveryState;
  @Column('integer') readonly attempts: number;
  @Column(maybeTime) readonly nextAttemptAt: Date | null;
  @Column(time) readonly createdAt: Date;
  @Column(maybeTime) readonly finishedAt: Date | null;
  @Column(maybeInteger) readonly lastStatus: number | null;
  @Column(maybeText) readonly lastError: string | null;
}
