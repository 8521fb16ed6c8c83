import type { Cluster } from '../clusters/cluster.js';
import type { ScanResult } from '../ports/cluster-collector.js';
import type { Attempt } from './attempt.js';
import { isCompleteScan } from './coverage.js';

/** Whether a scan saw all that the cluster lets us read, and is the first one that did. `cluster`: as it is now. */
export function standingOf({ scan, snapshot }: Pick<Attempt, 'scan' | 'snapshot'>, { lastCompleteAt }: Pick<Cluster, 'lastCompleteAt'>, outcomes: ScanResult['outcomes']): { readonly isComplete: boolean; readonly isBaseline: boolean } {
  const isComplete = scan.kind !== 'rejudge' && isCompleteScan(outcomes) && (snapshot === undefined || snapshot.complete.scope === 'cluster');
  return { isComplete, isBaseline: isComplete && lastCompleteAt === null };
}
