import type { Severity } from '#controls/engine/control.js';
import { hasKey } from '#controls/engine/key-set.js';
import { valuesAt, type Values } from '#controls/engine/values.js';
import type { FoundEvaluation, FoundFailure } from './found-failure.js';
import type { KnownFinding, Transition } from './known-finding.js';
import { doPassesCount, equalPasses, isWhole, lastPass, noPasses, withPasses, type PassMemory } from './pass-memory.js';

/** A change of one finding's state, and the event it makes. */
export interface FindingTransition {
  readonly transition: Transition;
  readonly key: string;
  readonly controlId: string;
  readonly sequence: number;
  readonly severity: Severity;
  /** Absent for `resolved`: there is nothing left to describe. */
  readonly failure?: FoundFailure;
  readonly digest: string;
  /** Of `regressed`: the last scan that saw it pass; null where that was not kept. */
  readonly passedIn?: string | null;
  /** Settings that it rested on then, where it rests on any and they were kept. */
  readonly passedWith?: Values;
}

/** A transition to `open`. */
export type FailingTransition = FindingTransition & { readonly failure: FoundFailure };

/** A finding that stays open under another severity. */
export interface SeverityChange {
  readonly controlId: string;
  readonly sequence: number;
  readonly before: Severity;
  readonly failure: FoundFailure;
}

/** What a control remembers of its passes. */
export interface ControlMemory extends PassMemory {
  readonly controlId: string;
}

/** How many findings changed how. */
export type ChangeCounts = Readonly<Record<Transition | 'stillOpen', number>>;

/**
 * What is to be done to memory. Lists that may be as long as a first scan has failures are made anew each time they are gone
 * through, so that nobody holds them.
 */
export interface Reconciliation {
  /** Without those of failures that are written already. */
  readonly transitions: Iterable<FindingTransition>;
  /** Of findings that stay open but read differently now. */
  readonly rewrites: Iterable<FoundFailure>;
  /** Those of them whose severity is another one. */
  readonly severityChanges: Iterable<SeverityChange>;
  readonly counts: ChangeCounts;
  /** Scans that saw pass what regresses in the transitions. */
  readonly passedIn: ReadonlySet<string>;
  /** Memories whose keys changed; where only the scan is another one, they are left alone. */
  readonly memories: readonly ControlMemory[];
}

/** Failures whose transitions are written already, of a cluster that memory held no findings of. */
export interface WrittenFailures {
  /** Of how many of a control's failures, the first ones. */
  readonly failures: ReadonlyMap<string, number>;
  /** Of those transitions. */
  readonly counts: Pick<ChangeCounts, 'opened' | 'regressed'>;
}

const nothingWritten: WrittenFailures = { failures: new Map(), counts: { opened: 0, regressed: 0 } };

/** A failure beside what memory holds of it. */
interface Compared {
  readonly failure: FoundFailure;
  readonly before: KnownFinding | undefined;
  /** Of one that memory does not hold. */
  readonly passed: { readonly scanId: string | null } | undefined;
}

/**
 * Compares what memory holds of a cluster with what a scan found. Pure, and idempotent: reconciling the
 * result with the same evaluations again changes nothing.
 *
 * A finding resolves only where its control was evaluated completely, without error, and says neither
 * `fail` nor `unknown` of it any more; or where it passes, and passes stand by themselves.
 */
