import type { Benchmark } from '#benchmarks/benchmark.js';
import { benchmarks } from '#benchmarks/benchmarks.js';
import type { EarlierEdition, EditionId } from '#benchmarks/editions.js';
import { differenceOf, type BenchmarkDifference } from '#benchmarks/item-history.js';
import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import { carriedBenchmark } from './carried.js';

const earlierEditions: readonly EarlierEdition[] = ['cis-1.10', 'cis-1.11'];

/** The benchmarks that are carried. Any valid key may read them. */
export class BenchmarkCatalogueService {
  list(_caller: Caller): readonly Benchmark[] {
    return Object.values(benchmarks);
  }

  get(_caller: Caller, id: string): Benchmark {
    return benchmarkOf(id);
  }

  /** What changes when a cluster is judged by `to` instead of `from`; either may be an edition of which only the numbers are known. */
  difference(_caller: Caller, from: string, to: string): BenchmarkDifference {
    return differenceOf(editionOf(from), editionOf(to));
  }
}

/** Throws not-found where it is not carried. */
export function benchmarkOf(id: string): Benchmark {
  const benchmark = carriedBenchmark(id);
  if (!benchmark) throw notFound('benchmark');
  return benchmark;
}

function editionOf(id: string): EditionId {
  const earlier = earlierEditions.find((edition) => edition === id);
  return earlier ?? benchmarkOf(id).id;
}
