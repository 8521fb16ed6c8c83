import type { ObservedValue } from './observed-values.js';
import type { Counterpart } from './counterpart.js';
import type { Outcome, OutcomeReason } from './outcome.js';

/** One check of kube-bench. */
export interface KubeBenchCheck {
  readonly number: string;
  /** As kube-bench says: `PASS`, `FAIL`, `WARN`, `INFO`; what is none of them is `OTHER`. */
  readonly status: 'PASS' | 'FAIL' | 'WARN' | 'INFO' | 'OTHER';
  readonly outcome: Outcome;
  /** Why the outcome is not what the status seems to say. */
  readonly reason?: OutcomeReason;
  readonly counterpart: Counterpart;
  /** Absent in the oldest releases. */
  readonly scored?: boolean;
  /** Whether every line of the evidence was judged for itself. */
  readonly isMultiple: boolean;
  /** kube-bench's own phrase: which setting it compared with what. */
  readonly expected?: string;
  /** The settings it looked at, as its evidence shows them; never the evidence itself. */
  readonly observed: readonly ObservedValue[];
}

/** The checks of one target of one run. */
export interface KubeBenchControl {
  /** `1` to `5`. */
  readonly id: string;
  /** As kube-bench names it: `cis-1.12`, `eks-1.8.0`. */
  readonly benchmark: string;
  /** The version of Kubernetes, or of the platform, that it found: `1.33`. */
  readonly detectedVersion?: string;
  /** `master`, `node`, `etcd`, `controlplane`, `policies`, `managedservices`. */
  readonly nodeType?: string;
  readonly checks: readonly KubeBenchCheck[];
}

/** One run of kube-bench on one node. */
export interface KubeBenchRun {
  /** From the caller: no report names its node. */
  readonly node: string;
  readonly controls: readonly KubeBenchControl[];
  /** Counted from the checks. */
  readonly totals: Totals;
  /** Whether the report's own totals say something else, as after a part was cut out. */
  readonly totalsDiffer: boolean;
}

export interface Totals {
  readonly pass: number;
  readonly fail: number;
  readonly warn: number;
  readonly info: number;
}

export interface KubeBenchReport {
  readonly runs: readonly KubeBenchRun[];
  /** Of kube-bench, from the caller: no report tells it. */
  readonly toolVersion?: string;
  /** Characters of the file that are no report: lines of a log. */
  readonly skipped: number;
}
