import { benchmarkOfOurs } from './counterpart.js';
import { keyOf, type KubeBenchEvidence } from './evidence.js';
import { knownWrongOf, type KnownWrong, type WrongKind } from './known-wrong.js';
import type { Outcome } from './outcome.js';

/** A verdict of ours on an item. */
export interface OurVerdict {
  readonly benchmark: string;
  readonly item: string;
  /** Absent for items of the cluster. */
  readonly node?: string;
  readonly outcome: Outcome;
  readonly reason?: string;
}

export type Relation =
  | 'agree'
  /** One of the two could not tell, so that there is nothing to disagree on. */
  | 'undecided'
  | 'disagree'
  | 'ours-only'
  | 'theirs-only';

export interface ComparedItem {
  readonly benchmark: string;
  readonly item: string;
  readonly node?: string;
  readonly relation: Relation;
  readonly ours?: OurVerdict;
  readonly theirs?: KubeBenchEvidence;
  /** What is known to go wrong that way in this check of kube-bench: likely causes, the closest first. Empty where the disagreement has no known cause. */
  readonly causes: readonly KnownWrong[];
}

/** Both verdicts item by item, in the order of ours and then what they alone have. */
export function compare(ours: readonly OurVerdict[], theirs: readonly KubeBenchEvidence[]): readonly ComparedItem[] {
  const theirsByKey = new Map(theirs.map((evidence) => [keyOf(evidence), evidence]));
  const rows: ComparedItem[] = [];
  for (const verdict of ours) {
    const at = { benchmark: benchmarkOfOurs(verdict.benchmark), item: verdict.item, ...(verdict.node !== undefined && { node: verdict.node }) };
    const key = keyOf(at);
    const evidence = theirsByKey.get(key);
    theirsByKey.delete(key);
    rows.push(evidence ? { ...at, ...related(verdict.outcome, evidence), ours: verdict, theirs: evidence } : { ...at, relation: 'ours-only', ours: verdict, causes: [] });
  }
  for (const evidence of theirsByKey.values()) {
    const { benchmark, item, node } = evidence;
    rows.push({ benchmark, item, ...(node !== undefined && { node }), relation: 'theirs-only', theirs: evidence, causes: [] });
  }
  return rows;
}

const isDecided = (outcome: Outcome): boolean => outcome !== 'unknown' && outcome !== 'manual';

function related(ours: Outcome, { outcome, reason, theirBenchmark, theirNumber }: KubeBenchEvidence): { readonly relation: Relation; readonly causes: readonly KnownWrong[] } {
  if (ours === outcome) return { relation: 'agree', causes: [] };
  // A test that did not hold is a statement, whether kube-bench counts it or not.
  const theirs = reason?.kind === 'unscored-failure' ? 'fail' : outcome;
  if (ours === theirs) return { relation: 'agree', causes: [] };
  if (!isDecided(ours) || !isDecided(theirs)) return { relation: 'undecided', causes: [] };
  const kinds: readonly WrongKind[] = theirs === 'pass' ? ['false-pass'] : theirs === 'fail' ? ['false-fail', 'never-pass'] : [];
  return { relation: 'disagree', causes: knownWrongOf(theirBenchmark, theirNumber).filter(({ kind }) => kinds.includes(kind)) };
}
