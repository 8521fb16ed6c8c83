import { describe, expect, it } from 'vitest';
import { itemsOf } from '#benchmarks/benchmark.js';
import { benchmarks } from '#benchmarks/benchmarks.js';
import { corpus } from './corpus.js';

describe('the corpus of nodes', () => {
  it('has at least 120 roots, each of a name of its own and said in a sentence', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(120);
    expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
    expect(corpus.filter(({ about }) => !about.endsWith('.')).map(({ name }) => name)).toEqual([]);
  });

  it('expects something of every item of the benchmark, and of no other', () => {
    for (const { name, plan, expected } of corpus) expect(Object.keys(expected).toSorted(), name).toEqual(itemsOf(benchmarks[plan.benchmark]).map(({ id }) => id).toSorted());
  });

  it('says why for each variation', () => {
    expect(corpus.filter(({ base, reasons }) => base !== undefined && (reasons.length === 0 || reasons.some(([, , why]) => why === ''))).map(({ name }) => name)).toEqual([]);
  });
});
