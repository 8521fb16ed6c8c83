import { benchmarks } from '#benchmarks/benchmarks.js';
import type { BenchmarkId } from '#benchmarks/benchmark.js';
import { namedEnum } from '../schema/named-enum.js';

export const benchmarkEnum = namedEnum('BenchmarkId', Object.keys(benchmarks) as BenchmarkId[], 'A benchmark that is carried.');
