import type { PodTemplate } from './facts.js';

/** Something small that a template tells by itself, kept for each of them. */
export interface TemplateFact<T> {
  readonly tell: (template: PodTemplate) => T;
}

const facts: TemplateFact<unknown>[] = [];

/** Such facts are read while a template is at hand: reading templates again is a good part of what judging costs. */
export function defineTemplateFact<T>(tell: (template: PodTemplate) => T): TemplateFact<T> {
  const fact = { tell };
  facts.push(fact);
  return fact;
}

/** What templates tell, by their numbers. A fact that throws breaks who asks for it, and no other. */
export class ToldOfTemplates {
  private readonly columns = new Map<TemplateFact<unknown>, { readonly values: unknown[] } | { readonly error: unknown }>(facts.map((fact) => [fact, { values: [] }]));

  /** The next template. */
  add(template: PodTemplate): void {
    for (const [fact, column] of this.columns) {
      if ('error' in column) continue;
      try {
        column.values.push(fact.tell(template));
      } catch (error) {
        this.columns.set(fact, { error });
      }
    }
  }

  /** Whether it was asked of them. */
  has(fact: TemplateFact<unknown>): boolean {
    return this.columns.has(fact);
  }

  of<T>(fact: TemplateFact<T>, id: number): T {
    const column = this.columns.get(fact)!;
    if ('error' in column) throw column.error;
    return column.values[id] as T;
  }
}
