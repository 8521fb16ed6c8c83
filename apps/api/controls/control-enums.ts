import { layers, severities, type EvidenceKind } from '#controls/engine/control.js';
import type { Outcome } from '#controls/engine/evaluation.js';
import { controlKinds } from '#application/controls/controls.service.js';
import { namedEnum } from '../schema/named-enum.js';

export const severityEnum = namedEnum('Severity', severities, 'How bad a failure is.');
export const layerEnum = namedEnum('Layer', layers, 'Part of the cluster that a control looks at.');
export const outcomeEnum = namedEnum(
  'Outcome',
  ['pass', 'fail', 'unknown', 'not-applicable', 'error'] as const satisfies readonly Outcome[],
  'What a control says of a cluster. `unknown`: the evidence is missing, and it says which.',
);
export const evidenceEnum = namedEnum('EvidenceKind', ['api', 'flags', 'configz', 'node', 'probe', 'ingest', 'history'] as const satisfies readonly EvidenceKind[], 'Where a control gets its evidence.');
export const controlKindEnum = namedEnum('ControlKind', controlKinds, 'What makes findings. `benchmark-item`: an item of a benchmark that no control covers, judged by benchmarks alone and in no score of posture.');
