import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Event, EventType } from '#application/events/event.js';
import type { Severity } from '#controls/engine/control.js';
import { bigint, maybeText, maybeUuid, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'events' })
export class EventEntity implements Event {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn(bigint as { type: 'bigint' }) readonly position: number;
  @Column('uuid') readonly id: string;
  @Column('text') readonly type: EventType;
  @Column(maybeUuid) readonly clusterId: string | null;
  @Column(maybeUuid) readonly scanId: string | null;
  @Column(maybeUuid) readonly findingId: string | null;
  @Column(maybeText) readonly severity: Severity | null;
  @Column('boolean') readonly isBaseline: boolean;
  @Column('json') readonly data: Readonly<Record<string, unknown>>;
  @Column(time) readonly createdAt: Date;
}
