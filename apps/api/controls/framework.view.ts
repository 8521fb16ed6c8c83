import { frameworkIds, frameworks } from '#controls/frameworks/frameworks.js';
import { ApiField } from '../schema/api-field.js';
import { text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { View, view } from '../schema/shapes.js';
import type { ControlEntry } from '#application/controls/controls.service.js';

@View('FrameworkItem', 'One numbered item of a framework, in our own words.')
export class FrameworkItemView {
  @ApiField.text({ about: 'Its number.' })
  readonly number: string;

  @ApiField.text({ about: 'What it asks for, in our own words.' })
  readonly title: string;

  @ApiField.list(text(), { about: 'Controls that answer it; empty where none does.' })
  readonly controlIds: readonly string[];
}

@View('Framework', 'A framework or benchmark.')
export class FrameworkView {
  @ApiField.text({ about: 'Its id.', example: 'cis-kubernetes' })
  readonly id: string;

  @ApiField.text({ about: 'Its name and version.' })
  readonly title: string;

  @ApiField.list(object(() => FrameworkItemView), { about: 'Its items.' })
  readonly items: readonly FrameworkItemView[];
}

@View('FrameworkList', 'Every framework that controls answer.')
export class FrameworkListView {
  @ApiField.list(object(() => FrameworkView), { about: 'The frameworks.' })
  readonly items: readonly FrameworkView[];

  static of(this: void, controls: readonly ControlEntry[]): FrameworkListView {
    return view(FrameworkListView, {
      items: frameworkIds.map((id) => {
        const answering = (number: string) => controls.filter((control) => (control.frameworks[id] as readonly string[] | undefined)?.includes(number)).map((control) => control.id);
        return view(FrameworkView, {
          id,
          title: frameworks[id].title,
          items: Object.entries(frameworks[id].items).map(([number, title]) => view(FrameworkItemView, { number, title, controlIds: answering(number) })),
        });
      }),
    });
  }
}
