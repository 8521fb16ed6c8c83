import type { Schedule, ScheduleKind } from '#application/schedules/schedule.js';
import type { PutSchedule } from '#application/schedules/schedules.service.js';
import { scheduleKindEnum } from './schedule-kind-enum.js';
import { ApiField } from '../schema/api-field.js';
import { object } from '../schema/fields.js';
import { Input, Parameters, View, view } from '../schema/shapes.js';

@View('Schedule', 'Regular scans of one cluster.')
export class ScheduleView {
  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;

  @ApiField.oneOf(scheduleKindEnum, { about: 'What its scans judge.' })
  readonly kind: ScheduleKind;

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

  static of(this: void, { clusterId, kind, cron, timeZone, isEnabled, nextRunAt, lastRunAt, missed }: Schedule): ScheduleView {
    return view(ScheduleView, { clusterId, kind, cron, timeZone, isEnabled, nextRunAt, lastRunAt, missed });
  }
}

@View('ScheduleList', "A cluster's schedules, one of a kind at most.")
export class ScheduleListView {
  @ApiField.list(object(() => ScheduleView), { about: 'The schedules.' })
  readonly items: readonly ScheduleView[];
}

@Parameters()
export class ScheduleParameters {
  @ApiField.oneOf(scheduleKindEnum, { about: 'Which schedule; that of posture where not given.', isOptional: true })
  readonly kind?: ScheduleKind;
}

@Input('PutScheduleInput', 'Regular scans of one cluster; replaces its present schedule of this kind.')
export class PutScheduleInput implements PutSchedule {
  @ApiField.oneOf(scheduleKindEnum, { about: 'What its scans judge; `posture` where not given. A cluster may have one schedule of each kind.', isOptional: true })
  readonly kind?: ScheduleKind;

  @ApiField.text({ about: 'Five fields: minute, hour, day of month, month, day of week.', minLength: 1, maxLength: 200, example: '0 3 * * *' })
  readonly cron: string;

  @ApiField.text({ about: 'IANA name of the time zone; UTC where not given.', isOptional: true, minLength: 1, maxLength: 64, example: 'Europe/Berlin' })
  readonly timeZone?: string;

  @ApiField.bool({ about: 'Whether it runs; true where not given.', isOptional: true })
  readonly isEnabled?: boolean;
}
