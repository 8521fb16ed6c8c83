import type { ControlPolicy } from '#controls/engine/world.js';
import { CollectionError, type ClusterCollector, type ClusterConnection, type EvidenceSource, type ScanOptions, type ScanResult, type Verification } from '#application/ports/cluster-collector.js';
import type { Control } from '#controls/engine/control.js';
import type { AddressPolicy } from '#egress/address-policy.js';
import { defaultCollectSettings, type CollectSettings } from './collector/collect-settings.js';
import { KubeApi } from './collector/kube-api.js';
import { openCluster } from './open-cluster.js';
import { FailureBatches, FailuresByControl } from './failure-batches.js';
import type { ScanHooks } from './run-scan.js';
import type { ScanRequest } from './scan-request.js';
import { canRunThreads, ScanThreads, type ThreadSettings } from './scan-thread.js';
import { defaultSnapshotSettings, type SnapshotSettings } from './snapshot/snapshot-settings.js';
import type { Unlocks } from './unlocks.js';

export interface CollectorSettings {
  /** Where clusters may be. */
  readonly addresses: AddressPolicy;
  /** What scans judge where they run in this process, and what rights are good for; threads take the catalogue. Asked for when it is needed. */
  readonly controls: () => Promise<readonly Control[]>;
  /** Controls that each right serves; default: what their scopes say. */
  readonly unlocks?: Unlocks;
  readonly collect?: CollectSettings;
  readonly snapshot?: SnapshotSettings;
  readonly thread?: ThreadSettings;
}

/** For a question that somebody waits for. */
const VERIFY_MS = 30_000;

/** Collects from Kubernetes API servers and uploads. Scans run in threads, so this one stays free. */
export class KubernetesClusterCollector implements ClusterCollector {
  private readonly collect: CollectSettings;
  private readonly snapshot: SnapshotSettings;
  private readonly threads: ScanThreads;

  constructor(private readonly settings: CollectorSettings) {
    this.collect = settings.collect ?? defaultCollectSettings;
    this.snapshot = settings.snapshot ?? defaultSnapshotSettings;
    this.threads = new ScanThreads(settings.thread);
  }

  /** So that the first scan finds a thread that has started. */
  prepare(): void {
    if (canRunThreads) this.threads.prepare();
  }

  async scan(source: EvidenceSource, policy: ControlPolicy, { knownEvidence, knownMachines = [], discardsEvidence = false, ...options }: ScanOptions): Promise<ScanResult> {
    const { addresses, controls } = this.settings;
    const request: ScanRequest = {
      source: sourceOf(source, addresses),
      policy,
      collect: this.collect,
      snapshot: this.snapshot,
      knownEvidence,
      knownMachines,
      discardsEvidence,
    };
    const hooks = { ...options, ...(source.kind === 'snapshot' && { bytes: source.bytes }) };
    return canRunThreads ? this.threads.scan(request, hooks) : scanHere(request, await controls(), hooks);
  }

  async verify(connection: ClusterConnection, signal: AbortSignal): Promise<Verification> {
    const { addresses, controls } = this.settings;
    // Loaded by the first question: what reads clusters is large, and scans have it in their threads.
    const [{ problemOf, verifyCluster }, { unlocksOf }] = await Promise.all([import('./verify-cluster.js'), import('./unlocks.js')]);
    const unlocks = this.settings.unlocks ?? unlocksOf(await controls());
    const settings: CollectSettings = { ...this.collect, totalMs: VERIFY_MS, requestMs: Math.min(this.collect.requestMs, VERIFY_MS / 3), tries: 2 };
    try {
      const cluster = openCluster(connection, addresses);
      try {
        return await verifyCluster(new KubeApi(cluster.connection, connection.credential, settings, signal), settings, unlocks);
      } finally {
        await cluster.close();
      }
    } catch (error) {
      if (!(error instanceof CollectionError) || error.reason === 'cancelled') throw error;
      return { reachable: false, problem: problemOf(error), rights: [] };
    }
  }
}

/** As a thread would, in this one. */
async function scanHere(request: ScanRequest, controls: readonly Control[], { findings, ...hooks }: ScanHooks): Promise<ScanResult> {
  const { runScan } = await import('./run-scan.js');
  const failures = new FailuresByControl(findings);
  const batches = new FailureBatches((found) => failures.add(found));
  const result = await runScan(request, controls, { ...hooks, onJudging: (...told) => failures.judging(...told), onFailure: (control, failure) => batches.add(control, failure) });
  batches.flush();
  return failures.into(result);
}

function sourceOf(source: EvidenceSource, addresses: AddressPolicy): ScanRequest['source'] {
  switch (source.kind) {
    case 'live': return { kind: 'live', connection: source.connection, addresses };
    case 'snapshot': return { kind: 'snapshot', complete: source.complete };
    case 'kept': return { kind: 'kept', pieces: source.pieces, at: source.at.getTime() };
    case 'nothing': return source;
  }
}
