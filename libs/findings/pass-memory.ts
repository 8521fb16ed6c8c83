import type { FoundEvaluation } from './found-failure.js';
import { emptyKeySet, equalSets, hasKey, unionOf, without, type KeySet } from '#controls/engine/key-set.js';
import { equalValues, joinedValues, type SeenValues } from '#controls/engine/values.js';

/** Keys that no later scan saw pass; `scanId` null: it is not known any more which did. */
export interface LapsedPasses {
  readonly scanId: string | null;
  readonly keys: KeySet;
}

/** What is remembered of the passes of one control on one cluster. */
export interface PassMemory {
  /** Keys that any scan evaluated as pass, where its passes count. */
  readonly passed: KeySet;
  /** The last of those scans: it saw all of them pass but those that lapsed. Null where that was not kept. */
  readonly scanId: string | null;
  /** Newest first, no key twice. */
  readonly lapsed: readonly LapsedPasses[];
  /** What those that rest on settings were seen with when they passed last. */
  readonly seen: readonly SeenValues[];
}

export const noPasses: PassMemory = { passed: emptyKeySet, scanId: null, lapsed: [], seen: [] };

/** A subject that passed long ago and is gone is forgotten once such keys outnumber the living by this factor. */
const FORGET_FACTOR = 4;

/** Scans that are told apart; what lapsed before them has none. */
const MOST_LAPSED = 16;

/** Whether an evaluation saw all there is to see: then what it does not name is gone. */
export const isWhole = ({ complete, outcome }: Pick<FoundEvaluation, 'complete' | 'outcome'>): boolean => complete && outcome !== 'error';

/** Whether its passes are news: they resolve findings, and are remembered. */
export const doPassesCount = (evaluation: Pick<FoundEvaluation, 'complete' | 'outcome' | 'passesStand'>): boolean => isWhole(evaluation) || evaluation.passesStand === true;

/** The last scan that saw a key pass. Undefined where none did. */
export function lastPass(memory: PassMemory, key: string): { readonly scanId: string | null } | undefined {
  if (!hasKey(memory.passed, key)) return undefined;
  return memory.lapsed.find(({ keys }) => hasKey(keys, key)) ?? memory;
}

/** The memory with the passes of one more scan in it. */
export function withPasses(memory: PassMemory, { passedKeys, seen = [], complete }: Pick<FoundEvaluation, 'passedKeys' | 'seen' | 'complete'>, scanId: string): PassMemory {
  const remembered = unionOf(memory.passed, passedKeys);
  const isForgotten = complete && remembered.length > FORGET_FACTOR * Math.max(passedKeys.length, 2048);
  if (isForgotten) return { passed: passedKeys, scanId, lapsed: [], seen };
  return {
    passed: equalSets(memory.passed, remembered) ? memory.passed : remembered, scanId, lapsed: lapsedAfter(memory, passedKeys),
    seen: equalValues(memory.seen, seen) ? memory.seen : joinedValues([...memory.seen.map(({ values, keys }) => ({ values, keys: without(keys, passedKeys) })), ...seen]),
  };
}

function lapsedAfter(memory: PassMemory, passedKeys: KeySet): readonly LapsedPasses[] {
  if (memory.lapsed.length === 0 && equalSets(memory.passed, passedKeys)) return memory.lapsed;
  const known = memory.lapsed.reduce((rest, { keys }) => without(rest, keys), memory.passed);
  const left = [{ scanId: memory.scanId, keys: without(known, passedKeys) }, ...memory.lapsed.map((one) => ({ ...one, keys: without(one.keys, passedKeys) }))].filter(({ keys }) => keys.length > 0);
  return left.length <= MOST_LAPSED ? left : [...left.slice(0, MOST_LAPSED - 1), { scanId: null, keys: left.slice(MOST_LAPSED - 1).reduce((all, { keys }) => unionOf(all, keys), emptyKeySet) }];
}

/** Whether the two hold the same keys, seen with the same; which scan saw them last stands apart, for it is another each time. */
export const equalPasses = (a: PassMemory, b: PassMemory): boolean =>
  equalSets(a.passed, b.passed) && a.lapsed.length === b.lapsed.length && a.lapsed.every(({ scanId, keys }, i) => scanId === b.lapsed[i]!.scanId && equalSets(keys, b.lapsed[i]!.keys)) && equalValues(a.seen, b.seen);
