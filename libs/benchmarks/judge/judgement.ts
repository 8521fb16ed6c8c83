import type { BenchmarkId } from '../benchmark.js';
import type { ItemResult } from '../outcomes/item-outcome.js';
import type { SubjectStatus } from '../outcomes/subject-verdict.js';

/** Where a value was read. */
export type EvidenceSource = 'api' | 'flags' | 'flagz' | 'configz' | 'probe' | 'node' | 'cloud' | 'kube-bench';

/** What one item says of one subject, and by which evidence. */
export interface SubjectResult {
  /** A node, a process of the control plane (`kube-apiserver on cp-1`), an object, or `cluster`. */
  readonly subject: string;
  readonly status: SubjectStatus;
  /** What fails, what would tell, why it does not apply, or what to look at; '' of a pass. */
  readonly text: string;
  /** The value that decided, as it was found; never a secret. */
  readonly found?: string;
  readonly source?: EvidenceSource;
  /** File, flag, object or key that it was found in. */
  readonly at?: string;
  /** When that evidence was gathered, ISO 8601. */
  readonly gatheredAt?: string;
}

/** Subjects of an item that are listed one by one, the worst first; `ItemResult.nodes` counts all. */
export const LISTED_SUBJECTS = 100;

/** What kube-bench said of the same item, where a report of it was given. */
export interface OtherOpinion {
  readonly status: string;
  readonly agrees: boolean;
  /** Why we say otherwise, where that is known. */
  readonly because?: string;
}

export interface JudgedItem extends ItemResult {
  readonly subjects: readonly SubjectResult[];
  readonly kubeBench?: OtherOpinion;
}

/** One benchmark judged on one cluster, item by item in its order. */
export interface BenchmarkJudgement {
  readonly benchmark: BenchmarkId;
  /** Why this benchmark: platform and version as found, or as pinned. */
  readonly reason: string;
  readonly caveat?: string;
  readonly items: readonly JudgedItem[];
  /** Nodes of the cluster and those with evidence of their own; undefined where nobody could list the nodes. */
  readonly nodes: { readonly listed: number | undefined; readonly withEvidence: number };
  /** What would decide most of what is unknown, a sentence each: `run the collector on 9 nodes to decide 33 items`. */
  readonly advice: readonly string[];
}
