import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Schedule, ScheduleKind } from '#application/schedules/schedule.js';
import { maybeTime } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'schedules' })
export class ScheduleEntity implements Schedule {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly id: string;
  @Column('uuid') readonly clusterId: string;
  @Column('text') readonly kind: ScheduleKind;
  @Column('text') readonly cron: string;
  @Column('text') readonly timeZone: string;
  @Column('boolean') readonly isEnabled: boolean;
  @Column(maybeTime) readonly nextRunAt: Date | null;
  @Column(maybeTime) readonly lastRunAt: Date | null;
  @Column('integer') readonly missed: number;
}
