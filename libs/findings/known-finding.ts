import type { Severity } from '#controls/engine/control.js';

export type FindingState = 'open' | 'resolved';

/** How a finding came into its present state; exactly one event a transition. */
export type Transition = 'opened' | 'reopened' | 'regressed' | 'resolved';

/** What reconcile needs of a finding that memory already holds. */
export interface KnownFinding {
  /** `controlId|Kind/namespace/name|part` */
  readonly key: string;
  readonly controlId: string;
  readonly state: FindingState;
  /** Number of transitions so far; the first is 1. */
  readonly sequence: number;
  readonly severity: Severity;
  /** Tells whether a still open finding must be rewritten; see `FoundFailure`. */
  readonly digest: string;
}
