import { ApiField } from '../schema/api-field.js';
import { PageParameters } from '../schema/page.js';
import { Parameters } from '../schema/shapes.js';

/** Arguments of a list that a cluster has; REST has the cluster in its address. */
@Parameters()
export class OfClusterArguments extends PageParameters {
  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;
}
