import type { Control } from '../engine/control.js';
import { frameworks, type Framework, type FrameworkId } from './frameworks.js';

/** A control that answers an item, by all it judges or by one part or rule of it. */
export interface Answer {
  readonly controlId: string;
  readonly part?: string;
}

export interface AnsweredItem {
  readonly number: string;
  readonly title: string;
  /** Why no evidence of a cluster can answer it; null where some can. */
  readonly outside: string | null;
  readonly answers: readonly Answer[];
}

/** `control`, or `control#part`, as findings are named too. */
export const answerText = ({ controlId, part }: Answer): string => (part === undefined ? controlId : `${controlId}#${part}`);

/** The items of a framework in its order, each with what answers it. */
export function answeredItems(id: FrameworkId, controls: readonly Pick<Control, 'id' | 'frameworks'>[]): readonly AnsweredItem[] {
  const { items }: Framework = frameworks[id];
  const answers = new Map(Object.keys(items).map((number) => [number, [] as Answer[]]));
  for (const control of controls) {
    for (const text of control.frameworks[id] ?? []) {
      const { number, part } = answered(text);
      answers.get(number)?.push(part === undefined ? { controlId: control.id } : { controlId: control.id, part });
    }
  }
  return Object.entries(items).map(([number, text]) => ({
    number, answers: answers.get(number)!,
    ...(typeof text === 'string' ? { title: text, outside: null } : { title: text.title, outside: text.outside }),
  }));
}

/** The item and the part that a control's `frameworks` name. */
export function answered(text: string): { readonly number: string; readonly part?: string } {
  const at = text.indexOf('#');
  return at < 0 ? { number: text } : { number: text.slice(0, at), part: text.slice(at + 1) };
}
