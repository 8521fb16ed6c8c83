import { layers, layerOf, type Control, type Severity } from '#controls/engine/control.js';
import type { Evaluation, Outcome } from '#controls/engine/evaluation.js';
import type { FoundFailures } from '#findings/found-failure.js';
import type { LayerSummary, ScanCoverage } from './scan.js';

const weights: Readonly<Record<Severity, number>> = { critical: 10, high: 5, medium: 2, low: 1, info: 0 };

/** Of failures their severity is enough; where how many are of which was counted, they are not gone through. */
type Judged = Omit<Evaluation, 'failures'> & { readonly failures: Iterable<{ readonly severity: Severity }> & Pick<FoundFailures, 'severities'> };
type Counted = Omit<Evaluation, 'failures'>;

/** Severity of a control by its id; what a pass is worth. */
export type SeverityOf = (controlId: string) => Severity;

interface Weighed {
  readonly passed: number;
  readonly failed: number;
  readonly hasFailure: boolean;
}

/** A failure weighs what it says itself, which may differ from its control's severity. */
function weigh({ controlId, passed, failures }: Judged, severityOf: SeverityOf): Weighed {
  let failed = 0;
  let hasFailure = false;
  for (const [severity, count] of failures.severities ?? oneByOne(failures)) {
    hasFailure = true;
    failed += count * weights[severity];
  }
  return { passed: passed * weights[severityOf(controlId)], failed, hasFailure };
}

function* oneByOne(failures: Iterable<{ readonly severity: Severity }>): Generator<readonly [Severity, number]> {
  for (const { severity } of failures) yield [severity, 1];
}

/** Weighted pass / (pass + fail), 0 to 100 with one decimal; null where nothing was decided. */
function scoreOf(weighed: readonly Weighed[]): number | null {
  const passed = weighed.reduce((sum, one) => sum + one.passed, 0);
  const failed = weighed.reduce((sum, one) => sum + one.failed, 0);
  if (passed + failed === 0) return null;
  const score = Math.round((1000 * passed) / (passed + failed)) / 10;
  // 100 is said of a cluster without failures only, 0 of one without passes.
  return Math.min(Math.max(score, passed > 0 ? 0.1 : 0), weighed.some(({ hasFailure }) => hasFailure) ? 99.9 : 100);
}

/** The score of all results, and what each layer's come to. */
export function summariseScores(evaluations: readonly Judged[], severityOf: SeverityOf): { readonly score: number | null; readonly layers: readonly LayerSummary[] } {
  const weighed = evaluations.map((evaluation) => ({ evaluation, layer: layerOf({ id: evaluation.controlId as Control['id'] }), ...weigh(evaluation, severityOf) }));
  return {
    score: scoreOf(weighed),
    layers: layers.flatMap((layer) => {
      const own = weighed.filter((one) => one.layer === layer);
      if (own.length === 0) return [];
      const sum = (field: 'passed' | 'failed' | 'unknown'): number => own.reduce((total, { evaluation }) => total + evaluation[field], 0);
      return [{ layer, score: scoreOf(own), controls: countOutcomes(own.map(({ evaluation }) => evaluation)), passed: sum('passed'), failed: sum('failed'), unknown: sum('unknown') }];
    }),
  };
}

/** Decided and applicable results. Subjects that nobody could enumerate count as one that was not judged. */
export function decidedOf(evaluations: readonly Counted[]): Pick<ScanCoverage, 'decided' | 'applicable' | 'ratio'> {
  let decided = 0;
  let applicable = 0;
  for (const { outcome, passed, failed, unknown, unknowns } of evaluations) {
    decided += passed + failed;
    applicable += passed + failed + Math.max(unknown, unknowns.length > 0 || outcome === 'unknown' || outcome === 'error' ? 1 : 0);
  }
  return { decided, applicable, ratio: applicable === 0 ? null : decided / applicable };
}

export function countOutcomes(evaluations: readonly Counted[]): Readonly<Record<Outcome, number>> {
  const counts: Record<Outcome, number> = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0, error: 0 };
  for (const { outcome } of evaluations) counts[outcome]++;
  return counts;
}
