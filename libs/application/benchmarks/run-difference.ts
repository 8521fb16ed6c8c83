import type { ItemOutcome } from '#benchmarks/outcomes/item-outcome.js';
import type { BenchmarkRun, RunItem } from './benchmark-run.js';

/** One item in one of two runs. */
export interface DifferentItem {
  readonly itemId: string;
  readonly outcome: ItemOutcome;
  readonly sentence: string;
}

export interface ItemDifference {
  readonly meaning: string;
  /** Null where that run's benchmark does not ask for it. */
  readonly before: DifferentItem | null;
  readonly after: DifferentItem | null;
  readonly change: 'worse' | 'better' | 'other' | 'added' | 'removed';
}

export interface RunDifference {
  readonly from: BenchmarkRun;
  readonly to: BenchmarkRun;
  /** In the order of the later benchmark, and then what is removed. */
  readonly items: readonly ItemDifference[];
  readonly unchanged: number;
}

/** Items by what they mean, so that two benchmarks can be compared. `worse` and `better` are between pass and fail alone: what was not known is neither. */
export function differenceOfRuns(from: BenchmarkRun, before: readonly RunItem[], to: BenchmarkRun, after: readonly RunItem[]): RunDifference {
  const earlier = new Map(before.map((item) => [item.meaning, item]));
  const later = new Set(after.map(({ meaning }) => meaning));
  const items: ItemDifference[] = [];
  for (const item of after) {
    const old = earlier.get(item.meaning);
    if (old?.outcome === item.outcome) continue;
    items.push({ meaning: item.meaning, before: old ? shown(old) : null, after: shown(item), change: old ? changeOf(old.outcome, item.outcome) : 'added' });
  }
  for (const old of before) if (!later.has(old.meaning)) items.push({ meaning: old.meaning, before: shown(old), after: null, change: 'removed' });
  return { from, to, items, unchanged: after.filter(({ meaning, outcome }) => earlier.get(meaning)?.outcome === outcome).length };
}

const shown = ({ itemId, outcome, sentence }: RunItem): DifferentItem => ({ itemId, outcome, sentence });

function changeOf(before: ItemOutcome, after: ItemOutcome): ItemDifference['change'] {
  if (before === 'pass' && after === 'fail') return 'worse';
  return before === 'fail' && after === 'pass' ? 'better' : 'other';
}
