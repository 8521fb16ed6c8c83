import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceOf } from './evidence.js';
import { KubeBenchError, type KubeBenchReason } from './kube-bench-error.js';
import { defaultKubeBenchLimits } from './limits.js';
import { readKubeBench, type KubeBenchOptions } from './read-kube-bench.js';
import type { KubeBenchCheck, KubeBenchReport } from './report.js';

const fixture = (name: string): string => join(import.meta.dirname, 'testing/fixtures', name);
const textOf = (name: string): string => readFileSync(fixture(name), 'utf8');
const one: KubeBenchOptions = { nodes: ['cp-1'] };
const read = (name: string, options: KubeBenchOptions = one): KubeBenchReport => readKubeBench(readFileSync(fixture(name)), options);
const checksOf = (report: KubeBenchReport): readonly KubeBenchCheck[] => report.runs.flatMap(({ controls }) => controls.flatMap(({ checks }) => checks));
const said = (report: KubeBenchReport) => checksOf(report).map(({ number, outcome, reason }) => `${number} ${outcome}${reason ? ` ${reason.kind}` : ''}`);
const check = (report: KubeBenchReport, number: string): KubeBenchCheck => checksOf(report).find((candidate) => candidate.number === number)!;

function reasonOf(act: () => unknown): KubeBenchReason {
  try {
    act();
  } catch (error) {
    if (error instanceof KubeBenchError) return error.reason;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** A report with this one check. */
const single = (fields: Readonly<Record<string, unknown>>, control: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify([{ id: '4', version: 'cis-1.12', node_type: 'node', tests: [{ section: '4.2', results: [{ test_number: '4.2.1', type: '', scored: true, status: 'PASS', ...fields }] }], ...control }]);
const outcome = (fields: Readonly<Record<string, unknown>>): string => said(readKubeBench(single(fields), one))[0]!.slice('4.2.1 '.length);

describe('shapes of reports', () => {
  it('reads the object with Controls and Totals', () => {
    const report = read('current.json', { ...one, toolVersion: '0.15.6' });
    expect(report).toMatchObject({ toolVersion: '0.15.6', skipped: 0 });
    expect(report.runs.map(({ node, controls, totals, totalsDiffer }) => [node, controls.map(({ id, benchmark, detectedVersion, nodeType }) => `${id} ${benchmark} ${detectedVersion} ${nodeType}`), totals, totalsDiffer]))
      .toEqual([['cp-1', ['1 cis-1.12 1.33 master', '4 cis-1.12 1.33 node', '5 cis-1.12 1.33 policies'], { pass: 7, fail: 4, warn: 3, info: 1 }, false]]);
  });

  it('tells each status for what it is', () => {
    expect(said(read('current.json'))).toEqual([
      '1.2.1 pass', '1.2.6 fail', '1.2.17 unknown nothing-compared', '1.2.20 manual manual', '1.2.27 pass',
      '4.1.9 pass', '4.1.10 pass', '4.1.1 unknown no-output', '4.2.1 pass', '4.2.3 unknown audit-failed', '4.2.7 manual skipped', '4.2.13 manual unscored-failure',
      '5.1.2 pass', '5.1.5 unknown error-in-evidence', '5.1.3 unknown audit-failed',
    ]);
  });

  it('reads the bare list, spread over lines', () => {
    expect(read('no-totals.json').runs[0]).toMatchObject({ totals: { pass: 5, fail: 2, warn: 2, info: 1 }, totalsDiffer: false });
  });

  it('joins controls that old releases print one after the other, which say less', () => {
    const report = read('before-2021.json');
    expect(report.runs.map(({ controls }) => controls.map(({ id }) => id))).toEqual([['1', '4', '5']]);
    expect(said(report)).toEqual([
      '1.2.1 pass', '1.2.6 fail', '1.2.17 fail', '1.2.20 manual manual', '1.2.27 pass',
      '4.1.9 pass', '4.1.10 pass', '4.1.1 fail', '4.2.1 pass', '4.2.3 fail', '4.2.7 manual skipped', '4.2.13 manual no-test',
      '5.1.2 pass', '5.1.5 unknown error-in-evidence', '5.1.3 manual no-test',
    ]);
  });

  it('finds the report in a pod\'s log', () => {
    const report = read('pod-log.txt');
    expect(report.skipped).toBeGreaterThan(100);
    expect(said(report)).toEqual(said(read('current.json')));
  });

  it('takes null for no tests', () => {
    expect(read('null-tests.json').runs[0]!.controls.map(({ id, checks }) => [id, checks.length])).toEqual([['1', 0], ['3', 1]]);
  });

  it.each([
    ['two reports one after the other', textOf('two-nodes.json')],
    ['two reports in a list', `[${textOf('two-nodes.json').replace('}{', '},{')}]`],
    ['a list in which ids begin anew', JSON.stringify([...JSON.parse(textOf('no-totals.json')), ...JSON.parse(textOf('no-totals.json'))])],
    ['controls one after the other, of which ids begin anew', textOf('before-2021.json').repeat(2)],
  ])('asks for the nodes of %s', (_, text) => {
    expect(reasonOf(() => readKubeBench(text, one))).toBe('kube-bench-nodes');
    expect(readKubeBench(text, { nodes: ['a', 'b'] }).runs.map(({ node }) => node)).toEqual(['a', 'b']);
  });

  it('says that its totals are not those of its checks', () => {
    expect(readKubeBench(textOf('current.json').replace('"total_pass":7,"total_fail":4,"total_warn":3,"total_info":1}}', '"total_pass":9,"total_fail":4,"total_warn":3,"total_info":1}}'), one).runs[0]!.totalsDiffer).toBe(true);
  });
});

describe('what a status means', () => {
  it.each<readonly [Readonly<Record<string, unknown>>, string]>([
    [{ status: 'PASS', actual_value: '--anonymous-auth=false', expected_result: "'--anonymous-auth' is equal to 'false'" }, 'pass'],
    [{ status: 'PASS' }, 'pass'],
    [{ status: 'PASS', type: 'manual' }, 'unknown contradictory'],
    [{ status: 'PASS', type: 'skip' }, 'unknown contradictory'],
    [{ status: 'PASS', reason: 'anything' }, 'unknown contradictory'],
    [{ status: 'PASS', reason: 'failed to run: "x", output: "", error: exit status 1' }, 'unknown audit-failed'],
    [{ status: 'PASS', actual_value: '', expected_result: "'x' is not present" }, 'unknown no-output'],
    [{ status: 'PASS', actual_value: ' \n', expected_result: "'x' is not present" }, 'unknown no-output'],
    ...['Error from server (Forbidden): pods is forbidden', 'Unauthorized', 'Unable to connect to the server', '/bin/sh: 1: kubectl: not found', 'sh: jq: command not found', 'File not found', 'stat: cannot stat \'/x\'', 'permission denied']
      .map((actual_value): readonly [Readonly<Record<string, unknown>>, string] => [{ status: 'PASS', actual_value }, 'unknown error-in-evidence']),
    [{ status: 'FAIL' }, 'fail'],
    [{ status: 'FAIL', actual_value: 'x', expected_result: "'y' is present" }, 'fail'],
    [{ status: 'FAIL', reason: 'No tests defined' }, 'unknown no-test'],
    [{ status: 'FAIL', actual_value: 'x', expected_result: '' }, 'unknown nothing-compared'],
    [{ status: 'FAIL', actual_value: '', expected_result: "'y' is present" }, 'unknown no-output'],
    [{ status: 'FAIL', actual_value: 'cat: /etc/x: No such file or directory', expected_result: "'y' is present" }, 'unknown error-in-evidence'],
    [{ status: 'WARN', reason: 'There are no tests' }, 'manual no-test'],
    [{ status: 'WARN', type: 'manual', reason: 'Test marked as a manual test' }, 'manual manual'],
    [{ status: 'WARN', actual_value: 'x', expected_result: "'y' is present" }, 'manual unscored-failure'],
    [{ status: 'INFO', type: 'skip' }, 'manual skipped'],
    [{ status: 'pass' }, 'unknown unknown-status'],
    [{ status: '' }, 'unknown unknown-status'],
  ])('%j is %s', (fields, expected) => {
    expect(outcome(fields)).toBe(expected);
  });

  it('takes for not applicable only what the platform cannot have', () => {
    const skipped = (number: string) => readKubeBench(single({ test_number: number, status: 'INFO', type: 'skip' }, { id: number[0]!, version: 'k3s-cis-1.9' }), one);
    expect(said(skipped('1.1.1'))).toEqual(['1.1.1 not-applicable not-on-platform']);
    expect(said(skipped('4.1.9'))).toEqual(['4.1.9 manual skipped']);
  });
});

describe('what is kept of the evidence', () => {
  it('is the setting that was looked at, and nothing beside it', () => {
    const report = read('current.json');
    expect(check(report, '1.2.1')).toMatchObject({ expected: "'--anonymous-auth' is equal to 'false'", observed: [{ name: '--anonymous-auth', values: ['false'] }] });
    expect(check(report, '1.2.27').observed).toEqual([{ name: '--encryption-provider-config', values: [] }]);
    expect(check(report, '4.2.1').observed).toEqual([{ name: 'authentication.anonymous.enabled', values: ['false'] }]);
    expect(check(report, '4.2.13').observed).toEqual([{ name: 'podPidsLimit', values: [] }]);
    expect(check(report, '4.1.9').observed).toEqual([{ name: 'permissions', values: ['600'] }]);
    expect(check(report, '4.1.10').observed).toEqual([{ name: 'owner', values: ['root:root'] }]);
    expect(JSON.stringify(report)).not.toMatch(/hunter2|Bearer|kept-by-nobody|failed to run/);
  });

  it('shows every occurrence of a flag', () => {
    const report = readKubeBench(single({ actual_value: 'x --audit-log-maxage 30 --audit-log-maxage=40 --profiling', expected_result: "'--audit-log-maxage' is greater or equal to 30 AND '--profiling' is present" }), one);
    expect(check(report, '4.2.1').observed).toEqual([{ name: '--audit-log-maxage', values: ['30', '40'] }, { name: '--profiling', values: ['true'] }]);
  });

  it('reads lists of JSON and YAML', () => {
    const expected_result = "'{range .tlsCipherSuites[:]}{}{','}{end}' contains valid elements from 'A,B'";
    for (const actual_value of ['{"tlsCipherSuites":["A","B"]}', 'tlsCipherSuites:\n- A\n- "B" # last\nother:\n- C\n', 'tlsCipherSuites: [A, B]\n']) {
      expect(check(readKubeBench(single({ actual_value, expected_result }), one), '4.2.1').observed).toEqual([{ name: 'tlsCipherSuites', values: ['A', 'B'] }]);
    }
  });

  it.each([
    ['a flag that no item reads', 'x --oidc-client-secret=abc', "'--oidc-client-secret' is present", []],
    ['a password in an address', 'x --metrics-bind-address=http://me:secret@host', "'--metrics-bind-address' is present", [{ name: '--metrics-bind-address', values: [], withheld: 1 }]],
    ['what is no setting', 'x --profiling=\u001b[31m', "'--profiling' is present", [{ name: '--profiling', values: [], withheld: 1 }]],
    ['a key that no item reads', '{"staticPodURLHeader":"x"}', "'{.staticPodURLHeader}' is present", []],
    ['a phrase of its own', 'x --profiling=a', 'the password is abc', []],
  ])('withholds %s', (_, actual_value, expected_result, observed) => {
    expect(check(readKubeBench(single({ actual_value, expected_result }), one), '4.2.1').observed).toEqual(observed);
  });
});

describe('what is refused', () => {
  const deep = `{"Controls":${'['.repeat(40)}${']'.repeat(40)}}`;
  it.each([
    ['', 'kube-bench-empty'],
    [' \n', 'kube-bench-empty'],
    ['[]', 'kube-bench-empty'],
    ['{"Controls":null,"Totals":{}}', 'kube-bench-empty'],
    ['[INFO] 1 Control Plane Security Configuration', 'kube-bench-not-a-report'],
    ['hello', 'kube-bench-not-a-report'],
    ['{"kind":"List","items":[]}', 'kube-bench-not-a-report'],
    ['{"id":"4"}', 'kube-bench-not-a-report'],
    ['[1]', 'kube-bench-not-a-report'],
    ['[null]', 'kube-bench-not-a-report'],
    ['[{"id":"4"}]', 'kube-bench-unknown-benchmark'],
    ['[{"id":"4","tests":[]}, null]', 'kube-bench-unknown-benchmark'],
    ['[{"id":"4","version":"cis-1.12"}, null]', 'kube-bench-wrong-type'],
    ['<?xml version="1.0"?><testsuite name="x"></testsuite>', 'kube-bench-junit'],
    [textOf('current.json').slice(0, 900), 'kube-bench-truncated'],
    ['{"Controls":[}', 'kube-bench-truncated'],
    ['{"Controls":[}]', 'kube-bench-syntax'],
    ['{"Controls":nothing}', 'kube-bench-syntax'],
    [deep, 'kube-bench-too-deep'],
    ['{"Controls":{}}', 'kube-bench-wrong-type'],
    [single({ status: 1 }), 'kube-bench-wrong-type'],
    [single({ status: undefined }), 'kube-bench-wrong-type'],
    [single({ test_number: '4.2.1\u0000' }), 'kube-bench-wrong-type'],
    [single({ scored: 'yes' }), 'kube-bench-wrong-type'],
    [single({ actual_value: ['a'] }), 'kube-bench-wrong-type'],
    [single({}, { tests: {} }), 'kube-bench-wrong-type'],
    [single({}, { id: 4 }), 'kube-bench-wrong-type'],
    [single({}, { version: 'cis-9.9' }), 'kube-bench-unknown-benchmark'],
    [single({}, { version: '__proto__' }), 'kube-bench-wrong-type'],
    [single({}, { version: 'constructor' }), 'kube-bench-unknown-benchmark'],
    [single({}, { version: undefined }), 'kube-bench-unknown-benchmark'],
  ] as const)('%#: %s', (text, reason) => {
    expect(reasonOf(() => readKubeBench(text, one))).toBe(reason);
  });

  it('is told with its limits', () => {
    expect(reasonOf(() => readKubeBench(textOf('two-nodes.json'), { nodes: ['a', 'b'], limits: { ...defaultKubeBenchLimits, maxRuns: 1 } }))).toBe('kube-bench-too-many');
    expect(reasonOf(() => readKubeBench(textOf('current.json'), { ...one, limits: { ...defaultKubeBenchLimits, maxChecks: 10 } }))).toBe('kube-bench-too-many');
    expect(reasonOf(() => readKubeBench(textOf('current.json'), { ...one, limits: { ...defaultKubeBenchLimits, maxBytes: 100 } }))).toBe('kube-bench-too-large');
    expect(reasonOf(() => readKubeBench(Buffer.from([0xff, 0xfe, 0x7b, 0x00]), one))).toBe('kube-bench-invalid-encoding');
  });

  it('is mended by saying which benchmark it was', () => {
    expect(said(readKubeBench(single({}, { version: undefined }), { ...one, benchmark: 'cis-1.12' }))).toEqual(['4.2.1 pass']);
  });

  it.each([
    ['blanks', `tlsCipherSuites: a${' '.repeat(60_000)}b`],
    ['quotes', `tlsCipherSuites: ${'" '.repeat(30_000)}`],
    ['flags', '--profiling '.repeat(5_000)],
    ['pairs', 'a:b '.repeat(15_000)],
    ['dashes', `tlsCipherSuites:\n${'- '.repeat(30_000)}`],
  ])('answers evidence of %s at once', (_, actual_value) => {
    const begun = performance.now();
    for (const expected_result of ["'{.tlsCipherSuites}' is present", "'--profiling' is present", "'root:root' is present", `${"'--profiling' is present AND ".repeat(60)}'x' is present`]) readKubeBench(single({ actual_value, expected_result }), one);
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it('answers a long text of beginnings at once', () => {
    const begun = performance.now();
    expect(reasonOf(() => readKubeBench(`x ${'{ [ {'.repeat(400_000)}`, one))).toBe('kube-bench-not-a-report');
    expect(reasonOf(() => readKubeBench(`x ${'{ "id" '.repeat(400_000)}`, one))).toBe('kube-bench-not-a-report');
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

describe('whatever is done to a report', () => {
  type Path = readonly (string | number)[];
  const places = (value: unknown, path: Path = []): readonly Path[] =>
    typeof value === 'object' && value !== null ? [path, ...Object.entries(value).flatMap(([key, child]) => places(child, [...path, Array.isArray(value) ? Number(key) : key]))] : [path];
  const whole = JSON.parse(textOf('current.json')) as unknown;
  const paths = places(whole);
  /** Checks that say PASS, as a reader of nothing but the JSON sees them. */
  const passes = (value: unknown): number => (JSON.stringify(value).match(/"status":"PASS"/g) ?? []).length;

  function attempt(text: string): KubeBenchReport | undefined {
    try {
      return readKubeBench(text, { nodes: ['a'] });
    } catch (error) {
      expect(error).toBeInstanceOf(KubeBenchError);
      return undefined;
    }
  }

  it('no value that is exchanged makes a pass of what was none', () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('FAIL', 'WARN', 'INFO', 'pass', 'PASSED', '', null, 'cis-1.10', 'k3s-cis-1.9', 'manual', 'skip', '4', {}, []));
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(paths.length - 1), value), { minLength: 1, maxLength: 4 }), (changes) => {
      const copy = structuredClone({ root: whole }) as Record<string, unknown>;
      for (const [index, replacement] of changes) {
        const path = ['root', ...paths[index]!];
        let at: unknown = copy;
        for (const key of path.slice(0, -1)) at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
        if (typeof at === 'object' && at !== null) (at as Record<string, unknown>)[path.at(-1)!] = replacement;
      }
      const report = attempt(JSON.stringify(copy['root']));
      const passed = report ? checksOf(report).filter((candidate) => candidate.outcome === 'pass') : [];
      expect(passed.every(({ status }) => status === 'PASS')).toBe(true);
      expect(passed.length).toBeLessThanOrEqual(passes(copy['root']));
      if (report) for (const evidence of evidenceOf(report).evidence) if (evidence.outcome === 'pass') expect(evidence.status).toBe('PASS');
    }), { numRuns: 1_500 });
  });

  it('no byte that is changed, lost or added is an untyped error', () => {
    const text = textOf('current.json');
    fc.assert(fc.property(fc.nat(text.length), fc.nat(40), fc.string({ maxLength: 5 }), (at, cut, added) => {
      const report = attempt(text.slice(0, at) + added + text.slice(at + cut));
      expect(report ? checksOf(report).filter(({ outcome: told, status }) => told === 'pass' && status !== 'PASS') : []).toEqual([]);
    }), { numRuns: 1_500 });
  });
});
