/** Numbers of one benchmark as kube-bench names it, and what they are in CIS Kubernetes 1.12. Numbers are facts of the benchmarks; no wording of theirs is here. */
export interface BenchmarkNumbers {
  /** The benchmark of ours that answers it. */
  readonly benchmark: string;
  /** Which part of a cluster an item is about, by the first part of its number. */
  readonly scopes: Readonly<Record<string, ItemScope>>;
  /** Section -> how many items it has, counted from 1. */
  readonly sections: Readonly<Record<string, number>>;
  /** Numbers within them that no item has. */
  readonly unused?: readonly string[];
  /** Items whose number in 1.12 is another; `null`: 1.12 has no such item. All others have the same. */
  readonly moved: Readonly<Record<string, string | null>>;
}

/** What a result is about: one node's control plane, one node, or the cluster, however many nodes repeat it. */
export type ItemScope = 'control-plane' | 'node' | 'cluster';

const ownControlPlane = { 1: 'control-plane', 2: 'control-plane', 3: 'control-plane', 4: 'node', 5: 'cluster' } as const;
const managed = { 2: 'cluster', 3: 'node', 4: 'cluster', 5: 'cluster' } as const;

/** Before 1.12 an item about added capabilities stood among those on pods. */
const addedCapabilities = { '5.2.9': null, '5.2.10': '5.2.9', '5.2.11': '5.2.10', '5.2.12': '5.2.11', '5.2.13': '5.2.12' } as const;
/** Up to 1.10 and in what came from it, the section on the general had another number. */
const generalAsSeven = { '5.7.1': '5.6.1', '5.7.2': '5.6.2', '5.7.3': '5.6.3', '5.7.4': '5.6.4' } as const;

const controlPlaneSections = { '1.1': 21, '1.2': 30, '1.3': 7, '1.4': 2, 2: 7, '3.1': 3, '3.2': 2 } as const;
const v112: BenchmarkNumbers = {
  benchmark: 'cis-1.12', scopes: ownControlPlane, moved: {},
  sections: { ...controlPlaneSections, '4.1': 10, '4.2': 14, '4.3': 1, '5.1': 13, '5.2': 12, '5.3': 2, '5.4': 2, '5.5': 1, '5.6': 4 },
};

/** The nine items on kubelets that EKS and AKS share. */
const managedKubelet = { '3.2.1': '4.2.1', '3.2.2': '4.2.2', '3.2.3': '4.2.3', '3.2.4': '4.2.4', '3.2.5': '4.2.5', '3.2.6': '4.2.6', '3.2.7': '4.2.8', '3.2.8': '4.2.10', '3.2.9': '4.2.11' } as const;

