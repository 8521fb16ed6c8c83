import type { EvaluatedObject, PodSecurityAnswer } from '#application/pod-security/pod-security.service.js';
import { podSecurityLevels, type PodSecurityLevel } from '#inventory/pod-security/pod-security-version.js';
import { ApiField } from '../schema/api-field.js';
import { json, text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { namedEnum } from '../schema/named-enum.js';
import { Input, Parameters, View, view } from '../schema/shapes.js';

const levelEnum = namedEnum('PodSecurityLevel', podSecurityLevels, 'A level of the Pod Security Standards.');
const outcomeEnum = namedEnum(
  'PodSecurityOutcome',
  ['allowed', 'refused', 'no-template', 'invalid'] as const satisfies readonly EvaluatedObject['outcome'][],
  'What a server would do with an object. `no-template`: it has no pod to judge. `invalid`: no server would take it.',
);

/** By how many objects one request may ask. */
export const MOST_OBJECTS = 10_000;

@View('PodSecurityViolation', 'A check of the standard that an object breaks.')
export class PodSecurityViolationView {
  @ApiField.text({ about: 'The check, by its name in Kubernetes.' })
  readonly check: string;

  @ApiField.list(text(), { about: 'Paths of the fields that break it.' })
  readonly fields: readonly string[];
}

@View('EvaluatedObject', 'One object, and what is wrong with it.')
export class EvaluatedObjectView {
  @ApiField.text({ about: 'As the object says.', isNullable: true })
  readonly apiVersion: string | null;

  @ApiField.text({ about: 'As the object says.', isNullable: true })
  readonly kind: string | null;

  @ApiField.text({ about: 'As the object says.', isNullable: true })
  readonly namespace: string | null;

  @ApiField.text({ about: 'As the object says.', isNullable: true })
  readonly name: string | null;

  @ApiField.oneOf(outcomeEnum, { about: 'What a server would do with it.' })
  readonly outcome: EvaluatedObject['outcome'];

  @ApiField.list(object(() => PodSecurityViolationView), { about: 'Every check that it breaks.' })
  readonly violations: readonly PodSecurityViolationView[];

  @ApiField.text({ about: 'What no server would take.', isNullable: true })
  readonly reason: string | null;
}

@View('PodSecurityAnswer', 'What the standard says of objects.')
export class PodSecurityAnswerView {
  @ApiField.oneOf(levelEnum, { about: 'The level.' })
  readonly level: PodSecurityLevel;

  @ApiField.text({ about: 'The version whose rules were applied.' })
  readonly version: string;

  @ApiField.bool({ about: 'The version that was asked for is newer than the rules that are known here; the newest of them were applied.' })
  readonly isBeyondKnown: boolean;

  @ApiField.list(object(() => EvaluatedObjectView), { about: 'One an object, in their order.' })
  readonly results: readonly EvaluatedObjectView[];

  static of(this: void, { level, version, isBeyondKnown, results }: PodSecurityAnswer): PodSecurityAnswerView {
    return view(PodSecurityAnswerView, {
      level, version, isBeyondKnown,
      results: results.map(({ apiVersion, kind, namespace, name, outcome, violations, reason }) => view(EvaluatedObjectView, {
        apiVersion, kind, namespace, name, outcome, reason,
        violations: violations.map(({ check, fields }) => view(PodSecurityViolationView, { check, fields })),
      })),
    });
  }
}

@Parameters()
export class PodSecurityParameters {
  @ApiField.oneOf(levelEnum, { about: 'The level, where the body has objects alone.', isOptional: true })
  readonly level?: PodSecurityLevel;

  @ApiField.text({ about: 'The version, where the body has objects alone.', isOptional: true, maxLength: 20, example: 'v1.34' })
  readonly version?: string;
}

@Input('EvaluatePodSecurityInput', 'Objects, and the standard to judge them by.')
export class EvaluatePodSecurityInput {
  @ApiField.oneOf(levelEnum, { about: 'The level; restricted where neither body nor parameter says.', isOptional: true })
  readonly level?: PodSecurityLevel;

  @ApiField.text({ about: 'A minor version such as `v1.34`, or `latest`; the latter where neither body nor parameter says.', isOptional: true, maxLength: 20, example: 'v1.34' })
  readonly version?: string;

  @ApiField.list(json(), { about: 'Pods, and whatever has a pod template, as manifests write them.', max: MOST_OBJECTS })
  readonly objects: readonly unknown[];
}
