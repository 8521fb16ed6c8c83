import type { FrameworkEntry } from '#application/frameworks/frameworks.service.js';
import { answerText, type AnsweredItem } from '#controls/frameworks/answers.js';
import { ApiField } from '../schema/api-field.js';
import { text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { View, view } from '../schema/shapes.js';

@View('FrameworkItem', 'One numbered item of a framework, in our own words.')
export class FrameworkItemView {
  @ApiField.text({ about: 'Its number.', example: '5.2.2' })
  readonly number: string;

  @ApiField.text({ about: 'What it asks for, in our own words.' })
  readonly title: string;

  @ApiField.list(text(), { about: 'Controls that answer it, as `control#part` where one part of a control does; empty where none does.' })
  readonly controlIds: readonly string[];

  @ApiField.text({ about: 'Why no evidence of a cluster can answer it; null where some can.', isNullable: true })
  readonly outside: string | null;

  static of(this: void, { number, title, outside, answers }: AnsweredItem): FrameworkItemView {
    return view(FrameworkItemView, { number, title, outside, controlIds: answers.map(answerText) });
  }
}

@View('Framework', 'A framework or benchmark.')
export class FrameworkView {
  @ApiField.text({ about: 'Its id.', example: 'cis-kubernetes' })
  readonly id: string;

  @ApiField.text({ about: 'Its name.' })
  readonly title: string;

  @ApiField.text({ about: 'The version whose numbers these are.' })
  readonly version: string;

  @ApiField.text({ about: 'Where its publisher has it.' })
  readonly source: string;

  @ApiField.text({ about: 'What is in it here, and how its items are to be read.' })
  readonly about: string;

  @ApiField.list(object(() => FrameworkItemView), { about: 'Its items.' })
  readonly items: readonly FrameworkItemView[];

  static of(this: void, { id, title, version, source, about, items }: FrameworkEntry): FrameworkView {
    return view(FrameworkView, { id, title, version, source, about, items: items.map(FrameworkItemView.of) });
  }
}

@View('FrameworkList', 'Every framework that controls answer.')
export class FrameworkListView {
  @ApiField.list(object(() => FrameworkView), { about: 'The frameworks.' })
  readonly items: readonly FrameworkView[];
}
