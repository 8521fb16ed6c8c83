import type { Finding, FindingOrder, ShownFinding } from '#application/findings/finding.js';
import type { Layer, Severity } from '#controls/engine/control.js';
import { riskSteps, surroundingsOf, type RiskStep } from '#controls/risk/risk.js';
import type { FindingState, Transition } from '#findings/known-finding.js';
import type { ResourceRef } from '#inventory/resource-ref.js';
import { layerEnum, severityEnum } from '../controls/control-enums.js';
import { ApiField } from '../schema/api-field.js';
import { object } from '../schema/fields.js';
import { namedEnum } from '../schema/named-enum.js';
import { pageViews } from '../schema/page.js';
import { View, view } from '../schema/shapes.js';

export const findingStateEnum = namedEnum('FindingState', ['open', 'resolved'] as const satisfies readonly FindingState[], 'Whether it still fails.');
export const findingOrderEnum = namedEnum('FindingOrder', ['risk', 'severity'] as const satisfies readonly FindingOrder[], 'What comes first in a list of findings.');
export const transitionEnum = namedEnum(
  'Transition',
  ['opened', 'reopened', 'regressed', 'resolved'] as const satisfies readonly Transition[],
  'How a finding came into its state.',
);
const basisEnum = namedEnum('Basis', ['cluster', 'objects-given'] as const satisfies readonly Finding['basis'][], 'What a verdict rests on: the whole cluster, or the uploaded objects alone.');

@View('Resource', 'An object of the cluster.')
export class ResourceView {
  @ApiField.text({ about: 'API group; empty for the core group.' })
  readonly group: string;

  @ApiField.text({ about: 'Kind.' })
  readonly kind: string;

  @ApiField.text({ about: 'Namespace; empty for cluster-scoped objects.' })
  readonly namespace: string;

  @ApiField.text({ about: 'Name.' })
  readonly name: string;

  static of(this: void, { group, kind, namespace, name }: ResourceRef): ResourceView {
    return view(ResourceView, { group, kind, namespace, name });
  }
}

const riskFactorEnum = namedEnum('RiskFactor', ['severity', 'layer', 'exposure', 'privilege', 'exploit'] as const satisfies readonly RiskStep['factor'][], 'What makes a risk higher or lower.');

@View('RiskStep', 'One step from the points of a severity to the risk.')
export class RiskStepView {
  @ApiField.oneOf(riskFactorEnum, { about: 'What it is about.' })
  readonly factor: RiskStep['factor'];

  @ApiField.text({ about: 'What was found of it.', example: 'internet' })
  readonly value: string;

  @ApiField.float({ about: 'Points for the severity, a multiplier for every other factor.' })
  readonly weight: number;
}

@View('Risk', 'How soon a finding is to be mended, against all others.')
export class RiskView {
  @ApiField.int({ about: 'The points of its severity, multiplied by what surrounds it; 100 at most.', min: 0, max: 100 })
  readonly score: number;

  @ApiField.list(object(() => RiskStepView), { about: 'How it comes about, step by step.' })
  readonly steps: readonly RiskStepView[];

  static of(this: void, { risk, surroundings, severity, layer }: Pick<Finding, 'risk' | 'surroundings' | 'severity' | 'layer'>): RiskView {
    return view(RiskView, { score: risk, steps: riskSteps({ severity, layer, ...surroundingsOf(surroundings) }).map((step) => view(RiskStepView, step)) });
  }
}

@View('Finding', 'A control that fails on a resource.')
export class FindingView {
  @ApiField.id({ about: 'Its id.' })
  readonly id: string;

  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;

  @ApiField.text({ about: 'Its identity within the cluster: control, resource and part.' })
  readonly key: string;

  @ApiField.text({ about: 'The control that fails.', example: 'workloads/privileged' })
  readonly controlId: string;

  @ApiField.oneOf(layerEnum, { about: 'Its layer.' })
  readonly layer: Layer;

  @ApiField.oneOf(severityEnum, { about: 'How bad it is.' })
  readonly severity: Severity;

  @ApiField.object(() => RiskView, { about: 'How soon it is to be mended, by its severity and what surrounds it.' })
  readonly risk: RiskView;

  @ApiField.oneOf(findingStateEnum, { about: 'Whether it still fails.' })
  readonly state: FindingState;

  @ApiField.oneOf(transitionEnum, { about: 'How it came into its state.' })
  readonly transition: Transition;

  @ApiField.int({ about: 'Number of its transitions so far.' })
  readonly sequence: number;

  @ApiField.object(() => ResourceView, { about: 'The object that fails.' })
  readonly resource: ResourceView;

  @ApiField.text({ about: 'Container, subject or setting; empty where the whole resource is meant.' })
  readonly part: string;

  @ApiField.text({ about: 'What fails.' })
  readonly message: string;

  @ApiField.json({ about: 'More about it, by control.', isNullable: true, schema: { type: 'object', additionalProperties: true } })
  readonly detail: Readonly<Record<string, unknown>> | null;

  @ApiField.json({ about: 'A change to the object that mends it, where one can be computed.', isNullable: true, schema: { type: 'object', additionalProperties: true } })
  readonly patch: unknown;

  @ApiField.oneOf(basisEnum, { about: 'What the verdict rests on.' })
  readonly basis: Finding['basis'];

  @ApiField.text({ about: 'Why the organisation switched its control off, so that nothing new is known of it; null where it is judged.', isNullable: true })
  readonly switchedOff: string | null;

  @ApiField.bool({ about: "Found by the cluster's first complete scan." })
  readonly isBaseline: boolean;

  @ApiField.time({ about: 'When it first failed.' })
  readonly firstSeenAt: Date;

  @ApiField.time({ about: 'When it last changed.' })
  readonly changedAt: Date;

  @ApiField.time({ about: 'When it was resolved.', isNullable: true })
  readonly resolvedAt: Date | null;

  @ApiField.id({ about: 'The scan that opened it.' })
  readonly openedScanId: string;

  @ApiField.id({ about: 'The scan that last changed it.' })
  readonly lastScanId: string;

  static of(this: void, finding: ShownFinding): FindingView {
    const { id, clusterId, key, controlId, layer, severity, state, transition, sequence, resourceGroup, kind, namespace, name, part } = finding;
    const { message, detail, patch, basis, switchedOff, isBaseline, firstSeenAt, changedAt, resolvedAt, openedScanId, lastScanId } = finding;
    return view(FindingView, {
      id, clusterId, key, controlId, layer, severity, state, transition, sequence, part,
      risk: RiskView.of(finding),
      resource: ResourceView.of({ group: resourceGroup, kind, namespace, name }),
      message, detail, patch: patch ?? null, basis, switchedOff, isBaseline, firstSeenAt, changedAt, resolvedAt, openedScanId, lastScanId,
    });
  }
}

export const findingPages = pageViews<ShownFinding, FindingView>('Finding', FindingView, FindingView.of);
