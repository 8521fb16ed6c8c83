import type { ItemOutcome } from '#benchmarks/outcomes/item-outcome.js';
import { ApiField } from '../schema/api-field.js';
import { oneOf } from '../schema/field-type.js';
import { namedEnum } from '../schema/named-enum.js';
import { PageParameters } from '../schema/page.js';
import { Parameters } from '../schema/shapes.js';
import { itemOutcomeEnum } from './benchmark-run.view.js';

const formats = ['json', 'csv', 'html', 'oscal'] as const;
const reportFormatEnum = namedEnum('BenchmarkFormat', formats, 'How a benchmark report is written. `html`: the page for auditors, one file to print or keep. `oscal`: assessment results of NIST OSCAL.');

@Parameters()
export class BenchmarkReportParameters {
  @ApiField.oneOf(reportFormatEnum, { about: 'How it is written; `json` where left out. In `csv` no text can be taken for a formula.', isOptional: true })
  readonly format?: (typeof formats)[number];
}

const fleetFormatEnum = namedEnum('BenchmarkFleetFormat', ['json', 'csv'] as const, 'How a report on the fleet is written.');

@Parameters()
export class BenchmarkFleetParameters {
  @ApiField.oneOf(fleetFormatEnum, { about: 'How it is written; `json` where left out.', isOptional: true })
  readonly format?: 'json' | 'csv';
}

@Parameters()
export class ListRunItemsParameters extends PageParameters {
  @ApiField.list(oneOf(itemOutcomeEnum), { about: 'Only of these outcomes, by evidence.', isOptional: true, max: 5 })
  readonly outcome?: readonly ItemOutcome[];

  @ApiField.text({ about: 'Only this item, or those of this section.', isOptional: true, minLength: 1, maxLength: 60, example: '1.2' })
  readonly under?: string;
}

@Parameters()
export class ListRunsParameters extends PageParameters {
  @ApiField.id({ about: 'Only of this cluster.', isOptional: true })
  readonly clusterId?: string;
}

@Parameters()
export class ListRegressionsParameters extends PageParameters {
  @ApiField.bool({ about: 'Only those that are not mended, or only those that are.', isOptional: true })
  readonly isOpen?: boolean;
}

@Parameters()
export class RunDifferenceParameters {
  @ApiField.id({ about: "The run to compare it with, of this cluster or another; the cluster's run before where left out.", isOptional: true })
  readonly from?: string;
}
