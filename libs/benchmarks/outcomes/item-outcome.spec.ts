import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemsOf, type Item } from '../benchmark.js';
import { benchmarks } from '../benchmarks.js';
import { outcomeOf } from './item-outcome.js';
import { verdictOfPart, type SubjectVerdict } from './subject-verdict.js';

const itemOf = (id: string, benchmark: keyof typeof benchmarks = 'cis-1.12'): Item => itemsOf(benchmarks[benchmark]).find((item) => item.id === id)!;
const nodes = Array.from({ length: 10 }, (_, at) => `node-${at}`);
const passing = (names: readonly string[]): readonly SubjectVerdict[] => names.map((subject) => ({ subject, status: 'pass' }));
const everyItem = Object.values(benchmarks).flatMap((benchmark) => itemsOf(benchmark).map((item) => [`${benchmark.id} ${item.id}`, item] as const));

describe('without evidence', () => {
  it.each(everyItem)('%s does not pass, and does not fail', (_, item) => {
    for (const expected of [undefined, [], ['cluster'], nodes]) {
      const { outcome, decidedByMachine, nodes: counts } = outcomeOf(item, [], expected);
      expect(outcome).toBe(item.rule?.kind === 'not-applicable' ? 'not-applicable' : item.rule?.kind === 'undecidable' ? 'manual' : 'unknown');
      expect(decidedByMachine).toBe(false);
      expect(counts.pass + counts.fail).toBe(0);
    }
  });
});

describe('any evidence', () => {
  const verdict = (subject: string): fc.Arbitrary<SubjectVerdict> => fc.oneof(
    fc.constant<SubjectVerdict>({ subject, status: 'pass' }),
    fc.constant<SubjectVerdict>({ subject, status: 'fail', message: 'mode 0644' }),
    fc.constant<SubjectVerdict>({ subject, status: 'unknown', missing: 'the file' }),
    fc.constant<SubjectVerdict>({ subject, status: 'not-applicable', reason: 'none there' }),
    fc.constant<SubjectVerdict>({ subject, status: 'manual', look: 'Look.' }),
  );
  const verdicts = fc.array(fc.constantFrom(...nodes).chain(verdict), { maxLength: 25 });
  const decidable = everyItem.map(([, item]) => item).filter(({ rule }) => rule?.kind !== 'not-applicable' && rule?.kind !== 'undecidable');

  it('passes an item only where every node is known and none stands against it', () => {
    fc.assert(fc.property(fc.constantFrom(...decidable), verdicts, fc.option(fc.subarray(nodes), { nil: undefined }), (item, given, expected) => {
      const { outcome, nodes: counts } = outcomeOf(item, given, expected);
      const seen = new Set(given.map(({ subject }) => subject));
      const missing = expected === undefined || given.length === 0 || expected.some((node) => !seen.has(node));
      const has = (status: SubjectVerdict['status']): boolean => given.some((one) => one.status === status);
      if (has('fail')) expect(outcome).toBe('fail');
      else if (missing || has('unknown')) expect(outcome).toBe('unknown');
      else if (has('manual')) expect(outcome).toBe('manual');
      else expect(outcome).toBe(has('pass') ? 'pass' : 'not-applicable');
      expect(counts.pass + counts.fail + counts.unknown + counts.manual + counts.notApplicable).toBe(counts.total);
    }));
  });

  it('comes in any order', () => {
    fc.assert(fc.property(fc.constantFrom(...decidable), verdicts, (item, given) => {
      const { outcome, nodes: counts } = outcomeOf(item, given, nodes);
      expect(outcomeOf(item, given.toReversed(), nodes)).toMatchObject({ outcome, nodes: counts });
    }));
  });
});

