import type { BenchmarkId } from '../benchmark.js';

/** What one subject said when it was last decided: pass or fail, by which run, and the value found. */
export type SubjectMemory = readonly [subject: string, status: 'p' | 'f', runId: string, found: string | null];

/** What is remembered of one item of one cluster between runs: what was decided, never what was missing. */
export interface ItemMemory {
  /** The run that last decided it, where that said pass. */
  readonly passedIn?: string;
  readonly subjects: readonly SubjectMemory[];
  /** A run in which every node with evidence passed that is not among `subjects`. */
  readonly restPassedIn?: string;
}

/** Remembered of one cluster, as plain JSON. Items are under their meaning, so that numbers may change. */
export interface ClusterMemory {
  readonly version: 1;
  /** What the cluster was judged by last. */
  readonly benchmark: BenchmarkId;
  /** Nodes with evidence in the runs that `restPassedIn` names. */
  readonly nodes: Readonly<Record<string, readonly string[]>>;
  readonly items: Readonly<Record<string, ItemMemory>>;
}

/** Undefined where nothing is remembered, or by a release whose memory reads otherwise. */
export function readMemory(text: string | undefined): ClusterMemory | undefined {
  if (text === undefined) return undefined;
  const memory = JSON.parse(text) as ClusterMemory;
  return memory.version === 1 ? memory : undefined;
}
