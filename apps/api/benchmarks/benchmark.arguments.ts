import { ApiField } from '../schema/api-field.js';
import { PageParameters } from '../schema/page.js';
import { Parameters } from '../schema/shapes.js';
import { ListAttestationsParameters } from './attestation.view.js';
import { ListRegressionsParameters, ListRunItemsParameters } from './benchmark.input.js';

// Arguments of GraphQL for what REST has in its addresses.

@Parameters()
export class MatrixArguments extends PageParameters {
  @ApiField.id({ about: 'The benchmark.' })
  readonly benchmarkId: string;
}

@Parameters()
export class RunItemsArguments extends ListRunItemsParameters {
  @ApiField.id({ about: 'The run.' })
  readonly runId: string;
}

@Parameters()
export class ClusterItemArguments extends PageParameters {
  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;

  @ApiField.text({ about: "The item's number in the cluster's latest run.", minLength: 1, maxLength: 60 })
  readonly itemId: string;
}

@Parameters()
export class ClusterRegressionsArguments extends ListRegressionsParameters {
  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;
}

@Parameters()
export class ClusterAttestationsArguments extends ListAttestationsParameters {
  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;
}
