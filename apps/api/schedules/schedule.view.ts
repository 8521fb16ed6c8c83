import type { Schedule } from '#application/schedules/schedule.js';
import type { PutSchedule } from '#application/schedules/schedules.service.js';
import { ApiField } from '../schema/api-field.js';
import { Input, View, view } from '../schema/shapes.js';

@View('Schedule', 'Regular scans of one cluster.')
export class ScheduleView {
  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;

  @ApiField.text({ about: 'Five fields: minute, hour, day of month, month, day of week.' })
  readonly cron: string;

  @ApiField.text({ about: 'IANA name of the time zone.' })
  readonly timeZone: string;

  @ApiField.bool({ about: 'Whether it runs.' })
  readonly isEnabled: boolean;

  @ApiField.time({ about: 'When it runs next.', isNullable: true })
  readonly nextRunAt: Date | null;

  @ApiField.time({ about: 'When it ran last.', isNullable: true })
  readonly lastRunAt: Date | null;

  @ApiField.int({ about: 'Runs that did not take place in time; several in a row are caught up by one.' })
  readonly missed: number;

  static of(this: void, { clusterId, cron, timeZone, isEnabled, nextRunAt, lastRunAt, missed }: Schedule): ScheduleView {
    return view(ScheduleView, { clusterId, cron, timeZone, isEnabled, nextRunAt, lastRunAt, missed });
  }
}

@Input('PutScheduleInput', 'Regular scans of one cluster; replaces its present schedule.')
export class PutScheduleInput implements PutSchedule {
  @ApiField.text({ about: 'Five fields: minute, hour, day of month, month, day of week.', minLength: 1, maxLength: 200, example: '0 3 * * *' })
  readonly cron: string;

  @ApiField.text({ about: 'IANA name of the time zone; UTC where not given.', isOptional: true, minLength: 1, maxLength: 64, example: 'Europe/Berlin' })
  readonly timeZone?: string;

  @ApiField.bool({ about: 'Whether it runs; true where not given.', isOptional: true })
  readonly isEnabled?: boolean;
}
