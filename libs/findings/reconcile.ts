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

export interface Reconciliation {
  readonly transitions: readonly FindingTransition[];
  /** Of findings that stay open but read differently now. */
  readonly rewrites: readonly FoundFailure[];
  /** Those of them whose severity is another one. */
  readonly severityChanges: readonly SeverityChange[];
  /** Memories whose keys changed; where only the scan is another one, they are left alone. */
  readonly memories: readonly ControlMemory[];
  readonly stillOpen: number;
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

  const transitions: FindingTransition[] = [];
  const rewrites: FoundFailure[] = [];
  const severityChanges: SeverityChange[] = [];
  const changedMemories: ControlMemory[] = [];
  let stillOpen = 0;

  for (const evaluation of evaluations) {
    const memory = memories.get(evaluation.controlId) ?? noPasses;
    const failing = new Set<string>();
    for (const failure of evaluation.failures) {
      if (failing.has(failure.key)) continue;
      failing.add(failure.key);
      const { digest } = failure;
      const before = knownByKey.get(failure.key);
      if (before?.state === 'open') {
        stillOpen++;
        if (before.digest !== digest) rewrites.push(failure);
        if (before.severity !== failure.severity) severityChanges.push({ controlId: evaluation.controlId, sequence: before.sequence, before: before.severity, failure });
        continue;
      }
      const passed = before ? undefined : lastPass(memory, failure.key);
      const passedWith = passed && valuesAt(memory.seen, failure.key);
      transitions.push({
        transition: before ? 'reopened' : passed ? 'regressed' : 'opened',
        key: failure.key,
        controlId: evaluation.controlId,
        sequence: (before?.sequence ?? 0) + 1,
        severity: failure.severity,
        failure,
        digest,
        ...(passed && { passedIn: passed.scanId }),
        ...(passedWith && { passedWith }),
      });
    }

    const whole = isWhole(evaluation);
    const counts = doPassesCount(evaluation);
    const isMended = (key: string): boolean => (whole ? !hasKey(evaluation.heldKeys, key) : counts && hasKey(evaluation.passedKeys, key));
    const gone: KnownFinding[] = [];
    for (const finding of openByControl.get(evaluation.controlId) ?? []) {
      if (failing.has(finding.key)) continue;
      if (isMended(finding.key)) gone.push(finding);
      else stillOpen++;
    }
    // Memory comes in no order, and a scan that is done again is to tell the same in the same order.
    for (const { key, controlId, sequence, severity, digest } of gone.sort((a, b) => (a.key < b.key ? -1 : 1))) {
      transitions.push({ transition: 'resolved', key, controlId, sequence: sequence + 1, severity, digest });
    }

    if (!counts) continue;
    const next = withPasses(memory, evaluation, scanId);
    if (!equalPasses(memory, next)) changedMemories.push({ controlId: evaluation.controlId, ...next });
  }
  return { transitions, rewrites, severityChanges, memories: changedMemories, stillOpen };
}
