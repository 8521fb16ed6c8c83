import { itemsOf, type Benchmark, type Item } from '#benchmarks/benchmark.js';
import { benchmarks, isBenchmarkId } from '#benchmarks/benchmarks.js';

/** Undefined where this release does not carry it: runs, regressions and attestations outlast releases. */
export const carriedBenchmark = (id: string): Benchmark | undefined => (isBenchmarkId(id) ? benchmarks[id] : undefined);

/** An item by its number; undefined as above, or where the benchmark has none. */
export function carriedItem(benchmark: string, itemId: string): Item | undefined {
  const carried = carriedBenchmark(benchmark);
  return carried && itemsOf(carried).find(({ id }) => id === itemId);
}
