import type { ItemOutcome } from '#benchmarks/outcomes/item-outcome.js';
import { changed, type Change } from './changes.js';
import type { NodePlan } from './node-plan.js';
import { itemsNamed, type Outcomes } from './outcomes.js';

/** A root whose every item is known. */
export interface Base {
  readonly name: string;
  /** One sentence on what it is about. */
  readonly about: string;
  readonly plan: NodePlan;
  readonly expected: Outcomes;
}

/** Items that are to come to an outcome, and why: what the component does. */
export type Expectation = readonly [outcome: ItemOutcome, items: string, why: string];

export interface NodeCase extends Base {
  readonly reasons: readonly Expectation[];
  readonly base?: string;
}

/** A base with a small difference. What is expected of it is what is of the base, but for the items that are named. */
export function variation(base: Base, name: string, about: string, changes: readonly Change[], ...reasons: readonly Expectation[]): NodeCase {
  const expected = { ...base.expected };
  for (const [outcome, items, why] of reasons) {
    for (const id of itemsNamed(items)) {
      if (!(id in expected)) throw new Error(`${name}: ${base.name} has no item ${id} (${why})`);
      expected[id] = outcome;
    }
  }
  return { name: `${base.name}: ${name}`, about, plan: changed(base.plan, changes), expected, reasons, base: base.name };
}

export const alone = (base: Base): NodeCase => ({ ...base, reasons: [] });
