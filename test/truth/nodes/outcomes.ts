import type { ItemOutcome } from '#benchmarks/outcomes/item-outcome.js';

/** What each item is expected to come to. */
export type Outcomes = Readonly<Record<string, ItemOutcome>>;

/** `1.1.1-8 1.1.13`: numbers, a range over their last part. */
export function itemsNamed(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '').flatMap((word) => {
    const [, before = '', first, last] = /^((?:\d+\.)+)(\d+)(?:-(\d+))?$/.exec(word) ?? [];
    if (first === undefined) throw new Error(`${word} is no number of an item`);
    const length = last === undefined ? 1 : Number(last) - Number(first) + 1;
    if (length < 1) throw new Error(`${word} ends before it begins`);
    return Array.from({ length }, (_, at) => `${before}${Number(first) + at}`);
  });
}

/** Every item once, by what it comes to. */
export function outcomes(byOutcome: Readonly<Partial<Record<ItemOutcome, string>>>): Outcomes {
  const found: Record<string, ItemOutcome> = {};
  for (const [outcome, text] of Object.entries(byOutcome)) {
    for (const id of itemsNamed(text)) {
      if (id in found) throw new Error(`${id} is expected to be ${found[id]} and ${outcome}`);
      found[id] = outcome as ItemOutcome;
    }
  }
  return found;
}
