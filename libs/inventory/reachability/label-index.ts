import type { LabelExpression, Labels, LabelSelector } from '../facts.js';
import { matches, selects } from '../readers/label-selector.js';
import { clearBit, fillBits, newBits, setBit, type Bits } from './bits.js';
import { IdSet } from './id-set.js';

/** Which of many label maps a selector matches, by postings of every label: the cost of a selector does not grow with the number of selectors. */
export class LabelIndex {
  private readonly postings = new Map<string, Map<string, number[]>>();
  private readonly answers = new Map<string, IdSet>();

  constructor(private readonly maps: readonly Labels[]) {
    for (let id = 0; id < maps.length; id++) {
      const labels = maps[id]!;
      for (const key of Object.keys(labels)) {
        let values = this.postings.get(key);
        if (!values) this.postings.set(key, (values = new Map()));
        const list = values.get(labels[key]!);
        if (list) list.push(id);
        else values.set(labels[key]!, [id]);
      }
    }
  }

  /** The same object for equal selectors. */
  select(selector: LabelSelector): IdSet {
    const key = JSON.stringify([selector.matchLabels, selector.matchExpressions]);
    let found = this.answers.get(key);
    if (!found) this.answers.set(key, (found = this.find(selector)));
    return found;
  }

  private find(selector: LabelSelector): IdSet {
    const few = this.candidates(selector);
    if (few) return IdSet.ofMembers(few.flat().filter((id) => selects(selector, this.maps[id]!)).sort((a, b) => a - b));
    const found = newBits(this.maps.length);
    fillBits(found, this.maps.length);
    for (const label of Object.keys(selector.matchLabels)) this.keep(found, listsOf(this.postings.get(label), [selector.matchLabels[label]!]));
    for (const expression of selector.matchExpressions) this.apply(found, expression);
    return IdSet.ofBits(found);
  }

  /** Those that have one of the labels which the selector asks for, where these are few: most selectors are about one workload. Each is in one list. */
  private candidates({ matchLabels, matchExpressions }: LabelSelector): readonly (readonly number[])[] | undefined {
    const areFew = (lists: readonly (readonly number[])[]): boolean => lists.reduce((sum, list) => sum + list.length, 0) * 32 <= this.maps.length;
    for (const label of Object.keys(matchLabels)) {
      const lists = listsOf(this.postings.get(label), [matchLabels[label]!]);
      if (areFew(lists)) return lists;
    }
    for (const { key, operator, values } of matchExpressions) {
      if (operator !== 'In' && operator !== 'Exists') continue;
      const byValue = this.postings.get(key);
      const lists = operator === 'In' ? listsOf(byValue, values) : [...(byValue?.values() ?? [])];
      if (areFew(lists)) return lists;
    }
    return undefined;
  }

  private apply(found: Bits, expression: LabelExpression): void {
    const byValue = this.postings.get(expression.key);
    switch (expression.operator) {
      case 'In': return this.keep(found, listsOf(byValue, expression.values));
      case 'NotIn': return this.drop(found, listsOf(byValue, expression.values));
      case 'Exists': return this.keep(found, byValue?.values() ?? []);
      case 'DoesNotExist': return this.drop(found, byValue?.values() ?? []);
      default:
        for (let id = 0; id < this.maps.length; id++) if (!matches(expression, this.maps[id]!)) clearBit(found, id);
    }
  }

  private keep(found: Bits, lists: Iterable<readonly number[]>): void {
    const kept = newBits(this.maps.length);
    for (const list of lists) for (const id of list) setBit(kept, id);
    for (let word = 0; word < found.length; word++) found[word]! &= kept[word]!;
  }

  private drop(found: Bits, lists: Iterable<readonly number[]>): void {
    for (const list of lists) for (const id of list) clearBit(found, id);
  }
}

function listsOf(byValue: ReadonlyMap<string, readonly number[]> | undefined, values: readonly string[]): readonly (readonly number[])[] {
  if (!byValue) return [];
  const lists: (readonly number[])[] = [];
  for (const value of new Set(values)) {
    const list = byValue.get(value);
    if (list) lists.push(list);
  }
  return lists;
}