describe('an item about nodes', () => {
  const item = itemOf('4.1.5');

  it('passes on all of them', () => {
    expect(outcomeOf(item, passing(nodes), nodes)).toMatchObject({ outcome: 'pass', nodes: { pass: 10, total: 10 }, sentence: '10 of 10 nodes pass.', causes: [] });
  });

  it('fails on one, and says which and how many do not', () => {
    const result = outcomeOf(item, [...passing(nodes.slice(1)), { subject: 'node-0', status: 'fail', message: '/etc/kubernetes/kubelet.conf has mode 0644' }], nodes);
    expect(result).toMatchObject({ outcome: 'fail', nodes: { pass: 9, fail: 1, total: 10 }, causes: [{ text: '/etc/kubernetes/kubelet.conf has mode 0644', subjects: ['node-0'] }] });
    expect(result.sentence).toBe('9 of 10 nodes pass, 1 of 10 nodes fail: /etc/kubernetes/kubelet.conf has mode 0644 (node-0).');
  });

  it('is unknown where one node has no evidence, and says what would tell and where', () => {
    const result = outcomeOf(item, passing(nodes.slice(0, 9)), nodes);
    expect(result).toMatchObject({ outcome: 'unknown', nodes: { pass: 9, unknown: 1, total: 10 }, causes: [{ text: 'any evidence of the node', subjects: ['node-9'] }] });
    expect(result.sentence).toContain('9 of 10 nodes pass, 1 of 10 nodes are unknown');
  });

  it('is unknown where nobody could list the nodes, however many pass', () => {
    expect(outcomeOf(item, passing(nodes), undefined)).toMatchObject({ outcome: 'unknown', causes: [{ text: 'the list of nodes, without which there may be others' }] });
  });

  it('fails on a node that nobody expected', () => {
    expect(outcomeOf(item, [...passing(['node-0']), { subject: 'node-new', status: 'fail', message: 'mode 0666' }], ['node-0'])).toMatchObject({ outcome: 'fail', nodes: { total: 2 } });
  });

  it('names causes once, with some of their nodes', () => {
    const failing = nodes.map((subject): SubjectVerdict => ({ subject, status: 'fail', message: 'mode 0644' }));
    expect(outcomeOf(item, failing, nodes).sentence).toBe('10 of 10 nodes fail: mode 0644 (node-0, node-1, node-2 and 7 more).');
  });
});

describe('decided by machine', () => {
  it('is said where evidence decides what the publisher leaves to a person', () => {
    expect(outcomeOf(itemOf('5.2.2'), [{ subject: 'cluster', status: 'fail', message: '2 containers' }], ['cluster'])).toMatchObject({ outcome: 'fail', decidedByMachine: true, sentence: 'Fails: 2 containers.' });
    expect(outcomeOf(itemOf('5.1.1'), [{ subject: 'cluster', status: 'pass' }], ['cluster'])).toMatchObject({ outcome: 'pass', decidedByMachine: true, sentence: 'Passes.' });
  });

  it('is not said of automated items, nor of what is not decided', () => {
    expect(outcomeOf(itemOf('1.2.2'), passing(['cp-0']), ['cp-0']).decidedByMachine).toBe(false);
    expect(outcomeOf(itemOf('5.1.1'), [], ['cluster']).decidedByMachine).toBe(false);
  });
});

describe('what a person must look at', () => {
  it('shows what was gathered', () => {
    const given: readonly SubjectVerdict[] = [{ subject: 'cluster', status: 'manual', look: 'x', gathered: ['shop: 3 workloads'] }];
    expect(outcomeOf(itemOf('5.6.1'), given, ['cluster'])).toMatchObject({ outcome: 'manual', gathered: ['shop: 3 workloads'], sentence: expect.stringContaining('A person must look: Whether each namespace') });
  });

  it('never passes by evidence where no evidence can decide', () => {
    expect(outcomeOf(itemOf('5.6.1'), passing(['cluster']), ['cluster']).outcome).toBe('manual');
  });

  it('is not asked for what the platform has not', () => {
    expect(outcomeOf(itemOf('4.2.7', 'k3s-cis-1.9'), [], nodes)).toMatchObject({ outcome: 'not-applicable', nodes: { notApplicable: 10 } });
  });
});

describe('what controls say of a whole cluster', () => {
  const counts = { passed: 3, failed: 0, unknown: 0, notApplicable: 0 };

  it('is taken as it is, and never passes where nobody looked', () => {
    expect(verdictOfPart('workloads/privileged', { outcome: 'pass', ...counts })).toEqual({ subject: 'cluster', status: 'pass' });
    expect(verdictOfPart('workloads/privileged', { outcome: 'fail', ...counts, failed: 2 })).toMatchObject({ status: 'fail', message: '2 of 5 that workloads/privileged judged fail' });
    expect(verdictOfPart('workloads/privileged', undefined).status).toBe('unknown');
    for (const outcome of ['unknown', 'error'] as const) expect(verdictOfPart('workloads/privileged', { outcome, ...counts }).status).toBe('unknown');
  });

  it('passes an item only where all that answer it do', () => {
    const both = (second: SubjectVerdict['status']): string =>
      outcomeOf(itemOf('5.1.5'), [verdictOfPart('a/b', { outcome: 'pass', ...counts }), verdictOfPart('c/d', { outcome: second as 'pass', ...counts })], ['cluster']).outcome;
    expect(both('pass')).toBe('pass');
    expect(both('not-applicable')).toBe('pass');
    expect(both('unknown')).toBe('unknown');
    expect(both('fail')).toBe('fail');
  });
});
