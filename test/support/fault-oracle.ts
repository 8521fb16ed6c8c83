import { catalogue } from '#controls/catalogue.js';
import type { Control } from '#controls/engine/control.js';
import type { Evaluation } from '#controls/engine/evaluation.js';
import { evaluate } from '#controls/engine/evaluate.js';
import { unionOf } from '#controls/engine/key-set.js';
import type { FoundEvaluation } from '#findings/found-failure.js';
import type { KnownFinding } from '#findings/known-finding.js';
import type { PassMemory } from '#findings/pass-memory.js';
import { reconcile } from '#findings/reconcile.js';
import type { ResourceKey } from '#inventory/resources.js';
import type { ReadOutcome } from '#inventory/observed.js';
import { inventoryOfCollected, isReadLoosely, type Collected } from './faulty-cluster.js';
import type { Fault } from './seeded-faults.js';

/** Verdicts do not age with the calendar. */
const TODAY = Date.parse('2026-11-24T12:00:00Z');

/** What was judged, and what memory would then hold. */
export interface Judged {
  readonly evaluations: readonly Evaluation[];
  readonly findings: readonly KnownFinding[];
  readonly memories: ReadonlyMap<string, PassMemory>;
  outcome(key: ResourceKey): ReadOutcome;
}

/** What is behind a failure is nothing to transitions. */
const found = (evaluation: Evaluation): FoundEvaluation => ({ ...evaluation, failures: evaluation.failures.map(({ detail: _detail, patch: _patch, ...failure }) => ({ ...failure, digest: '' })) });

export function judge(collected: Collected, controls: readonly Control[] = catalogue): Judged {
  const inventory = inventoryOfCollected(collected);
  const evaluations = evaluate(controls, inventory, collected.policy ?? {}, TODAY);
  const { transitions, memories } = reconcile([], evaluations.map(found), new Map(), 'before');
  return {
    evaluations,
    findings: [...transitions].map(({ key, controlId, severity, digest, sequence }) => ({ key, controlId, severity, digest, sequence, state: 'open' })),
    memories: new Map(memories.map(({ controlId, ...memory }) => [controlId, memory])),
    outcome: inventory.outcome,
  };
}

/** What is wrong with the verdicts after a fault, in words; nothing where they hold what was promised. */
export function brokenPromises(before: Judged, fault: Fault, after: Judged): readonly string[] {
  const broken = after.evaluations.flatMap(({ controlId, error }) => (error === undefined ? [] : [`${controlId} broke: ${error}`]));
  if (broken.length > 0) return broken;
  switch (fault.promise) {
    case 'lost': {
      const { as, keys } = fault;
      const broken = onlyUnknown(before, after, keys);
      return as ? inBoth(broken, () => onlyUnknown(judge(as), after, keys)) : broken;
    }
    case 'misshapen':
      if (isRefused(before, after, fault.key)) return onlyUnknown(before, after, [fault.key]);
      if (!isReadLoosely(fault.key)) return sameVerdicts(before, after);
      return inBoth(noBetter(before, after), () => noBetter(judge(fault.as), after));
    case 'same': return sameVerdicts(fault.as ? judge(fault.as) : before, after);
    case 'twice': return [...newlyPassing(before, after), ...transitions(before, after)];
    case 'other': return [];
  }
}

/** Whether what came of a kind could not be understood. */
export const isRefused = (before: Judged, after: Judged, key: ResourceKey): boolean =>
  after.outcome(key).state === 'partial' && JSON.stringify(before.outcome(key)) !== JSON.stringify(after.outcome(key));

/** What has turned to anything but unknown where evidence of these kinds was lost. */
export function onlyUnknown(before: Judged, after: Judged, keys: readonly ResourceKey[]): readonly string[] {
  const certain = catalogue.flatMap(({ id, scope }, i) => (scope.needs.some((need) => keys.includes(need)) && after.evaluations[i]!.complete ? [`${id} is complete`] : []));
  return [...newlyPassing(before, after), ...transitions(before, after), ...certain];
}

/** What passes only now, or would be taken for mended. */
export const noBetter = (before: Judged, after: Judged): readonly string[] => [...newlyPassing(before, after), ...transitions(before, after).filter((line) => line.startsWith('resolved'))];

const inBoth = (some: readonly string[], others: () => readonly string[]): readonly string[] => {
  if (some.length === 0) return some;
  const known = others();
  return some.filter((line) => known.includes(line));
};

/** Controls and subjects that pass only now; those that a control did not apply to before may, if they pass whatever was lost. */
function newlyPassing(before: Judged, after: Judged): readonly string[] {
  return after.evaluations.flatMap(({ controlId, outcome, passedKeys, notApplicable }, i) => {
    const was = before.evaluations[i]!;
    const fresh = (unionOf(was.passedKeys, passedKeys).length - was.passedKeys.length) / 2;
    if (fresh > Math.max(0, was.notApplicable - notApplicable)) return [`${controlId} passes subjects that did not pass`];
    return outcome === 'pass' && was.outcome !== 'pass' && was.outcome !== 'not-applicable' ? [`${controlId} passes and was ${was.outcome}`] : [];
  });
}

/** What memory would be told. */
function transitions(before: Judged, after: Judged): readonly string[] {
  return [...reconcile(before.findings, after.evaluations.map(found), before.memories, 'after').transitions].map(({ transition, key }) => `${transition} ${key}`);
}

function sameVerdicts(before: Judged, after: Judged): readonly string[] {
  return after.evaluations.flatMap((evaluation, i) => {
    const [was, is] = [before.evaluations[i]!, evaluation].map(essence);
    return was === is ? [] : [`${evaluation.controlId}: ${is}; not ${was}`];
  });
}

const essence = ({ outcome, complete, passed, failed, unknown, notApplicable, failures, passedKeys, heldKeys }: Evaluation): string =>
  JSON.stringify([outcome, complete, passed, failed, unknown, notApplicable, failures.map(({ key, severity, message }) => `${severity} ${key} ${message}`).sort(), passedKeys.join(), heldKeys.join()]);
