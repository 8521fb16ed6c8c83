import { aks18 } from './aks-1.8/aks-1.8.js';
import type { Benchmark, BenchmarkId } from './benchmark.js';
import { cis112 } from './cis-1.12/cis-1.12.js';
import { cis20 } from './cis-2.0.js';
import { eks180 } from './eks-1.8.0/eks-1.8.0.js';
import { gke190 } from './gke-1.9.0/gke-1.9.0.js';
import { k3sCis19 } from './k3s-cis-1.9/k3s-cis-1.9.js';
import { rh18 } from './rh-1.8/rh-1.8.js';
import { rke2Cis18 } from './rke2-cis-1.8/rke2-cis-1.8.js';

/** Every benchmark that is carried. */
export const benchmarks: Readonly<Record<BenchmarkId, Benchmark>> = {
  'cis-2.0': cis20, 'cis-1.12': cis112, 'k3s-cis-1.9': k3sCis19, 'rke2-cis-1.8': rke2Cis18, 'eks-1.8.0': eks180, 'aks-1.8': aks18, 'gke-1.9.0': gke190, 'rh-1.8': rh18,
};

export const isBenchmarkId = (id: string): id is BenchmarkId => Object.hasOwn(benchmarks, id);