export const benchmarkNumbers: Readonly<Record<string, BenchmarkNumbers>> = {
  'cis-1.12': v112,
  // 2.0 kept the numbers of 1.12.
  'cis-2.0': v112,
  'cis-1.11': { ...v112, sections: { ...v112.sections, '5.2': 13 }, moved: addedCapabilities },
  'cis-1.10': {
    benchmark: 'cis-1.12', scopes: ownControlPlane, moved: { ...addedCapabilities, ...generalAsSeven },
    sections: { ...controlPlaneSections, '1.2': 29, '4.1': 10, '4.2': 13, '4.3': 1, '5.1': 13, '5.2': 13, '5.3': 2, '5.4': 2, '5.5': 1, '5.7': 4 },
  },
  'k3s-cis-1.9': {
    benchmark: 'k3s-cis-1.9', scopes: ownControlPlane, moved: { ...addedCapabilities, ...generalAsSeven },
    sections: { ...controlPlaneSections, '1.2': 29, '4.1': 10, '4.2': 13, '4.3': 1, '5.1': 13, '5.2': 13, '5.3': 2, '5.4': 2, '5.5': 1, '5.7': 4 },
  },
  'rke2-cis-1.8': {
    benchmark: 'rke2-cis-1.8', scopes: ownControlPlane,
    sections: { ...controlPlaneSections, '4.1': 10, '4.2': 13, '5.1': 13, '5.2': 13, '5.3': 2, '5.4': 2, '5.5': 1, '5.7': 4 },
    moved: {
      '1.2.12': null, '1.2.13': '1.2.12', '1.2.14': '1.2.13', '1.2.15': '1.2.14', '1.2.16': '1.2.15', '1.2.17': '1.2.16', '1.2.18': '1.2.17', '1.2.19': '1.2.18', '1.2.20': '1.2.19', '1.2.21': '1.2.20',
      '1.2.22': '1.2.21', '1.2.23': '1.2.22', '1.2.24': '1.2.23', '1.2.25': '1.2.24', '1.2.26': '1.2.25', '1.2.27': '1.2.26', '1.2.28': '1.2.27', '1.2.29': '1.2.28', '1.2.30': '1.2.29',
      ...addedCapabilities, ...generalAsSeven,
    },
  },
  'rh-1.8': {
    benchmark: 'rh-1.8', scopes: ownControlPlane,
    sections: { '1.1': 21, '1.2': 31, '1.3': 4, '1.4': 2, 2: 7, '3.1': 1, '3.2': 2, '4.1': 10, '4.2': 13, '5.1': 6, '5.2': 10, '5.3': 2, '5.4': 2, '5.5': 1, '5.7': 4 },
    unused: ['4.2.12'],
    moved: {
      '1.2.2': null, '1.2.3': '1.2.4', '1.2.4': '1.2.5', '1.2.5': '1.2.6', '1.2.6': '1.2.8', '1.2.7': null, '1.2.8': '1.2.10', '1.2.9': '1.2.11', '1.2.10': '1.2.12', '1.2.11': '1.2.13', '1.2.12': null,
      '1.2.13': '1.2.14', '1.2.14': null, '1.2.15': null, '1.2.16': null, '1.2.17': null, '1.2.18': '1.2.16', '1.2.19': null, '1.2.20': '1.2.18', '1.2.21': '1.2.19', '1.2.22': '1.2.20', '1.2.23': '1.2.21',
      '1.2.24': '1.2.22', '1.2.25': '1.2.23', '1.2.26': '1.2.24', '1.2.27': '1.2.25', '1.2.28': '1.2.26', '1.2.29': '1.2.28', '1.2.30': '1.2.29', '1.2.31': null,
      '1.3.1': null, '1.3.2': '1.3.3', '1.3.3': '1.3.4', '1.3.4': '1.3.5', '1.4.1': null, '1.4.2': null,
      '4.2.1': null, '4.2.2': '4.2.1', '4.2.3': '4.2.2', '4.2.4': '4.2.3', '4.2.5': '4.2.4', '4.2.6': '4.2.5', '4.2.7': '4.2.6', '4.2.13': '4.2.12',
      '5.2.1': '5.2.2', '5.2.2': '5.2.3', '5.2.3': '5.2.4', '5.2.4': '5.2.5', '5.2.5': '5.2.6', '5.2.6': '5.2.7', '5.2.7': '5.2.8', '5.2.8': null, '5.2.10': null, ...generalAsSeven,
    },
  },
  'eks-1.8.0': {
    benchmark: 'eks-1.8.0', scopes: managed,
    sections: { '2.1': 2, '3.1': 4, '3.2': 9, '4.1': 12, '4.2': 5, '4.3': 2, '4.4': 2, '4.5': 2, '5.1': 4, '5.2': 1, '5.3': 1, '5.4': 5, '5.5': 1 },
    moved: {
      '2.1.1': null, '2.1.2': null, '3.1.1': '4.1.5', '3.1.2': '4.1.6', '3.1.3': '4.1.9', '3.1.4': '4.1.10', ...managedKubelet,
      '4.1.1': '5.1.1', '4.1.2': '5.1.2', '4.1.3': '5.1.3', '4.1.4': '5.1.4', '4.1.5': '5.1.5', '4.1.6': '5.1.6', '4.1.7': null, '4.1.8': '5.1.8', '4.1.9': '5.1.9', '4.1.10': '5.1.10', '4.1.11': '5.1.12', '4.1.12': '5.1.13',
      '4.2.1': '5.2.2', '4.2.2': '5.2.3', '4.2.3': '5.2.4', '4.2.4': '5.2.5', '4.2.5': '5.2.6', '4.3.1': '5.3.1', '4.3.2': '5.3.2', '4.4.1': '5.4.1', '4.4.2': '5.4.2', '4.5.1': '5.6.1', '4.5.2': '5.6.4',
      '5.1.1': null, '5.1.2': null, '5.1.3': null, '5.1.4': null, '5.2.1': null, '5.3.1': null, '5.4.1': null, '5.4.2': null, '5.4.3': null, '5.4.4': null, '5.4.5': null, '5.5.1': null,
    },
  },
  'aks-1.8': {
    benchmark: 'aks-1.8', scopes: managed,
    sections: { '2.1': 1, '3.1': 4, '3.2': 9, '4.1': 12, '4.2': 5, '4.4': 2, '4.5': 2, '4.6': 3, '5.1': 4, '5.2': 1, '5.3': 1, '5.4': 5, '5.5': 2 },
    moved: {
      '2.1.1': null, '3.1.1': '4.1.5', '3.1.2': '4.1.6', '3.1.3': null, '3.1.4': null, ...managedKubelet,
      '4.1.1': '5.1.1', '4.1.2': '5.1.2', '4.1.3': '5.1.3', '4.1.4': '5.1.4', '4.1.5': '5.1.5', '4.1.6': '5.1.6', '4.1.7': '5.1.8', '4.1.8': '5.1.9', '4.1.9': '5.1.10', '4.1.10': '5.1.11', '4.1.11': '5.1.12', '4.1.12': '5.1.13',
      '4.2.1': '5.2.2', '4.2.2': '5.2.3', '4.2.3': '5.2.4', '4.2.4': '5.2.5', '4.2.5': '5.2.6', '4.4.1': null, '4.4.2': '5.3.2', '4.5.1': '5.4.1', '4.5.2': '5.4.2', '4.6.1': '5.6.1', '4.6.2': '5.6.3', '4.6.3': '5.6.4',
      '5.1.1': null, '5.1.2': null, '5.1.3': null, '5.1.4': null, '5.2.1': null, '5.3.1': null, '5.4.1': null, '5.4.2': null, '5.4.3': null, '5.4.4': null, '5.4.5': null, '5.5.1': null, '5.5.2': null,
    },
  },
  'gke-1.9.0': {
    benchmark: 'gke-1.9.0', scopes: managed,
    sections: { '3.1': 4, '4.1': 10, '4.2': 1, '4.3': 2, '4.4': 2, '4.5': 1, '4.6': 4, '5.1': 4, '5.2': 2, '5.3': 1, '5.4': 1, '5.5': 7, '5.6': 7, '5.7': 2, '5.8': 3, '5.9': 2, '5.10': 4 },
    moved: {
      '3.1.1': '4.1.5', '3.1.2': '4.1.6', '3.1.3': '4.1.9', '3.1.4': '4.1.10',
      '4.1.1': '5.1.1', '4.1.2': '5.1.2', '4.1.3': '5.1.3', '4.1.4': '5.1.5', '4.1.5': '5.1.6', '4.1.6': '5.1.7', '4.1.7': '5.1.8', '4.1.8': null, '4.1.9': null, '4.1.10': null,
      '4.2.1': '5.2.1', '4.3.1': '5.3.1', '4.3.2': '5.3.2', '4.4.1': '5.4.1', '4.4.2': '5.4.2', '4.5.1': '5.5.1', '4.6.1': '5.6.1', '4.6.2': '5.6.2', '4.6.3': '5.6.3', '4.6.4': '5.6.4',
      '5.1.1': null, '5.1.2': null, '5.1.3': null, '5.1.4': null, '5.2.1': null, '5.2.2': null, '5.3.1': null, '5.4.1': null, '5.5.1': null, '5.5.2': null, '5.5.3': null, '5.5.4': null, '5.5.5': null, '5.5.6': null, '5.5.7': null,
      '5.6.1': null, '5.6.2': null, '5.6.3': null, '5.6.4': null, '5.6.5': null, '5.6.6': null, '5.6.7': null, '5.7.1': null, '5.7.2': null, '5.8.1': null, '5.8.2': null, '5.8.3': null, '5.9.1': null, '5.9.2': null,
      '5.10.1': null, '5.10.2': null, '5.10.3': null, '5.10.4': null,
    },
  },
};

