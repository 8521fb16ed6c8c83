import type { BenchmarkHistory } from '#controls/engine/world.js';
import { AppError } from '../app-error.js';
import { benchmarkHistory } from '../benchmarks/benchmark-history.js';
import type { Cluster } from '../clusters/cluster.js';
import { openConnection } from '../clusters/sealed-connection.js';
import type { Organisation } from '../organisations/organisation.js';
import type { PolicyVersion } from '../organisations/policy.js';
import { CollectionError, type EvidenceSource } from '../ports/cluster-collector.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { Store, TenantTransaction } from '../ports/store.js';
import { snapshotBytes } from '../snapshots/snapshot-bytes.js';
import type { Snapshot } from '../snapshots/snapshot.js';
import { KeptEvidence } from './kept-evidence.js';
import { endScan } from './end-scan.js';
import { clusterUnreachable, scanFailed, type EventContext } from './scan-events.js';
import { isActive, type Scan, type ScanFailure } from './scan.js';

/** One try at a scan. `generation` fences it: once another attempt has begun, this one may write nothing. */
export interface Attempt {
  readonly tenantId: string;
  readonly scan: Scan;
  readonly cluster: Cluster;
  readonly organisation: Organisation;
  readonly policy: PolicyVersion;
  readonly benchmarks: BenchmarkHistory;
  readonly generation: number;
  readonly number: number;
  readonly traceparent: string | undefined;
  readonly sealed: Uint8Array | undefined;
  readonly snapshot: Snapshot | undefined;
  /** Digests of the pieces that are kept of the cluster; none is removed while the attempt lasts. */
  readonly knownEvidence: readonly string[];
}

/** A worker that comes too late: another attempt has begun, or the scan has ended. Nothing was written. */
export class Fenced extends Error {
  override readonly name = 'Fenced';

  constructor(scanId: string, generation: number) {
    super(`attempt ${generation} at scan ${scanId} is no longer the one that counts`);
  }
}

/** Attempts at one scan, counting those whose worker died. */
export const MOST_ATTEMPTS = 5;

/**
 * Begins an attempt; undefined where there is nothing to do: the scan has ended, was cancelled, was tried often
 * enough, or another worker showed life within the lease.
 */
export async function beginAttempt(tx: TenantTransaction, scanId: string, leaseMs: number): Promise<Attempt | undefined> {
  const scan = await tx.scans.lock(scanId);
  const cluster = scan && (await tx.clusters.lock(scan.clusterId));
  const organisation = await tx.organisation.get();
  if (!scan || !organisation || !isActive(scan.state)) {
    await tx.dueWork.complete('scan.run', scanId);
    return undefined;
  }
  if (!cluster) {
    // Requested while the cluster was being deleted.
    await endScan(tx, scan, { state: 'cancelled' });
    return undefined;
  }
  const silentMs = scan.state === 'running' ? await tx.scans.silentMs(scanId) : undefined;
  if (silentMs !== undefined && silentMs < leaseMs) {
    // Should that worker be dead, this is looked at again when its lease ends, and not a whole lease from now.
    await tx.dueWork.postpone('scan.run', scanId, new Date(Date.now() + leaseMs - silentMs));
    return undefined;
  }
  if (scan.cancelRequested) {
    await endScan(tx, scan, { state: 'cancelled' });
    return undefined;
  }
  const traceparent = (await tx.dueWork.get('scan.run', scanId))?.traceparent ?? undefined;
  const number = await tx.dueWork.beginAttempt('scan.run', scanId);
  if (number === undefined || number > MOST_ATTEMPTS) {
    await failScan(tx, { tenantId: tx.tenantId, scan, cluster, isUnreachable: false, traceparent }, {
      reason: 'scan-crashed', detail: `The worker ended ${MOST_ATTEMPTS} times before the scan did. The cluster may be too large for a worker's memory.`,
    });
    return undefined;
  }
  const generation = await tx.clusters.nextGeneration(cluster.id);
  if (generation === undefined) return undefined;
  await tx.scans.update(scanId, { state: 'running', generation, startedAt: scan.startedAt ?? new Date() });
  // By the database's clock, which is the one that judges the lease.
  await tx.scans.heartbeat(scanId, generation, { phase: 'connecting', objects: 0 });
  return {
    tenantId: tx.tenantId, scan, cluster, organisation, policy: await tx.policies.current(), benchmarks: await benchmarkHistory(tx, cluster.id, scan.withBenchmark, new Date()), generation, number, traceparent,
    sealed: scan.kind === 'live' || scan.kind === 'benchmark' ? await tx.clusters.credentials(cluster.id) : undefined,
    snapshot: scan.snapshotId === null ? undefined : await tx.snapshots.get(scan.snapshotId),
    knownEvidence: await tx.evidence.digests(cluster.id),
  };
}

