import type { MissingEvidence } from '#inventory/observed.js';
import type { ResourceRef } from '#inventory/resource-ref.js';
import type { Layer, Severity } from './control.js';
import type { SeenValues, Values } from './values.js';

/** One subject that fails. `key` is `controlId|Kind/namespace/name|part`: the finding's identity within its cluster. */
export interface Failure {
  readonly key: string;
  readonly resource: ResourceRef;
  /** Container, subject or setting; '' where the whole resource is meant. */
  readonly part: string;
  readonly severity: Severity;
  readonly message: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly patch?: unknown;
  /** Settings that it rests on, as they are. */
  readonly values?: Values;
  /** 0 to 100: how soon it is to be mended, by its severity and what surrounds it. */
  readonly risk: number;
  /** What that is made of beside severity and layer, which stand with the finding: see `surroundingsText`. */
  readonly surroundings: string;
  /** `objects-given`: judged against the uploaded objects alone. */
  readonly basis: 'cluster' | 'objects-given';
}

/** Subjects that could not be judged for one reason. */
export interface UnknownGroup {
  readonly missing: MissingEvidence;
  readonly count: number;
  /** Up to five of them. */
  readonly sample: readonly string[];
}

/** Subjects that a control does not apply to, or that are expected to break it, for one reason. */
export interface NotApplicableGroup {
  readonly reason: string;
  readonly expected: boolean;
  readonly count: number;
  readonly sample: readonly string[];
}

export type Outcome = 'pass' | 'fail' | 'unknown' | 'not-applicable' | 'error';

/** What the results of a control come to for one of its parts, or for one rule that they judge together. */
export interface PartResult {
  readonly outcome: Outcome;
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
  readonly notApplicable: number;
}

/** What one control says of one cluster; exactly one a control and scan. */
export interface Evaluation<F = Failure> {
  readonly controlId: string;
  readonly layer: Layer;
  readonly outcome: Outcome;
  /** Every fact the control rests on was read to its end: only then may findings resolve. */
  readonly complete: boolean;
  /** Each pass rests on evidence of its own subject: it resolves its finding, and is remembered, although others were not seen. */
  readonly passesStand?: true;
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
  readonly notApplicable: number;
  /** By part or rule, where the control has any. */
  readonly parts?: Readonly<Record<string, PartResult>>;
  readonly failures: readonly F[];
  readonly unknowns: readonly UnknownGroup[];
  readonly notApplicables: readonly NotApplicableGroup[];
  /** Hashes of the keys that passed, sorted, two 32-bit words each: tells a regression from a first failure. */
  readonly passedKeys: Uint32Array;
  /** Of those, what they rest on; left out where it is no setting, or nobody keeps it. */
  readonly seen?: readonly SeenValues[];
  /** Hashes of the keys whose findings stay as they are: not judged, or said by a wider part that fails. */
  readonly heldKeys: Uint32Array;
  /** What broke, where outcome is `error`. */
  readonly error?: string;
}
