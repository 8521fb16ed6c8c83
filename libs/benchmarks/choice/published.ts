import type { BenchmarkId } from '../benchmark.js';

/** Which of its benchmarks a publisher wrote for minors up to `last`; the first line that fits counts. Names as kube-bench has them. */
export interface Publication {
  readonly last: number;
  readonly name: string;
}

/** What one family of platforms has: what was published, and the tables of it that are carried, old to new. */
export interface Family {
  /** Minors before it are refused. */
  readonly first: number;
  readonly published: readonly Publication[];
  /** Which one counts for minors after the last of them; undefined where none was published yet. */
  readonly after?: string;
  /** Published, newer than every table that is carried, by the first minor it is for. */
  readonly notCarried?: { readonly from: number; readonly name: string };
  readonly carried: readonly BenchmarkId[];
}

/** Kubernetes minors: 1.x. */
export const kubernetes: Family = {
  first: 15,
  published: [
    { last: 15, name: 'cis-1.5' }, { last: 18, name: 'cis-1.6' }, { last: 21, name: 'cis-1.20' }, { last: 23, name: 'cis-1.23' }, { last: 24, name: 'cis-1.24' }, { last: 25, name: 'cis-1.7' },
    { last: 26, name: 'cis-1.8' }, { last: 27, name: 'cis-1.9' }, { last: 28, name: 'cis-1.10' }, { last: 31, name: 'cis-1.11' }, { last: 33, name: 'cis-1.12' }, { last: 35, name: 'cis-2.0' },
  ],
  carried: ['cis-1.12', 'cis-2.0'],
};

export const k3s: Family = {
  first: 22,
  published: [{ last: 23, name: 'k3s-cis-1.23' }, { last: 24, name: 'k3s-cis-1.24' }, { last: 25, name: 'k3s-cis-1.7' }, { last: 26, name: 'k3s-cis-1.8' }, { last: 29, name: 'k3s-cis-1.9' }],
  carried: ['k3s-cis-1.9'],
};

export const rke2: Family = {
  first: 23,
  published: [{ last: 23, name: 'rke2-cis-1.23' }, { last: 24, name: 'rke2-cis-1.24' }, { last: 25, name: 'rke2-cis-1.7' }, { last: 26, name: 'rke2-cis-1.8' }],
  after: 'rke2-cis-1.8', notCarried: { from: 27, name: 'rke2-cis-1.9' }, carried: ['rke2-cis-1.8'],
};

export const eks: Family = {
  first: 15,
  published: [{ last: 19, name: 'eks-1.0.1' }, { last: 28, name: 'eks-1.5.0' }, { last: 31, name: 'eks-1.7.0' }, { last: 34, name: 'eks-1.8.0' }],
  notCarried: { from: 35, name: 'eks-2.0.0' }, carried: ['eks-1.8.0'],
};

export const aks: Family = {
  first: 19,
  published: [{ last: 24, name: 'aks-1.0' }, { last: 28, name: 'aks-1.8' }, { last: 31, name: 'aks-1.7' }],
  after: 'aks-1.8', carried: ['aks-1.8'],
};

export const gke: Family = {
  first: 15,
  published: [{ last: 19, name: 'gke-1.0' }, { last: 27, name: 'gke-1.2.0' }, { last: 29, name: 'gke-1.6.0' }, { last: 30, name: 'gke-1.8.0' }],
  after: 'gke-1.9.0', carried: ['gke-1.9.0'],
};

/** Minors of OpenShift: 4.x, which runs Kubernetes 1.(x + 13). */
export const openshift: Family = {
  first: 1,
  published: [{ last: 10, name: 'rh-1.0' }, { last: 12, name: 'rh-1.4' }],
  after: 'rh-1.8', carried: ['rh-1.8'],
};
