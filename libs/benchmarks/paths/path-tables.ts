import type { BenchmarkPlatform } from '../benchmark.js';
import { k3sPaths } from './k3s.js';
import { kubeadmPaths } from './kubeadm.js';
import { aksPaths, eksPaths, gkePaths } from './managed.js';
import { openshiftPaths } from './openshift.js';
import type { PathRef, PathRow, PathTable, Place } from './path-ref.js';
import { rke2Paths } from './rke2.js';

export const pathTables: Readonly<Record<BenchmarkPlatform, PathTable>> = {
  kubeadm: kubeadmPaths, k3s: k3sPaths, rke2: rke2Paths, eks: eksPaths, aks: aksPaths, gke: gkePaths, openshift: openshiftPaths,
};

/** Undefined where the platform's table does not know it. */
export const pathRow = (ref: PathRef, platform: BenchmarkPlatform): PathRow | undefined => pathTables[platform][ref];

/** Where it usually is; empty where only a process says so, and where there is none. */
export function placesOf(ref: PathRef, platform: BenchmarkPlatform): readonly Place[] {
  const row = pathRow(ref, platform);
  return row === undefined || 'absent' in row ? [] : row.places;
}
