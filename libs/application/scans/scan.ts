import type { Layer, Severity } from '#controls/engine/control.js';
import type { NotApplicableGroup, Outcome, PartResult, UnknownGroup } from '#controls/engine/evaluation.js';
import type { MissingReason } from '#inventory/observed.js';
import type { ScanProgress, ScanResult } from '../ports/cluster-collector.js';
import type { ScheduleKind } from '../schedules/schedule.js';

export const scanStates = ['queued', 'running', 'finished', 'failed', 'cancelled'] as const;
export type ScanState = (typeof scanStates)[number];

export const kindOf = ({ kind, withBenchmark }: Pick<Scan, 'kind' | 'withBenchmark'>): ScheduleKind => (kind === 'benchmark' ? 'benchmark' : withBenchmark ? 'posture-and-benchmark' : 'posture');

export const isActive = (state: ScanState): boolean => state === 'queued' || state === 'running';

export interface Scan {
  readonly id: string;
  readonly tenantId: string;
  readonly clusterId: string;
  /** `rejudge`: evidence that another scan has kept, judged once more by what is known today. `benchmark`: a benchmark alone. */
  readonly kind: 'live' | 'snapshot' | 'rejudge' | 'benchmark';
  /** A benchmark is judged too, or alone. */
  readonly withBenchmark: boolean;
  readonly snapshotId: string | null;
  /** Whose evidence is judged once more. */
  readonly sourceScanId: string | null;
  readonly state: ScanState;
  /** The cluster's generation when the present attempt began. */
  readonly generation: number | null;
  /** The cluster's first complete scan. */
  readonly isBaseline: boolean;
  /** Nothing that was to be read was lost on the way. */
  readonly isComplete: boolean;
  /** Id of the API key, or `schedule`. */
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Last sign of life of the attempt that runs. */
  readonly heartbeatAt: Date | null;
  readonly progress: ScanProgress | null;
  readonly summary: ScanSummary | null;
  readonly coverage: ScanCoverage | null;
  readonly failure: ScanFailure | null;
  readonly cancelRequested: boolean;
}

export interface ScanFailure {
  readonly reason: string;
  readonly detail: string;
}

export type BySeverity = Readonly<Record<Severity, number>>;

export interface ScanSummary {
  /** 0 to 100, one decimal; null where nothing could be decided. Never shown without `ScanCoverage.ratio`. */
  readonly score: number | null;
  readonly controls: Readonly<Record<Outcome, number>>;
  readonly layers: readonly LayerSummary[];
  readonly findings: {
    readonly opened: number;
    readonly reopened: number;
    readonly regressed: number;
    readonly resolved: number;
    /** Open before and after. */
    readonly stillOpen: number;
    /** All that are open after this scan. */
    readonly open: BySeverity;
  };
  readonly counts: ScanResult['counts'];
  /** With the bytes of evidence that were new to memory, as they are kept. */
  readonly cost: ScanResult['cost'] & { readonly evidenceBytes?: number };
  /** Why no benchmark was judged, where one was asked for and none could be chosen. */
  readonly benchmarkRefused?: string;
}

export interface LayerSummary {
  readonly layer: Layer;
  readonly score: number | null;
  readonly controls: Readonly<Record<Outcome, number>>;
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
}

/** How much could be judged, and why not the rest. */
export interface ScanCoverage {
  /** Results that are pass or fail. */
  readonly decided: number;
  /** Decided, plus what could not be judged. */
  readonly applicable: number;
  /** decided / applicable, 0 to 1; null where nothing applied. */
  readonly ratio: number | null;
  /** What was not read to its end. */
  readonly missing: readonly MissingRead[];
  /** Controls that the organisation's policy had switched off. */
  readonly switchedOff?: readonly string[];
}

export interface MissingRead {
  readonly resource: string;
  readonly state: 'partial' | 'missing' | 'given';
  readonly reason: MissingReason | null;
  readonly detail: string;
}

/** One control's result in one scan; what failed stands in the findings. */
export interface ControlResult {
  readonly scanId: string;
  readonly tenantId: string;
  readonly controlId: string;
  readonly outcome: Outcome;
  readonly complete: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
  readonly notApplicable: number;
  /** By part or rule; empty where the control has none, and in scans before parts were kept. */
  readonly parts: Readonly<Record<string, PartResult>>;
  readonly unknowns: readonly UnknownGroup[];
  readonly notApplicables: readonly NotApplicableGroup[];
  readonly error: string | null;
}

/** The same in figures alone, for looking at many scans at once. */
export type ControlOutcome = Pick<ControlResult, 'scanId' | 'controlId' | 'outcome' | 'passed' | 'failed' | 'unknown' | 'notApplicable' | 'parts'>;

/** Freshness of one control on one cluster. */
export interface ControlState {
  readonly clusterId: string;
  readonly controlId: string;
  readonly lastOutcome: Outcome;
  readonly lastEvaluatedAt: Date;
  /** When all its facts were last read to their end. */
  readonly lastCompleteAt: Date | null;
}
