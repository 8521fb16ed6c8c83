import type { Benchmark } from './benchmark.js';
import { cis112 } from './cis-1.12/cis-1.12.js';

/** 2.0 kept every number and what it asks for. */
export const cis20: Benchmark = { ...cis112, id: 'cis-2.0', title: 'CIS Kubernetes Benchmark 2.0', kubernetes: { from: '1.34', to: '1.35' } };
