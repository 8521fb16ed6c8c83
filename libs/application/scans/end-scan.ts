import type { TenantTransaction } from '../ports/store.js';
import type { Scan } from './scan.js';

/** What all ways of ending have in common: the state, and nothing left behind that only the scan needed. */
export async function endScan(
  tx: TenantTransaction,
  scan: Scan,
  end: { readonly state: 'finished' | 'failed' | 'cancelled' } & Partial<Pick<Scan, 'isBaseline' | 'isComplete' | 'summary' | 'coverage' | 'failure' | 'cancelRequested'>>,
): Promise<void> {
  await tx.scans.update(scan.id, { ...end, finishedAt: new Date(), heartbeatAt: null, progress: null });
  if (scan.snapshotId) await tx.snapshots.delete(scan.snapshotId);
  await tx.dueWork.complete('scan.run', scan.id);
}
