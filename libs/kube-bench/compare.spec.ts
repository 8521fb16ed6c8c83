import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { benchmarkNumbers } from './benchmark-numbers.js';
import { compare, type OurVerdict } from './compare.js';
import { counterpartOf } from './counterpart.js';
import { evidenceOf } from './evidence.js';
import { knownWrong, knownWrongOf } from './known-wrong.js';
import type { Outcome } from './outcome.js';
import { readKubeBench } from './read-kube-bench.js';

const text = (name: string): string => readFileSync(join(import.meta.dirname, 'testing/fixtures', name), 'utf8');
const { evidence } = evidenceOf(readKubeBench(text('current.json'), { nodes: ['cp-1'] }));
const ours = (item: string, outcome: Outcome, node: string | undefined = 'cp-1', benchmark = 'cis-1.12'): OurVerdict => ({ benchmark, item, outcome, ...(node !== undefined && { node }) });
const row = (verdict: OurVerdict) => {
  const { relation, causes } = compare([verdict], evidence)[0]!;
  return [relation, ...causes.map(({ id }) => id)];
};

describe('evidenceOf', () => {
  it('tells of the cluster once, whatever node says it, and the worst of it', () => {
    const second = text('two-nodes.json').replace(/(.*)"status": "PASS"(.*?"test_number": "5\.1\.5")/s, '$1"status": "FAIL"$2');
    const { evidence: both } = evidenceOf(readKubeBench(second, { nodes: ['a', 'b'] }));
    expect(both.filter(({ scope }) => scope === 'cluster').map(({ item, node, outcome }) => [item, node, outcome])).toEqual([['5.1.2', undefined, 'fail'], ['5.1.5', undefined, 'unknown'], ['5.1.3', undefined, 'unknown']]);
    expect(both.filter(({ item }) => item === '4.2.1').map(({ node }) => node)).toEqual(['a', 'b']);
  });

  it('keeps apart what it has no item for', () => {
    const report = readKubeBench(text('current.json').replaceAll('cis-1.12', 'cis-1.8'), { nodes: ['a'] });
    expect(evidenceOf(report)).toMatchObject({ evidence: [], unmapped: { length: 15 } });
  });
});

describe('compare', () => {
  it.each([
    [ours('1.2.1', 'pass'), ['agree']],
    [ours('1.2.1', 'pass', 'cp-1', 'cis-2.0'), ['agree']],
    [ours('1.2.27', 'fail'), ['disagree', 'encryption-prefix', 'flags-as-text']],
    [ours('1.2.6', 'pass'), ['disagree', 'authorization-config', 'no-control-plane-here', 'flags-as-text']],
    [ours('5.1.2', 'fail', undefined), ['ours-only']],
    [ours('1.2.17', 'pass'), ['undecided']],
    [ours('1.2.1', 'unknown'), ['undecided']],
    [ours('4.2.13', 'fail'), ['agree']],
    [ours('4.2.13', 'pass'), ['disagree', 'flags-as-text', 'config-not-read']],
    [ours('1.2.1', 'pass', 'cp-2'), ['ours-only']],
    [ours('4.2.7', 'manual'), ['agree']],
  ])('%j: %s', (verdict, expected) => {
    expect(row(verdict)).toEqual(expected);
  });

  it('tells of the cluster without a node', () => {
    const { relation, causes } = compare([{ benchmark: 'cis-1.12', item: '5.1.2', outcome: 'fail' }], evidence)[0]!;
    expect([relation, causes[0]?.id]).toEqual(['disagree', 'verbs-as-one-word']);
  });

  it('names what kube-bench alone says', () => {
    const rows = compare([], evidence);
    expect(rows).toHaveLength(evidence.length);
    expect(new Set(rows.map(({ relation }) => relation))).toEqual(new Set(['theirs-only']));
  });
});

describe('what is known to be wrong', () => {
  it('is about checks that there are', () => {
    for (const { id, benchmarks, checks } of knownWrong) {
      for (const pattern of checks) {
        const numbers = Object.entries(benchmarkNumbers).filter(([name]) => (benchmarks ?? [name]).some((b) => (b.endsWith('*') ? name.startsWith(b.slice(0, -1)) : b === name)));
        const exact = pattern.endsWith('*') ? `${pattern.slice(0, -1)}1` : pattern;
        expect(numbers.some(([name]) => [exact, `${exact}.1`].some((number) => counterpartOf(name, number.split('.')[0]!, number).state === 'item')), `${id} ${pattern}`).toBe(true);
      }
    }
  });

  it.each([
    ['1.3.7', '1.4.2', '4.2.4', '4.2.5', '4.2.10', '4.2.13', '4.2.14', '4.3.1', '2.7', '5.1.2', '5.2.6'],
  ])('names every false pass of 1.12', (...numbers) => {
    for (const number of numbers) expect(knownWrongOf('cis-1.12', number).some(({ kind, id }) => kind === 'false-pass' && id !== 'flags-as-text' && id !== 'config-not-read'), number).toBe(true);
  });

  it.each([
    ['1.2.6', '1.2.7', '1.2.8', '1.2.1', '1.2.17', '1.2.18', '1.2.19', '1.2.22', '4.2.1', '4.2.2', '4.2.9', '4.2.12', '1.1.12', '1.1.13', '1.1.14', '4.1.1', '4.1.3', '4.1.4', '5.1.1', '5.1.3', '5.1.6', '1.1.9', '1.1.10'],
  ])('names every false failure of 1.12', (...numbers) => {
    for (const number of numbers) expect(knownWrongOf('cis-1.12', number).some(({ kind, id }) => kind !== 'false-pass' && id !== 'flags-as-text' && id !== 'config-not-read' && id !== 'fixed-paths'), number).toBe(true);
  });
});