export function reconcile(
  known: Iterable<KnownFinding>,
  evaluations: readonly FoundEvaluation[],
  memories: ReadonlyMap<string, PassMemory>,
  scanId: string,
  written: WrittenFailures = nothingWritten,
): Reconciliation {
  const knownByKey = new Map<string, KnownFinding>();
  const openByControl = new Map<string, KnownFinding[]>();
  for (const finding of known) {
    knownByKey.set(finding.key, finding);
    if (finding.state !== 'open') continue;
    const list = openByControl.get(finding.controlId);
    if (list) list.push(finding);
    else openByControl.set(finding.controlId, [finding]);
  }
  // As they are now: the lists below may be gone through when memory is another.
  const remembered = new Map(evaluations.map((evaluation) => [evaluation, memories.get(evaluation.controlId) ?? noPasses]));

  /** Each key once, and none of those that are written. */
  function* compared(evaluation: FoundEvaluation, seen = new Set<string>()): Generator<Compared> {
    const from = written.failures.get(evaluation.controlId) ?? 0;
    if (from >= evaluation.failures.length) return;
    const memory = remembered.get(evaluation)!;
    let index = 0;
    for (const failure of evaluation.failures) {
      const isLeftOut = index++ < from;
      if (seen.has(failure.key)) continue;
      seen.add(failure.key);
      if (isLeftOut) continue;
      const before = knownByKey.get(failure.key);
      yield { failure, before, passed: before ? undefined : lastPass(memory, failure.key) };
    }
  }

  const resolved = new Map<FoundEvaluation, readonly KnownFinding[]>();
  const changedMemories: ControlMemory[] = [];
  const passedIn = new Set<string>();
  const counts = { reopened: 0, resolved: 0, stillOpen: 0, ...written.counts };
  let rewrites = 0;
  let severityChanges = 0;

  for (const evaluation of evaluations) {
    const failing = new Set<string>();
    for (const change of compared(evaluation, failing)) {
      const { failure, before, passed } = change;
      if (isOpen(before)) {
        counts.stillOpen++;
        if (before.digest !== failure.digest) rewrites++;
        if (before.severity !== failure.severity) severityChanges++;
        continue;
      }
      counts[transitionOf(change)]++;
      if (typeof passed?.scanId === 'string') passedIn.add(passed.scanId);
    }

    const whole = isWhole(evaluation);
    const doCount = doPassesCount(evaluation);
    const isMended = (key: string): boolean => (whole ? !hasKey(evaluation.heldKeys, key) : doCount && hasKey(evaluation.passedKeys, key));
    const gone: KnownFinding[] = [];
    for (const finding of openByControl.get(evaluation.controlId) ?? []) {
      if (failing.has(finding.key)) continue;
      if (isMended(finding.key)) gone.push(finding);
      else counts.stillOpen++;
    }
    counts.resolved += gone.length;
    // Memory comes in no order, and a scan that is done again is to tell the same in the same order.
    resolved.set(evaluation, gone.sort((a, b) => (a.key < b.key ? -1 : 1)));

    if (!doCount) continue;
    const memory = remembered.get(evaluation)!;
    const next = withPasses(memory, evaluation, scanId);
    if (!equalPasses(memory, next)) changedMemories.push({ controlId: evaluation.controlId, ...next });
  }

  const isQuiet = counts.opened + counts.reopened + counts.regressed + counts.resolved === 0;
  return {
    transitions: isQuiet ? [] : again(function* () {
      for (const evaluation of evaluations) {
        const { controlId } = evaluation;
        for (const change of compared(evaluation)) {
          if (isOpen(change.before)) continue;
          yield toOpen(controlId, change, remembered.get(evaluation)!);
        }
        for (const { key, sequence, severity, digest } of resolved.get(evaluation) ?? []) yield { transition: 'resolved', key, controlId, sequence: sequence + 1, severity, digest };
      }
    }),
    rewrites: rewrites === 0 ? [] : again(function* () {
      for (const evaluation of evaluations) {
        for (const { failure, before } of compared(evaluation)) if (isOpen(before) && before.digest !== failure.digest) yield failure;
      }
    }),
    severityChanges: severityChanges === 0 ? [] : again(function* () {
      for (const evaluation of evaluations) {
        for (const { failure, before } of compared(evaluation)) {
          if (isOpen(before) && before.severity !== failure.severity) yield { controlId: evaluation.controlId, sequence: before.sequence, before: before.severity, failure };
        }
      }
    }),
    counts,
    passedIn,
    memories: changedMemories,
  };
}

/** Of a failure that memory holds no finding of: the transition that `reconcile` makes of it. */
export const firstTransition = (controlId: string, failure: FoundFailure, memory: PassMemory): FailingTransition => toOpen(controlId, { failure, before: undefined, passed: lastPass(memory, failure.key) }, memory);

function toOpen(controlId: string, change: Compared, { seen }: PassMemory): FailingTransition {
  const { failure, before, passed } = change;
  const { key, severity, digest } = failure;
  const made: Writable<FailingTransition> = { transition: transitionOf(change), key, controlId, sequence: (before?.sequence ?? 0) + 1, severity, failure, digest };
  if (passed) {
    made.passedIn = passed.scanId;
    const passedWith = valuesAt(seen, key);
    if (passedWith) made.passedWith = passedWith;
  }
  return made;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const isOpen = (finding: KnownFinding | undefined): finding is KnownFinding & { readonly state: 'open' } => finding?.state === 'open';

const transitionOf = ({ before, passed }: Compared): 'opened' | 'reopened' | 'regressed' => (before ? 'reopened' : passed ? 'regressed' : 'opened');

const again = <T>(make: () => Iterator<T>): Iterable<T> => ({ [Symbol.iterator]: make });
