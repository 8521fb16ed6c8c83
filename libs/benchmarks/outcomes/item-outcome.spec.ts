import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemsOf, type Item } from '../benchmark.js';
import { benchmarks } from '../benchmarks.js';
import type { SubjectVerdict } from './subject-verdict.js';
import { resultOf } from './testing/result-of.js';

const itemOf = (id: string, benchmark: keyof typeof benchmarks = 'cis-1.12'): Item => itemsOf(benchmarks[benchmark]).find((item) => item.id === id)!;
const nodes = Array.from({ length: 10 }, (_, at) => `node-${at}`);
const passing = (names: readonly string[]): readonly SubjectVerdict[] => names.map((subject) => ({ subject, status: 'pass' }));
const everyItem = Object.values(benchmarks).flatMap((benchmark) => itemsOf(benchmark).map((item) => [`${benchmark.id} ${item.id}`, item] as const));

it.each(everyItem)('%s is unknown without a verdict', (_, item) => {
  expect(resultOf(item, [])).toMatchObject({ outcome: 'unknown', decidedByMachine: false, nodes: { pass: 0, fail: 0, total: 0 } });
});

it('counts every subject of a cause, also beyond those that are kept by name', () => {
  const failing = (message: string, count: number): readonly SubjectVerdict[] => Array.from({ length: count }, (_, at) => ({ subject: `${message}-${at}`, status: 'fail', message }));
  const { causes, sentence } = resultOf(itemOf('4.1.1'), [...failing('wide', 2_500), ...failing('late', 1), ...failing('wide', 10)]);
  expect(causes.map(({ text, subjects, count }) => [text, subjects.length, count])).toEqual([['wide', 1_000, 2_510], ['late', 0, 1]]);
  expect(sentence).toBe('2511 of 2511 nodes fail: wide (wide-0, wide-1, wide-2 and 2507 more); late (1).');
});

describe('any evidence', () => {
  const verdict = (subject: string): fc.Arbitrary<SubjectVerdict> => fc.oneof(
    fc.constant<SubjectVerdict>({ subject, status: 'pass' }),
    fc.constant<SubjectVerdict>({ subject, status: 'fail', message: 'mode 0644' }),
    fc.constant<SubjectVerdict>({ subject, status: 'unknown', missing: 'the file' }),
    fc.constant<SubjectVerdict>({ subject, status: 'not-applicable', reason: 'none there' }),
    fc.constant<SubjectVerdict>({ subject, status: 'manual', look: 'Look.' }),
  );
  const verdicts = fc.subarray(nodes).chain((names) => fc.tuple(...names.map(verdict)));
  const items = fc.constantFrom(...everyItem.map(([, item]) => item));

  it('passes an item only where every node is known and none stands against it', () => {
    fc.assert(fc.property(items, verdicts, (item, given) => {
      const { outcome, nodes: counts } = resultOf(item, given);
      const has = (status: SubjectVerdict['status']): boolean => given.some((one) => one.status === status);
      if (has('fail')) expect(outcome).toBe('fail');
      else if (given.length === 0 || has('unknown')) expect(outcome).toBe('unknown');
      else if (has('manual')) expect(outcome).toBe('manual');
      else expect(outcome).toBe(has('pass') ? 'pass' : 'not-applicable');
      expect(counts.pass + counts.fail + counts.unknown + counts.manual + counts.notApplicable).toBe(counts.total);
      expect(counts.total).toBe(given.length);
    }));
  });

  it('comes in any order', () => {
    fc.assert(fc.property(items, verdicts, (item, given) => {
      const { outcome, nodes: counts } = resultOf(item, given);
      expect(resultOf(item, given.toReversed())).toMatchObject({ outcome, nodes: counts });
    }));
  });
});

describe('an item about nodes', () => {
  const item = itemOf('4.1.5');

  it('passes on all of them', () => {
    expect(resultOf(item, passing(nodes))).toMatchObject({ outcome: 'pass', nodes: { pass: 10, total: 10 }, sentence: '10 of 10 nodes pass.', causes: [] });
  });

  it('fails on one, and says which and how many do not', () => {
    const result = resultOf(item, [...passing(nodes.slice(1)), { subject: 'node-0', status: 'fail', message: '/etc/kubernetes/kubelet.conf has mode 0644' }]);
    expect(result).toMatchObject({ outcome: 'fail', nodes: { pass: 9, fail: 1, total: 10 }, causes: [{ text: '/etc/kubernetes/kubelet.conf has mode 0644', subjects: ['node-0'] }] });
    expect(result.sentence).toBe('9 of 10 nodes pass, 1 of 10 nodes fail: /etc/kubernetes/kubelet.conf has mode 0644 (node-0).');
  });

  it('is unknown where one node has no evidence, and says what would tell and where', () => {
    const result = resultOf(item, [...passing(nodes.slice(0, 9)), { subject: 'node-9', status: 'unknown', missing: 'any evidence of the node' }]);
    expect(result).toMatchObject({ outcome: 'unknown', nodes: { pass: 9, unknown: 1, total: 10 }, causes: [{ text: 'any evidence of the node', subjects: ['node-9'] }] });
    expect(result.sentence).toContain('9 of 10 nodes pass, 1 of 10 nodes are unknown');
  });

  it('names causes once, with some of their nodes', () => {
    const failing = nodes.map((subject): SubjectVerdict => ({ subject, status: 'fail', message: 'mode 0644' }));
    expect(resultOf(item, failing).sentence).toBe('10 of 10 nodes fail: mode 0644 (node-0, node-1, node-2 and 7 more).');
  });
});

describe('decided by machine', () => {
  it('is said where evidence decides what the publisher leaves to a person', () => {
    expect(resultOf(itemOf('5.2.2'), [{ subject: 'cluster', status: 'fail', message: '2 containers' }])).toMatchObject({ outcome: 'fail', decidedByMachine: true, sentence: 'Fails: 2 containers.' });
    expect(resultOf(itemOf('5.1.1'), [{ subject: 'cluster', status: 'pass' }])).toMatchObject({ outcome: 'pass', decidedByMachine: true, sentence: 'Passes.' });
  });

  it('is not said of automated items, nor of what is not decided', () => {
    expect(resultOf(itemOf('1.2.2'), passing(['cp-0'])).decidedByMachine).toBe(false);
    expect(resultOf(itemOf('5.1.1'), []).decidedByMachine).toBe(false);
  });
});

it('shows a person who must look what was gathered', () => {
  const given: readonly SubjectVerdict[] = [{ subject: 'cluster', status: 'manual', look: 'Whether each namespace is one team\'s.', gathered: ['shop: 3 workloads'] }];
  expect(resultOf(itemOf('5.6.1'), given)).toMatchObject({ outcome: 'manual', gathered: ['shop: 3 workloads'], sentence: 'A person must look: Whether each namespace is one team\'s.' });
});
