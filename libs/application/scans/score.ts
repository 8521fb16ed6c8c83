import { layers, layerOf, type Control, type Severity } from '#controls/engine/control.js';
import type { Evaluation, Outcome } from '#controls/engine/evaluation.js';
import type { LayerSummary, ScanCoverage } from './scan.js';

const weights: Readonly<Record<Severity, number>> = { critical: 10, high: 5, medium: 2, low: 1, info: 0 };

/** Of a failure, its severity is enough. */
type Judged = Evaluation<{ readonly severity: Severity }>;

/** Severity of a control by its id; what a pass is worth. */
export type SeverityOf = (controlId: string) => Severity;

/**
 * Weighted pass / (pass + fail) of all results, 0 to 100 with one decimal; null where nothing was decided.
 * A failure weighs what it says itself, which may differ from its control's severity.
 */
export function scoreOf(evaluations: readonly Judged[], severityOf: SeverityOf): number | null {
  let passed = 0;
  let failed = 0;
  let hasFailure = false;
  for (const evaluation of evaluations) {
    passed += evaluation.passed * weights[severityOf(evaluation.controlId)];
    hasFailure ||= evaluation.failures.length > 0;
    for (const { severity } of evaluation.failures) failed += weights[severity];
  }
  if (passed + failed === 0) return null;
  const score = Math.round((1000 * passed) / (passed + failed)) / 10;
  // 100 is said of a cluster without failures only, 0 of one without passes.
  return Math.min(Math.max(score, passed > 0 ? 0.1 : 0), hasFailure ? 99.9 : 100);
}

/** Decided and applicable results. Subjects that nobody could enumerate count as one that was not judged. */
export function decidedOf(evaluations: readonly Judged[]): Pick<ScanCoverage, 'decided' | 'applicable' | 'ratio'> {
  let decided = 0;
  let applicable = 0;
  for (const { outcome, passed, failed, unknown, unknowns } of evaluations) {
    decided += passed + failed;
    applicable += passed + failed + Math.max(unknown, unknowns.length > 0 || outcome === 'unknown' || outcome === 'error' ? 1 : 0);
  }
  return { decided, applicable, ratio: applicable === 0 ? null : decided / applicable };
}

export function countOutcomes(evaluations: readonly Judged[]): Readonly<Record<Outcome, number>> {
  const counts: Record<Outcome, number> = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0, error: 0 };
  for (const { outcome } of evaluations) counts[outcome]++;
  return counts;
}

export function summariseLayers(evaluations: readonly Judged[], severityOf: SeverityOf): readonly LayerSummary[] {
  return layers.flatMap((layer) => {
    const own = evaluations.filter((evaluation) => layerOf({ id: evaluation.controlId as Control['id'] }) === layer);
    if (own.length === 0) return [];
    const sum = (field: 'passed' | 'failed' | 'unknown'): number => own.reduce((total, evaluation) => total + evaluation[field], 0);
    return [{ layer, score: scoreOf(own, severityOf), controls: countOutcomes(own), passed: sum('passed'), failed: sum('failed'), unknown: sum('unknown') }];
  });
}
