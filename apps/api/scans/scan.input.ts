import type { ScanFilter } from '#application/scans/scans.service.js';
import type { ScanState } from '#application/scans/scan.js';
import { ApiField } from '../schema/api-field.js';
import { PageParameters } from '../schema/page.js';
import { Parameters } from '../schema/shapes.js';
import { scanStateEnum } from './scan.view.js';

@Parameters()
export class ListScansParameters extends PageParameters implements ScanFilter {
  @ApiField.id({ about: 'Only of this cluster.', isOptional: true })
  readonly clusterId?: string;

  @ApiField.oneOf(scanStateEnum, { about: 'Only in this state.', isOptional: true })
  readonly state?: ScanState;
}
