import type { ItemCounts } from './benchmark-run.js';

/** How a cluster stands by a benchmark, of items. */
export interface RunStanding {
  /** pass / (pass + fail), 0 to 100 with one decimal; null where nothing was decided. Never shown without `coverage`. */
  readonly score: number | null;
  /** Items that pass or fail, of all but those that do not apply, 0 to 1; null where there are none. What is manual or unknown is not covered. */
  readonly coverage: number | null;
  readonly decided: number;
  readonly applicable: number;
}

/** By evidence alone: manual and unknown count as what they are, and what a person attested is counted apart. */
export function standingOf({ pass, fail, unknown, manual }: ItemCounts): RunStanding {
  const decided = pass + fail;
  const applicable = decided + unknown + manual;
  return { score: decided === 0 ? null : scoreOf(pass, fail), coverage: applicable === 0 ? null : decided / applicable, decided, applicable };
}

/** 100 is said where nothing fails only, 0 where nothing passes. */
function scoreOf(pass: number, fail: number): number {
  const score = Math.round((1000 * pass) / (pass + fail)) / 10;
  return Math.min(Math.max(score, pass > 0 ? 0.1 : 0), fail > 0 ? 99.9 : 100);
}
