import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cisKubernetes } from '#controls/frameworks/cis-kubernetes.js';
import { benchmarkNumbers, notCarried, notOnPlatformItems } from './benchmark-numbers.js';
import { counterpartOf, isKnownBenchmark, knownBenchmarks } from './counterpart.js';

/** Every number of every benchmark that is carried, and its number in 1.12, taken from the definitions by themselves. */
const known = readFileSync(join(import.meta.dirname, 'testing/known-numbers.tsv'), 'utf8').trim().split('\n').slice(1).map((line) => line.split('\t') as [string, string, string]);
const counterpart = (benchmark: string, number: string) => counterpartOf(benchmark, number.split('.')[0]!, number);

describe('counterpartOf', () => {
  it('knows every number of every benchmark', () => {
    expect(known.length).toBeGreaterThan(1_000);
    for (const [benchmark, number, cis112] of known) {
      const found = counterpart(benchmark, number);
      const ours = benchmarkNumbers[benchmark]!.benchmark;
      if (ours === 'cis-1.12' && cis112 === '-') expect(found, `${benchmark} ${number}`).toMatchObject({ state: 'none' });
      else expect(found, `${benchmark} ${number}`).toMatchObject({ state: 'item', benchmark: ours, item: ours === 'cis-1.12' ? cis112 : number });
      if (found.state === 'item') expect(found.cis112 ?? '-', `${benchmark} ${number}`).toBe(cis112);
    }
  });

  it('knows no others', () => {
    const told = new Set(known.map(([benchmark, number]) => `${benchmark} ${number}`));
    for (const benchmark of knownBenchmarks) {
      expect(Object.keys(benchmarkNumbers[benchmark]!.moved).filter((number) => !told.has(`${benchmark} ${number}`)), benchmark).toEqual([]);
      for (const section of Object.keys(benchmarkNumbers[benchmark]!.sections)) {
        for (let i = 0; i <= 40; i++) {
          const number = `${section}.${i}`;
          const found = counterpart(benchmark, number);
          const isTold = told.has(`${benchmark} ${number}`);
          if (!isTold) expect(found, `${benchmark} ${number}`).toMatchObject({ state: 'none', reason: expect.stringContaining('has no item') });
        }
      }
    }
  });

  it('names only items that 1.12 has', () => {
    const numbers = new Set(Object.keys(cisKubernetes));
    for (const [benchmark, number] of known) {
      const found = counterpart(benchmark, number);
      if (found.state === 'item' && found.cis112 !== undefined) expect(numbers.has(found.cis112), `${benchmark} ${number}`).toBe(true);
    }
    expect(known.filter(([benchmark]) => benchmark === 'cis-1.12').map(([, number]) => number).toSorted()).toEqual([...numbers].toSorted());
  });

  it.each([
    ['cis-1.10', '5.7.4', { state: 'item', benchmark: 'cis-1.12', item: '5.6.4', scope: 'cluster' }],
    ['cis-1.11', '5.2.13', { state: 'item', item: '5.2.12' }],
    ['cis-1.11', '5.2.9', { state: 'none' }],
    ['rke2-cis-1.8', '1.2.30', { state: 'item', benchmark: 'rke2-cis-1.8', item: '1.2.30', cis112: '1.2.29', scope: 'control-plane' }],
    ['eks-1.8.0', '3.2.9', { state: 'item', benchmark: 'eks-1.8.0', item: '3.2.9', cis112: '4.2.11', scope: 'node' }],
    ['rh-1.8', '4.2.12', { state: 'none' }],
    ['cis-1.8', '1.2.1', { state: 'none', reason: 'the numbers of cis-1.8 are not carried; run kube-bench with --benchmark cis-1.12' }],
    ['toString', '1.2.1', { state: 'none' }],
    ['cis-1.12', '1.2.01', { state: 'none' }],
    ['cis-1.12', 'toString.1', { state: 'none' }],
    ['cis-1.12', '1', { state: 'none' }],
  ])('of %s %s', (benchmark, number, expected) => {
    expect(counterpart(benchmark, number)).toMatchObject(expected);
  });

  it('goes by the control as well as by the number', () => {
    expect(counterpartOf('cis-1.12', '4', '1.2.1')).toMatchObject({ state: 'none' });
  });

  it('points from what is not carried to what is', () => {
    for (const [benchmark, instead] of Object.entries(notCarried)) {
      expect(isKnownBenchmark(benchmark) && !Object.hasOwn(benchmarkNumbers, benchmark), benchmark).toBe(true);
      expect(Object.hasOwn(benchmarkNumbers, instead), benchmark).toBe(true);
    }
    for (const [benchmark, numbers] of Object.entries(notOnPlatformItems)) for (const number of numbers) expect(counterpart(benchmark, number).state).toBe('item');
  });
});
