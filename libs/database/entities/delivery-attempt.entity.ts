import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DeliveryAttempt } from '#application/webhooks/delivery.js';
import { maybeInteger, maybeText, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'delivery_attempts' })
export class DeliveryAttemptEntity implements DeliveryAttempt {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly deliveryId: string;
  @PrimaryColumn('integer') readonly number: number;
  @Column(time) readonly at: Date;
  @Column('integer') readonly durationMs: number;
  @Column(maybeInteger) readonly status: number | null;
  @Column(maybeText) readonly error: string | null;
}
