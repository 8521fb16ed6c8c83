import type { ControlEntry, ControlFilter, ControlKind } from '#application/controls/controls.service.js';
import { answered } from '#controls/frameworks/answers.js';
import type { EvidenceKind, Layer, Severity } from '#controls/engine/control.js';
import { ApiField } from '../schema/api-field.js';
import { oneOf, text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { Parameters, View, view } from '../schema/shapes.js';
import { controlKindEnum, evidenceEnum, layerEnum, severityEnum } from './control-enums.js';

@View('FrameworkReference', 'Items of a framework that a control answers.')
export class FrameworkReferenceView {
  @ApiField.text({ about: 'The framework.', example: 'cis-kubernetes' })
  readonly framework: string;

  @ApiField.list(text(), { about: 'Numbers of its items.' })
  readonly items: readonly string[];
}

@View('ExpectedObject', 'A system component that needs what a control forbids.')
export class ExpectedObjectView {
  @ApiField.text({ about: 'Kind.' })
  readonly kind: string;

  @ApiField.text({ about: 'Namespace; empty for cluster-scoped objects.' })
  readonly namespace: string;

  @ApiField.text({ about: 'Name, or the beginning of one where it ends in *.' })
  readonly name: string;

  @ApiField.list(text(), { about: 'The only parts meant; null: every part.', isNullable: true })
  readonly parts: readonly string[] | null;

  @ApiField.text({ about: 'Why it needs that.' })
  readonly because: string;
}

@View('ItemNumber', 'An item by its number in one benchmark.')
export class ItemNumberView {
  @ApiField.text({ about: 'The benchmark.', example: 'cis-1.12' })
  readonly benchmark: string;

  @ApiField.text({ about: "The publisher's number.", example: '4.3.1' })
  readonly itemId: string;
}

@View('Control', 'One practice, decided from evidence; or an item of a benchmark that no control covers.')
export class ControlView {
  @ApiField.oneOf(controlKindEnum, { about: 'Which of the two.' })
  readonly kind: ControlKind;

  @ApiField.text({ about: 'Its id, for ever.', example: 'workloads/privileged' })
  readonly id: string;

  @ApiField.list(text(), { about: 'Earlier ids.' })
  readonly aliases: readonly string[];

  @ApiField.oneOf(layerEnum, { about: 'Its layer.' })
  readonly layer: Layer;

  @ApiField.text({ about: 'The state that is wanted.' })
  readonly title: string;

  @ApiField.oneOf(severityEnum, { about: 'How bad a failure is.' })
  readonly severity: Severity;

  @ApiField.text({ about: 'Why it matters.' })
  readonly why: string;

  @ApiField.text({ about: 'How to mend it.' })
  readonly remediation: string;

  @ApiField.list(object(() => FrameworkReferenceView), { about: 'What it answers in frameworks.' })
  readonly frameworks: readonly FrameworkReferenceView[];

  @ApiField.list(oneOf(evidenceEnum), { about: 'Where it gets its evidence.' })
  readonly evidence: readonly EvidenceKind[];

  @ApiField.texts({ about: 'Parts that its findings may name.' })
  readonly parts: Readonly<Record<string, string>>;

  @ApiField.list(object(() => ExpectedObjectView), { about: 'System components that need what it forbids; their results are counted as expected, with the reason.' })
  readonly expected: readonly ExpectedObjectView[];

  @ApiField.list(object(() => ItemNumberView), { about: 'Of an item of a benchmark: its numbers in the editions that make findings of it. Empty of a control.' })
  readonly items: readonly ItemNumberView[];

  static of(this: void, { kind, items, id, aliases, layer, title, severity, why, remediation, frameworks, evidence, parts, expected }: ControlEntry): ControlView {
    return view(ControlView, {
      kind, items: items.map((item) => view(ItemNumberView, item)), id, aliases, layer, title, severity, why, remediation, evidence, parts,
      expected: expected.map((entry) => view(ExpectedObjectView, { kind: entry.kind, namespace: entry.namespace, name: entry.name, parts: entry.parts ?? null, because: entry.because })),
      // Which part answers, the framework says.
      frameworks: Object.entries(frameworks).map(([framework, items]) => view(FrameworkReferenceView, { framework, items: [...new Set((items ?? []).map((item) => answered(item).number))] })),
    });
  }
}

@View('ControlList', 'The catalogue.')
export class ControlListView {
  @ApiField.list(object(() => ControlView), { about: 'The controls, by layer.' })
  readonly items: readonly ControlView[];
}

@Parameters()
export class ListControlsParameters implements ControlFilter {
  @ApiField.oneOf(controlKindEnum, { about: 'Only of this kind.', isOptional: true })
  readonly kind?: ControlKind;

  @ApiField.oneOf(layerEnum, { about: 'Only of this layer.', isOptional: true })
  readonly layer?: Layer;

  @ApiField.oneOf(severityEnum, { about: 'Only of this severity.', isOptional: true })
  readonly severity?: Severity;
}
