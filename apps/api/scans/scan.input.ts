import type { ScanFilter } from '#application/scans/scans.service.js';
import type { ScanState } from '#application/scans/scan.js';
import { ApiField } from '../schema/api-field.js';
import { PageParameters } from '../schema/page.js';
import { Input, Parameters } from '../schema/shapes.js';
import { scanStateEnum } from './scan.view.js';
import { scheduleKindEnum } from '../schedules/schedule-kind-enum.js';
import type { ScheduleKind } from '#application/schedules/schedule.js';

@Input('RequestScanInput', 'What a scan is to judge.')
export class RequestScanInput {
  @ApiField.oneOf(scheduleKindEnum, { about: 'What it judges; `posture` where not given. A benchmark alone opens and resolves no findings, and needs no connection: it judges what was uploaded last.', isOptional: true })
  readonly kind?: ScheduleKind;
}

@Parameters()
export class ListScansParameters extends PageParameters implements ScanFilter {
  @ApiField.id({ about: 'Only of this cluster.', isOptional: true })
  readonly clusterId?: string;

  @ApiField.oneOf(scanStateEnum, { about: 'Only in this state.', isOptional: true })
  readonly state?: ScanState;
}
