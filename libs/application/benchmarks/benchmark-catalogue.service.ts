import type { Benchmark, BenchmarkId } from '#benchmarks/benchmark.js';
import { benchmarks, isBenchmarkId } from '#benchmarks/benchmarks.js';
import type { EarlierEdition, EditionId } from '#benchmarks/editions.js';
import { differenceOf, type BenchmarkDifference } from '#benchmarks/item-history.js';
import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';

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
  if (!isBenchmarkId(id)) throw notFound('benchmark');
  return benchmarks[id satisfies BenchmarkId];
}

function editionOf(id: string): EditionId {
  const earlier = earlierEditions.find((edition) => edition === id);
  return earlier ?? benchmarkOf(id).id;
}
