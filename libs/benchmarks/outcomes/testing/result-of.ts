import type { Item } from '../../benchmark.js';
import { resultOfTally, type ItemResult } from '../item-outcome.js';
import { SubjectTally } from '../subject-tally.js';
import type { SubjectVerdict } from '../subject-verdict.js';

/** What an item comes to by verdicts, one a subject. */
export function resultOf(item: Item, verdicts: readonly SubjectVerdict[]): ItemResult {
  const tally = new SubjectTally();
  for (const verdict of verdicts) tally.add(verdict);
  return resultOfTally(item, tally);
}
