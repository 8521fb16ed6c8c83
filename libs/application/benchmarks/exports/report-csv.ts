import { levelText } from '#benchmarks/benchmark.js';
import { csv, type CsvCell } from '../../csv.js';
import type { BenchmarkReport, ReportedItem } from '../benchmark-report.js';
import type { BenchmarkFleet } from '../fleet.js';

const head = [
  'benchmark', 'item', 'title', 'section', 'target', 'assessment', 'level', 'outcome', 'byEvidence', 'sentence', 'pass', 'fail', 'unknown', 'notApplicable', 'manual', 'subject', 'status', 'text', 'found', 'source', 'at',
  'gatheredAt', 'attestedBy', 'attestedAt', 'attestedUntil', 'statement', 'kubeBench', 'remediation', 'cluster', 'clusterId', 'runId', 'judgedAt', 'judgedBy',
] as const;

/** A row for each subject that is listed of an item, and one for an item of which none is. */
export function benchmarkCsv({ run, benchmark, cluster, items }: BenchmarkReport): string {
  const title = benchmark?.title ?? run.benchmark;
  const tail: CsvCell[] = [cluster.name, cluster.id, run.id, run.judgedAt, run.judgedBy];
  return csv([head, ...items.flatMap((item) => rowsOf(title, item).map((row) => [...row, ...tail]))]);
}

function rowsOf(benchmark: string, { itemId, item, section, shownAs, outcome, says, nodes, subjects = [], attestation, kubeBench }: ReportedItem): readonly (readonly CsvCell[])[] {
  const { pass, fail, unknown, notApplicable, manual } = nodes;
  const front = [benchmark, itemId, item?.title ?? null, section, item?.target ?? null, item?.assessment ?? null, levelText(item?.level), shownAs, outcome, says, pass, fail, unknown, notApplicable, manual];
  const person = attestation ? [attestation.person, attestation.attestedAt, attestation.expiresAt, attestation.statement] : [null, null, null, null];
  const back = [...person, kubeBench && kubeBench.status, item?.remediation ?? null];
  if (subjects.length === 0) return [[...front, null, null, null, null, null, null, null, ...back]];
  return subjects.map(({ subject, status, text, found, source, at, gatheredAt }) => [...front, subject, status, text, found ?? null, source ?? null, at ?? null, gatheredAt ?? null, ...back]);
}

/** A row an item. */
export function fleetCsv({ benchmark, clusters, neverJudged, oldestRunAt, items }: BenchmarkFleet): string {
  return csv([
    ['benchmark', 'item', 'title', 'pass', 'fail', 'unknown', 'notApplicable', 'manual', 'notAsked', 'usual', 'differ', 'differing', 'clusters', 'neverJudged', 'oldestRunAt'],
    ...items.map(({ item, counts: { pass, fail, unknown, notApplicable, manual }, notAsked, usual, differ, differing }): CsvCell[] => [
      benchmark.title, item.id, item.title, pass, fail, unknown, notApplicable, manual, notAsked, usual, differ, differing.join(' '), clusters, neverJudged, oldestRunAt,
    ]),
  ]);
}
