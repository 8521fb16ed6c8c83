import type { NewPolicy } from '#application/organisations/organisation-policy.service.js';
import type { ControlDecision, PolicyVersion } from '#application/organisations/policy.js';
import type { Severity } from '#controls/engine/control.js';
import { severityEnum } from '../controls/control-enums.js';
import { ApiField } from '../schema/api-field.js';
import { text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { pageViews } from '../schema/page.js';
import { Input, View, view } from '../schema/shapes.js';

const about = {
  trustedRegistries: 'Registries (host, or host and path) that images may come from; null: the organisation has no such list.',
  requiredLabels: 'Labels that workloads and namespaces are to have: key, or key=pattern with a regular expression for the whole value, without back references and looking around.',
  requiredAnnotations: 'Annotations that workloads and namespaces are to have: key, or key=pattern with a regular expression for the whole value, without back references and looking around.',
  approvedSensors: "Runtime sensors that count, by product or by the end of their image's name; null: every known one.",
  approvedNodeImages: 'How the OS image of every node may begin; null: the known minimal ones.',
  secretMaxAgeDays: 'Age in days from which a static credential is to have been replaced; null: a year.',
  evidenceDays: "Days for which the evidence of scans is kept; that of a cluster's latest scan always is.",
  nodeEvidenceMaxAgeDays: 'Days for which what a node collector saw counts, in controls and in benchmarks; what is older is unknown.',
  controls: 'What the organisation wants of single controls. Switching one off resolves nothing: its findings stay as they were.',
} as const;

const name = text({ maxLength: 100 });
const requirement = text({ maxLength: 600 });

@View('ControlDecision', 'What an organisation wants of one control.')
export class ControlDecisionView {
  @ApiField.text({ about: 'Id of the control.' })
  readonly controlId: string;

  @ApiField.oneOf(severityEnum, { about: 'The severity of all its findings; null: as the control says.', isNullable: true })
  readonly severity: Severity | null;

  @ApiField.bool({ about: 'It is not judged: its result says so, and its findings stay as they were.' })
  readonly isOff: boolean;

  @ApiField.text({ about: 'Why.' })
  readonly reason: string;

  static of(this: void, decision: ControlDecision): ControlDecisionView {
    return view(ControlDecisionView, decision);
  }
}

@View('Policy', 'What an organisation decides for all its clusters.')
export class PolicyView {
  @ApiField.int({ about: 'Which of its policies this is: 1 for the first, 0 while none was decided.' })
  readonly version: number;

  @ApiField.text({ about: 'Id of the API key that decided it; null for version 0, and where it is not known.', isNullable: true })
  readonly decidedBy: string | null;

  @ApiField.time({ about: 'When it was decided; null for version 0.', isNullable: true })
  readonly decidedAt: Date | null;

  @ApiField.list(text({ maxLength: 253 }), { about: about.trustedRegistries, isNullable: true })
  readonly trustedRegistries: readonly string[] | null;

  @ApiField.list(requirement, { about: about.requiredLabels })
  readonly requiredLabels: readonly string[];

  @ApiField.list(requirement, { about: about.requiredAnnotations })
  readonly requiredAnnotations: readonly string[];

  @ApiField.list(name, { about: about.approvedSensors, isNullable: true })
  readonly approvedSensors: readonly string[] | null;

  @ApiField.list(name, { about: about.approvedNodeImages, isNullable: true })
  readonly approvedNodeImages: readonly string[] | null;

  @ApiField.int({ about: about.secretMaxAgeDays, isNullable: true })
  readonly secretMaxAgeDays: number | null;

  @ApiField.int({ about: about.evidenceDays })
  readonly evidenceDays: number;

  @ApiField.int({ about: about.nodeEvidenceMaxAgeDays })
  readonly nodeEvidenceMaxAgeDays: number;

  @ApiField.list(object(() => ControlDecisionView), { about: about.controls })
  readonly controls: readonly ControlDecisionView[];

  static of(this: void, { version, decidedBy, createdAt, trustedRegistries, requiredLabels, requiredAnnotations, approvedSensors, approvedNodeImages, secretMaxAgeDays, evidenceDays, nodeEvidenceMaxAgeDays, controls }: PolicyVersion): PolicyView {
    return view(PolicyView, {
      version, decidedBy, decidedAt: createdAt, trustedRegistries, requiredLabels, requiredAnnotations, approvedSensors, approvedNodeImages, secretMaxAgeDays, evidenceDays, nodeEvidenceMaxAgeDays,
      controls: controls.map(ControlDecisionView.of),
    });
  }
}

export const policyPages = pageViews<PolicyVersion, PolicyView>('Policy', PolicyView, PolicyView.of);

@Input('ControlDecisionInput', 'What to want of one control: another severity, or that it is off.')
export class ControlDecisionInput {
  @ApiField.text({ about: 'Id of the control.', minLength: 1, maxLength: 100, example: 'workloads/resource-limits' })
  readonly controlId: string;

  @ApiField.oneOf(severityEnum, { about: 'The severity of all its findings; as the control says where left out.', isOptional: true, isNullable: true })
  readonly severity?: Severity | null;

  @ApiField.bool({ about: 'Do not judge it.', isOptional: true })
  readonly isOff?: boolean;

  @ApiField.text({ about: 'Why; whoever reads the result reads it.', minLength: 1, maxLength: 500, example: 'Requests are set by the platform itself.' })
  readonly reason: string;
}

@Input('PolicyInput', 'What an organisation decides for all its clusters; what is left out stays as it is.')
export class PolicyInput implements NewPolicy {
  @ApiField.int({ about: 'The version that this is based on: refused where another one has been decided since.', isOptional: true })
  readonly ifVersion?: number;

  @ApiField.list(text({ maxLength: 253, example: 'registry.example.com/team' }), { about: about.trustedRegistries, isOptional: true, isNullable: true, max: 200 })
  readonly trustedRegistries?: readonly string[] | null;

  @ApiField.list(requirement, { about: about.requiredLabels, isOptional: true, max: 50 })
  readonly requiredLabels?: readonly string[];

  @ApiField.list(requirement, { about: about.requiredAnnotations, isOptional: true, max: 50 })
  readonly requiredAnnotations?: readonly string[];

  @ApiField.list(name, { about: about.approvedSensors, isOptional: true, isNullable: true, max: 50 })
  readonly approvedSensors?: readonly string[] | null;

  @ApiField.list(name, { about: about.approvedNodeImages, isOptional: true, isNullable: true, max: 50 })
  readonly approvedNodeImages?: readonly string[] | null;

  @ApiField.int({ about: about.secretMaxAgeDays, isOptional: true, isNullable: true, min: 1, max: 3650 })
  readonly secretMaxAgeDays?: number | null;

  @ApiField.int({ about: about.evidenceDays, isOptional: true, min: 1, max: 400 })
  readonly evidenceDays?: number;

  @ApiField.int({ about: about.nodeEvidenceMaxAgeDays, isOptional: true, min: 1, max: 400 })
  readonly nodeEvidenceMaxAgeDays?: number;

  @ApiField.list(object(() => ControlDecisionInput), { about: about.controls, isOptional: true, max: 500 })
  readonly controls?: readonly ControlDecisionInput[];
}
