import { randomUUID } from 'node:crypto';
import { conflict } from '../app-error.js';
import type { Cluster } from '../clusters/cluster.js';
import type { TenantTransaction } from '../ports/store.js';
import type { ScheduleKind } from '../schedules/schedule.js';
import type { Scan } from './scan.js';

export interface ScanRequest {
  readonly cluster: Cluster;
  /** Absent: the cluster itself is asked. */
  readonly snapshotId?: string;
  /** Its evidence is judged once more; nobody is asked. */
  readonly sourceScanId?: string;
  /** `posture` where not given. */
  readonly judges?: ScheduleKind;
  readonly requestedBy: string;
  readonly traceparent?: string;
}

/** Writes the scan and the work it makes due together. Throws conflict `scan-active` or `cluster-paused`. */
export async function queueScan(tx: TenantTransaction, { cluster, snapshotId, sourceScanId, judges = 'posture', requestedBy, traceparent }: ScanRequest): Promise<Scan> {
  if (cluster.pausedAt && sourceScanId === undefined) throw conflict('cluster-paused', 'This cluster is paused. Resume it first.');
  const id = randomUUID();
  const scan = await tx.scans.insert({
    id, clusterId: cluster.id, kind: sourceScanId !== undefined ? 'rejudge' : snapshotId !== undefined ? 'snapshot' : judges === 'benchmark' ? 'benchmark' : 'live', withBenchmark: judges !== 'posture', snapshotId: snapshotId ?? null, sourceScanId: sourceScanId ?? null, requestedBy,
  });
  await tx.dueWork.schedule([{ topic: 'scan.run', subjectId: id, ...(traceparent === undefined ? {} : { traceparent }) }]);
  return scan;
}
