import { ID } from '@nestjs/graphql';
import type { FromScan } from '#application/scans/evidence-questions.js';
import { ApiField } from '../schema/api-field.js';
import { text } from '../schema/field-type.js';
import { CommonView, Parameters } from '../schema/shapes.js';

const aboutScan = 'The scan whose evidence is asked; the latest that has any where left out.';

export const clusterArgument = { type: () => ID };
export const scanArgument = { type: () => ID, nullable: true, description: aboutScan };
export const scanField = { about: aboutScan, isOptional: true } as const;

@Parameters()
export class OfScanParameters {
  @ApiField.id(scanField)
  readonly scan?: string;
}

@Parameters()
export class DifferenceParameters extends OfScanParameters {
  @ApiField.id({ about: 'The scan to compare with.' })
  readonly before: string;
}

/** What every answer that is read from the evidence of a scan says of itself. */
@CommonView()
export class OfScanView {
  @ApiField.id({ about: 'The scan whose evidence was asked.' })
  readonly scanId: string;

  @ApiField.time({ about: 'When that looked at the cluster.' })
  readonly scannedAt: Date;

  @ApiField.list(text(), { about: 'Lists that matter here and were not read to the end: what they hide is not in the answer.' })
  readonly incomplete: readonly string[];
}

export const ofScan = ({ scanId, scannedAt, incomplete }: FromScan & { readonly incomplete: readonly string[] }): OfScanView => ({ scanId, scannedAt, incomplete });
