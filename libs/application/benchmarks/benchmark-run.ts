import type { OtherOpinion, SubjectResult } from '#benchmarks/judge/judgement.js';
import type { ItemOutcome, SubjectCounts } from '#benchmarks/outcomes/item-outcome.js';

/** Items by outcome, as evidence alone has them. */
export interface ItemCounts {
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly notApplicable: number;
  readonly manual: number;
}

/** Where what the cluster's API says came from; `nodes`: nobody could be asked, and evidence of nodes and uploads is all there is. */
export type RunSource = 'live' | 'kept' | 'nodes';

/** One benchmark judged on one cluster. Its id is the scan's that judged it. */
export interface BenchmarkRun extends ItemCounts {
  readonly id: string;
  readonly tenantId: string;
  readonly clusterId: string;
  readonly benchmark: string;
  /** Why this benchmark. */
  readonly reason: string;
  readonly caveat: string | null;
  readonly source: RunSource;
  /** When the cluster's API was looked at, or where it was not, when the run began. */
  readonly gatheredAt: Date;
  readonly judgedAt: Date;
  /** Product and version. */
  readonly judgedBy: string;
  /** Id of the API key, or `schedule`. */
  readonly requestedBy: string;
  /** The cluster's run before. */
  readonly previousRunId: string | null;
  /** Items that passed when they were last decided, and fail. */
  readonly regressed: number;
  /** Null where nobody could list the nodes. */
  readonly nodesListed: number | null;
  readonly nodesWithEvidence: number;
  /** What would decide most of what is unknown, a sentence each. */
  readonly advice: readonly string[];
}

/** Why subjects are as they are, those of one cause together: some of them by name, and how many in all. */
export interface RunCause {
  readonly text: string;
  readonly subjects: readonly string[];
  readonly count: number;
}

/** One item of a run. */
export interface RunItem {
  /** The publisher's number. */
  readonly itemId: string;
  readonly position: number;
  /** What it is under whatever number; history, regressions and attestations go by it. */
  readonly meaning: string;
  readonly outcome: ItemOutcome;
  readonly decidedByMachine: boolean;
  readonly nodes: SubjectCounts;
  readonly sentence: string;
  readonly causes: readonly RunCause[];
  /** What a person is shown who must look. */
  readonly gathered: readonly string[];
  readonly kubeBench: OtherOpinion | null;
  /** The worst first, up to a hundred. Undefined where they were not read, or are no longer kept. */
  readonly subjects?: readonly SubjectResult[];
}

export interface RunItemOutcome {
  readonly runId: string;
  readonly itemId: string;
  readonly meaning: string;
  readonly outcome: ItemOutcome;
}

/** What one run said of an item. */
export interface ItemPoint extends Pick<RunItem, 'itemId' | 'outcome' | 'nodes' | 'sentence'> {
  readonly runId: string;
  readonly benchmark: string;
  readonly judgedAt: Date;
}

export interface ItemFilter {
  readonly outcomes?: readonly ItemOutcome[];
  /** Number of an item, or the beginning of numbers: `1.2` is all of the section. */
  readonly under?: string;
}

/** A subject that passed and fails. */
export interface RegressedSubject {
  readonly subject: string;
  readonly text: string;
  /** The value as it was; null where it was not kept. */
  readonly before: string | null;
  readonly after: string | null;
  /** File, flag, object or key that the new value was found in. */
  readonly at: string | null;
  readonly source: string | null;
}

/** An item that passed when it was last decided, and fails. It ends when all its subjects are seen to pass. */
export interface StoredRegression {
  readonly id: string;
  readonly tenantId: string;
  readonly clusterId: string;
  readonly meaning: string;
  readonly benchmark: string;
  readonly itemId: string;
  /** The run that last said pass. */
  readonly beforeRunId: string;
  readonly runId: string;
  readonly at: Date;
  /** Up to a hundred of them. */
  readonly subjects: readonly RegressedSubject[];
  readonly subjectCount: number;
  readonly resolvedRunId: string | null;
  readonly resolvedAt: Date | null;
}

export interface RegressionFilter {
  readonly isOpen?: boolean;
}
