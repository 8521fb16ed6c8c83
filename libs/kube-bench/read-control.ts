import { notOnPlatformItems } from './benchmark-numbers.js';
import { counterpartOf, isKnownBenchmark, knownBenchmarks } from './counterpart.js';
import { expectedOf } from './expected-result.js';
import { fieldsOf, flagAt, listAt, textAt, wordAt, wrongType, type Fields } from './fields.js';
import { KubeBenchError } from './kube-bench-error.js';
import { observedValues } from './observed-values.js';
import { notOnPlatform, outcomeOf } from './outcome.js';
import type { KubeBenchCheck, KubeBenchControl } from './report.js';

const statuses: ReadonlySet<string> = new Set(['PASS', 'FAIL', 'WARN', 'INFO']);

/** One element of `Controls`. `benchmark` stands in where the report names none, or one that is not known. Throws `KubeBenchError`. */
export function readControl(value: unknown, path: string, benchmark: string | undefined): KubeBenchControl {
  const fields = fieldsOf(value, path);
  const id = wordAt(fields, 'id', path);
  if (id === undefined) throw wrongType(`${path}.id`, 'there');
  const named = benchmarkOf(fields, path, benchmark);
  const detectedVersion = wordAt(fields, 'detected_version', path);
  const nodeType = wordAt(fields, 'node_type', path);
  const checks = listAt(fields, 'tests', path).flatMap((group, i) => readGroup(group, `${path}.tests[${i}]`, named, id));
  return { id, benchmark: named, ...(detectedVersion !== undefined && detectedVersion !== 'none' && { detectedVersion }), ...(nodeType !== undefined && { nodeType }), checks };
}

function benchmarkOf(fields: Fields, path: string, given: string | undefined): string {
  const named = wordAt(fields, 'version', path);
  if (named !== undefined && isKnownBenchmark(named)) return named;
  if (given !== undefined && isKnownBenchmark(given)) return given;
  const what = named === undefined ? `${path} names no benchmark` : `${path} names the benchmark ${named}, which is not known`;
  throw new KubeBenchError('kube-bench-unknown-benchmark', `${what}: run kube-bench with --benchmark and one of ${knownBenchmarks.join(', ')}, or say which of them it was`);
}

function readGroup(value: unknown, path: string, benchmark: string, control: string): readonly KubeBenchCheck[] {
  return listAt(fieldsOf(value, path), 'results', path).map((check, i) => readCheck(check, `${path}.results[${i}]`, benchmark, control));
}

function readCheck(value: unknown, path: string, benchmark: string, control: string): KubeBenchCheck {
  const fields = fieldsOf(value, path);
  const number = wordAt(fields, 'test_number', path);
  if (number === undefined) throw wrongType(`${path}.test_number`, 'there');
  const status = textAt(fields, 'status', path);
  if (status === undefined) throw wrongType(`${path}.status`, 'there');
  const type = textAt(fields, 'type', path) ?? '';
  const actual = textAt(fields, 'actual_value', path);
  const expectedText = textAt(fields, 'expected_result', path);
  const scored = flagAt(fields, 'scored', path);
  const isMultiple = flagAt(fields, 'IsMultiple', path) ?? false;
  const judged = outcomeOf({ status, type, reason: textAt(fields, 'reason', path) ?? '', actual, expected: expectedText });
  const isSkippedByPlatform = judged.reason?.kind === 'skipped' && (notOnPlatformItems[benchmark] ?? []).includes(number);
  const expected = expectedOf(expectedText);
  return {
    number,
    status: statuses.has(status) ? (status as KubeBenchCheck['status']) : 'OTHER',
    ...(isSkippedByPlatform ? { outcome: 'not-applicable', reason: notOnPlatform } : judged),
    counterpart: counterpartOf(benchmark, control, number),
    ...(scored !== undefined && { scored }),
    isMultiple,
    ...(expected && { expected: expected.text }),
    observed: observedValues(actual, expected?.names ?? []),
  };
}