/** The locked scan and cluster, if the attempt may still write; throws `Fenced` if not. */
export async function lockAttempt(tx: TenantTransaction, { scan, generation }: Attempt): Promise<{ readonly scan: Scan; readonly cluster: Cluster }> {
  const locked = await tx.scans.lock(scan.id);
  const cluster = await tx.clusters.lock(scan.clusterId);
  if (!locked || !cluster || locked.state !== 'running' || locked.generation !== generation || cluster.generation !== generation) {
    throw new Fenced(scan.id, generation);
  }
  return { scan: locked, cluster };
}

/** A scan that ends without a verdict. */
export interface FailingScan {
  readonly tenantId: string;
  readonly scan: Scan;
  readonly cluster: Cluster;
  readonly isUnreachable: boolean;
  readonly traceparent: string | undefined;
}

/** Ends it, and tells why. */
export async function failScan(tx: TenantTransaction, { tenantId, scan, cluster, isUnreachable, traceparent }: FailingScan, failure: ScanFailure): Promise<void> {
  const context: EventContext = { tenantId, cluster, scan, isBaseline: false };
  const startsOutage = isUnreachable && (scan.kind === 'live' || scan.kind === 'benchmark') && cluster.unreachableSince === null;
  // A benchmark alone says nothing of posture, by which the cluster's latest scan is shown.
  await tx.clusters.update(cluster.id, { ...(scan.kind === 'benchmark' ? {} : { lastScanId: scan.id }), ...(startsOutage ? { unreachableSince: new Date() } : {}) });
  await endScan(tx, scan, { state: 'failed', failure });
  await tx.events.append([scanFailed(context, failure), ...(startsOutage ? [clusterUnreachable(context, failure)] : [])], traceparent);
}

async function keptSource({ tenantId, cluster, scan: { sourceScanId } }: Attempt, evidence: KeptEvidence): Promise<EvidenceSource> {
  try {
    const kept = await evidence.find(tenantId, cluster.id, sourceScanId ?? undefined);
    return { kind: 'kept', pieces: await evidence.open(tenantId, kept), at: kept.scan.startedAt ?? kept.scan.requestedAt };
  } catch (error) {
    if (error instanceof AppError && (error.kind === 'conflict' || error.kind === 'not-found')) throw new CollectionError('evidence-gone', error.message);
    throw error;
  }
}

/** What was uploaded last, where anything was. */
async function latestKept({ tenantId, cluster }: Attempt, evidence: KeptEvidence): Promise<EvidenceSource> {
  try {
    const kept = await evidence.find(tenantId, cluster.id);
    return { kind: 'kept', pieces: await evidence.open(tenantId, kept), at: kept.scan.startedAt ?? kept.scan.requestedAt };
  } catch (error) {
    if (error instanceof AppError && error.reason === 'no-evidence') return { kind: 'nothing' };
    throw error;
  }
}

/** Where the attempt's evidence comes from. */
export async function evidenceOf(attempt: Attempt, store: Store, vault: CredentialVault): Promise<EvidenceSource> {
  const { tenantId, scan, cluster, organisation, sealed, snapshot } = attempt;
  if (scan.kind === 'live' || sealed !== undefined) {
    return { kind: 'live', connection: await openConnection(vault, { tenantId, clusterId: cluster.id, wrappedDataKey: organisation.wrappedDataKey, sealed }) };
  }
  if (scan.kind === 'benchmark') return latestKept(attempt, new KeptEvidence(store, vault));
  if (scan.kind === 'rejudge') return keptSource(attempt, new KeptEvidence(store, vault));
  if (!snapshot?.uploadedAt) throw new CollectionError('snapshot-gone', 'The uploaded snapshot is no longer there. Upload it again.');
  return { kind: 'snapshot', bytes: snapshotBytes(store, vault, { tenantId, wrappedDataKey: organisation.wrappedDataKey, snapshotId: snapshot.id }), complete: snapshot.complete };
}
