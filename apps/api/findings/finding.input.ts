import type { FindingFilter, FindingOrder } from '#application/findings/finding.js';
import type { Layer, Severity } from '#controls/engine/control.js';
import type { FindingState } from '#findings/known-finding.js';
import { layerEnum, severityEnum } from '../controls/control-enums.js';
import { ApiField } from '../schema/api-field.js';
import { PageParameters } from '../schema/page.js';
import { Parameters } from '../schema/shapes.js';
import { findingOrderEnum, findingStateEnum } from './finding.view.js';

@Parameters()
export class ListFindingsParameters extends PageParameters implements FindingFilter {
  @ApiField.oneOf(findingStateEnum, { about: 'Only in this state; open ones where not given.', isOptional: true })
  readonly state?: FindingState;

  @ApiField.oneOf(severityEnum, { about: 'Only this bad, or worse.', isOptional: true })
  readonly minSeverity?: Severity;

  @ApiField.int({ about: 'Only of this risk, or more.', isOptional: true, max: 100 })
  readonly minRisk?: number;

  @ApiField.oneOf(findingOrderEnum, { about: 'What comes first: the highest risk where not given, or the worst severity.', isOptional: true })
  readonly orderBy?: FindingOrder;

  @ApiField.oneOf(layerEnum, { about: 'Only of this layer.', isOptional: true })
  readonly layer?: Layer;

  @ApiField.text({ about: 'Only of this control.', isOptional: true, minLength: 1, maxLength: 253 })
  readonly controlId?: string;

  @ApiField.id({ about: 'Only of this cluster.', isOptional: true })
  readonly clusterId?: string;

  @ApiField.text({ about: 'Only in this namespace; empty for cluster-scoped objects.', isOptional: true, maxLength: 253 })
  readonly namespace?: string;

  @ApiField.text({ about: 'Only on this kind of object.', isOptional: true, minLength: 1, maxLength: 253, example: 'Deployment' })
  readonly kind?: string;

  @ApiField.text({ about: "Only where the object's name has this in it, in any case.", isOptional: true, minLength: 1, maxLength: 253 })
  readonly search?: string;
}

@Parameters()
export class FindingHistoryParameters extends PageParameters {
  @ApiField.id({ about: 'The finding.' })
  readonly findingId: string;
}