/** Benchmarks that kube-bench has and whose numbers are not carried here, with one to run instead. */
export const notCarried: Readonly<Record<string, string>> = {
  'cis-1.5': 'cis-1.12', 'cis-1.6': 'cis-1.12', 'cis-1.20': 'cis-1.12', 'cis-1.23': 'cis-1.12', 'cis-1.24': 'cis-1.12', 'cis-1.24-microk8s': 'cis-1.12', 'cis-1.7': 'cis-1.12', 'cis-1.8': 'cis-1.12', 'cis-1.9': 'cis-1.12',
  'k3s-cis-1.23': 'k3s-cis-1.9', 'k3s-cis-1.24': 'k3s-cis-1.9', 'k3s-cis-1.7': 'k3s-cis-1.9', 'k3s-cis-1.8': 'k3s-cis-1.9',
  'rke2-cis-1.23': 'rke2-cis-1.8', 'rke2-cis-1.24': 'rke2-cis-1.8', 'rke2-cis-1.7': 'rke2-cis-1.8', 'rke2-cis-1.9': 'rke2-cis-1.8',
  'rke-cis-1.23': 'cis-1.12', 'rke-cis-1.24': 'cis-1.12', 'rke-cis-1.7': 'cis-1.12',
  'eks-1.0.1': 'eks-1.8.0', 'eks-1.1.0': 'eks-1.8.0', 'eks-1.2.0': 'eks-1.8.0', 'eks-1.5.0': 'eks-1.8.0', 'eks-1.7.0': 'eks-1.8.0', 'eks-stig-kubernetes-v1r6': 'eks-1.8.0',
  'aks-1.0': 'aks-1.8', 'aks-1.7': 'aks-1.8', 'gke-1.0': 'gke-1.9.0', 'gke-1.2.0': 'gke-1.9.0', 'gke-1.6.0': 'gke-1.9.0', 'gke-1.8.0': 'gke-1.9.0',
  'rh-0.7': 'rh-1.8', 'rh-1.0': 'rh-1.8', 'rh-1.4': 'rh-1.8', 'ack-1.0': 'cis-1.12', 'tkgi-1.2.53': 'cis-1.12',
};

/** Items whose file or process a platform cannot have, so that its profile skips them. */
export const notOnPlatformItems: Readonly<Record<string, readonly string[]>> = {
  'k3s-cis-1.9': ['1.1.1', '1.1.2', '1.1.3', '1.1.4', '1.1.5', '1.1.6', '1.1.7', '1.1.8', '4.1.1', '4.1.2'],
};
