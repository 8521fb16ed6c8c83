import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { FoundEvaluation } from '#findings/found-failure.js';
import type { ChangeCounts } from '#findings/reconcile.js';
import { AppError } from '../app-error.js';
import type { RunSource } from '../benchmarks/benchmark-run.js';
import { evidenceForRun } from '../benchmarks/evidence-for-run.js';
import { isOutdated, itemFoundWhere } from '../benchmarks/item-findings.js';
import { recordRun } from '../benchmarks/record-run.js';
import { runEvents } from '../benchmarks/run-events.js';
import type { NewEvent } from '../events/event.js';
import { learnedFacts } from '../clusters/learned-facts.js';
import { KeptNodes } from '../nodes/kept-nodes.js';
import { controlPolicyOf } from '../organisations/control-policy.js';
import { decisionOf } from '../organisations/policy.js';
import { CollectionError, type BenchmarkResult, type ClusterCollector, type EvidenceSource, type ScanResult } from '../ports/cluster-collector.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { Store, TenantTransaction } from '../ports/store.js';
import type { WorkObserver } from '../ports/work-observer.js';
import { storable } from '../storable.js';
import { beginAttempt, evidenceOf, failScan, Fenced, lockAttempt, type Attempt } from './attempt.js';
import { coverageOf, isCompleteScan } from './coverage.js';
import { EarlyFindings, SparedConnections, WrittenInVain, type WrittenFindings } from './early-findings.js';
import { endScan } from './end-scan.js';
import { changesOf, keepFindings, type KeptFindings } from './keep-findings.js';
import { storableEvaluation } from './storable-evaluation.js';
import { pieceField, type FreshEvidence, type SealedPiece } from './evidence.js';
import { Heartbeat, ScanCancelled, type HeartbeatSettings } from './heartbeat.js';
import { scanCompleted, toldOf, type EventContext } from './scan-events.js';
import { standingOf } from './scan-standing.js';
import type { ScanCoverage, ScanSummary } from './scan.js';
import { countOutcomes, summariseScores, type SeverityOf } from './score.js';

export interface RunScanSettings extends HeartbeatSettings {
  /** How long the end of a scan waits for a database that is away. */
  readonly patienceMs: number;
  /** Scans that may hold a connection to the database while they judge. */
  readonly sparedConnections: number;
  readonly observer?: Pick<WorkObserver, 'scanEnded'>;
  /** Name and version, for reports that say by what. */
  readonly product?: string;
}

export const runScanDefaults: RunScanSettings = { leaseMs: 60_000, progressMs: 500, patienceMs: 120_000, sparedConnections: 1 };

/** Failures' reasons may quote a hostile server. */
const LONGEST_DETAIL = 2_000;

interface Ended {
  readonly outcome: 'finished' | 'failed' | 'cancelled';
  readonly changes: Partial<ChangeCounts>;
}

/** What was collected and judged, and where from. */
interface JudgedScan {
  readonly state: 'judged';
  readonly result: ScanResult;
  readonly fresh: readonly SealedPiece[];
  readonly sourceKind: EvidenceSource['kind'];
  /** When the evidence was gathered; undefined where that was now. */
  readonly gatheredAt: Date | undefined;
}

type LockedAttempt = Awaited<ReturnType<typeof lockAttempt>>;

interface FinishedPosture {
  readonly isBaseline: boolean;
  readonly isComplete: boolean;
  readonly coverage: ScanCoverage;
  readonly findings: KeptFindings;
}

interface FinishedBenchmark {
  readonly findings: KeptFindings;
  /** Of the run, after those of its findings. */
  readonly events: readonly NewEvent[];
}

const storableBenchmark = (benchmark: BenchmarkResult): BenchmarkResult => (benchmark.state === 'judged' ? { ...benchmark, findings: benchmark.findings.map(storableEvaluation) } : benchmark);

function* inOrder(...parts: readonly Iterable<NewEvent>[]): Generator<NewEvent> {
  for (const part of parts) yield* part;
}

/** How a finished attempt is told from one that is to be tried again. */
type Collected = JudgedScan | { readonly state: 'failed'; readonly error: CollectionError } | { readonly state: 'cancelled' };

/**
 * The worker's use case: runs one queued scan to its end. Safe to call again, and by two at once: only the latest
 * attempt writes, in one transaction, and what it writes it writes once.
 */
export class RunScan {
  private readonly connections: SparedConnections;

  constructor(
    private readonly store: Store,
    private readonly collector: ClusterCollector,
    private readonly vault: CredentialVault,
    private readonly settings: RunScanSettings = runScanDefaults,
  ) {
    this.connections = new SparedConnections(settings.sparedConnections);
  }

  /** Throws `Fenced` where another attempt has taken over. `signal` is the worker's own end: the scan goes back to the queue. */
  async run(tenantId: string, scanId: string, signal: AbortSignal): Promise<void> {
    const attempt = await this.store.inTenant(tenantId, (tx) => beginAttempt(tx, scanId, this.settings.leaseMs));
    if (!attempt) return;
    const early = this.earlyFindings(attempt);
    const heartbeat = new Heartbeat(this.store, attempt, this.settings);
    const begun = performance.now();
    try {
      const collected = await this.collect(attempt, heartbeat, signal, early);
      heartbeat.progress({ phase: 'storing', objects: collected.state === 'judged' ? collected.result.counts.objects : 0 });
      const ended = await this.end(attempt, collected, early, signal);
      if (ended) this.settings.observer?.scanEnded(ended.outcome, (performance.now() - begun) / 1000, ended.changes);
    } catch (error) {
      await early?.abandon();
      await heartbeat.stop();
      if (!(error instanceof Fenced)) await this.release(attempt, signal.aborted);
      throw error;
    } finally {
      await heartbeat.stop();
    }
  }

  /** No transaction is open while the cluster is read: that takes as long as the cluster does. */
  private async collect(attempt: Attempt, heartbeat: Heartbeat, signal: AbortSignal, early: EarlyFindings<Ended | undefined> | undefined): Promise<Collected> {
    try {
      const source = await evidenceOf(attempt, this.store, this.vault);
      const { tenantId, cluster, scan } = attempt;
      const kept = new KeptNodes(this.store, this.vault);
      // What was kept holds what was known of nodes then.
      const packs = scan.withBenchmark ? kept.packs(tenantId, cluster.id) : source.kind === 'kept' || source.kind === 'nothing' ? undefined : kept.nodes(tenantId, cluster.id);
      const result = await this.collector.scan(source, { ...controlPolicyOf(attempt.policy), benchmarks: attempt.benchmarks }, {
        onProgress: (progress) => heartbeat.progress(progress),
        ...(early && { findings: early }),
        signal: AbortSignal.any([signal, heartbeat.signal]),
        knownEvidence: attempt.knownEvidence,
        ...(packs && { packs, knownMachines: await kept.knownMachines(tenantId, cluster.id) }),
        ...(scan.kind === 'benchmark' && { discardsEvidence: true }),
        ...(scan.withBenchmark && { benchmark: await evidenceForRun(attempt, this.store, this.vault) }),
      });
      const fresh = await this.seal(attempt, result.evidence);
      // What is sealed is not needed once more.
      const evidence = result.evidence.map(({ sort, items, digest }) => ({ sort, items, digest }));
      return {
        state: 'judged', fresh, sourceKind: source.kind, gatheredAt: source.kind === 'kept' ? source.at : undefined,
        result: { ...result, evidence, evaluations: result.evaluations.map(storableEvaluation), ...(result.benchmark && { benchmark: storableBenchmark(result.benchmark) }) },
      };
    } catch (error) {
      // Whatever a collector throws when it is stopped, the one who stopped it knows why.
      signal.throwIfAborted();
      if (heartbeat.signal.aborted) {
        if (heartbeat.signal.reason instanceof ScanCancelled) return { state: 'cancelled' };
        throw heartbeat.signal.reason;
      }
      if (error instanceof CollectionError) return { state: 'failed', error };
      throw error;
    }
  }

  /** The pieces that are new to the cluster's memory. */
  private async seal({ tenantId, organisation }: Attempt, evidence: readonly FreshEvidence[]): Promise<readonly SealedPiece[]> {
    const fresh = new Map(evidence.flatMap(({ digest, bytes }) => (bytes ? [[digest, bytes] as const] : [])));
    const sealed: SealedPiece[] = [];
    for (const [digest, bytes] of fresh) sealed.push({ digest, sealed: await this.vault.sealBytes(tenantId, organisation.wrappedDataKey, digest, pieceField, bytes) });
    return sealed;
  }

  /** In the transaction that holds what was written of its findings, where there is one. */
  private async end(attempt: Attempt, collected: Collected, early: EarlyFindings<Ended | undefined> | undefined, signal: AbortSignal): Promise<Ended | undefined> {
    if (collected.state === 'judged') {
      const ended = await early?.finish((tx, written) => this.finish(tx, attempt, collected, written));
      if (ended) return ended.result;
    } else await early?.abandon();
    return this.whenDatabaseAnswers(() => this.store.inTenant(attempt.tenantId, (tx) => this.finish(tx, attempt, collected)), signal);
  }

  /** For scans that look at how the cluster is now. */
  private earlyFindings(attempt: Attempt): EarlyFindings<Ended | undefined> | undefined {
    const { kind } = attempt.scan;
    return kind === 'live' || kind === 'snapshot' ? new EarlyFindings(this.store, attempt, this.connections) : undefined;
  }

  private async finish(tx: TenantTransaction, attempt: Attempt, collected: Collected, written?: WrittenFindings): Promise<Ended | undefined> {
    // Before any row is locked: who holds it may be waiting for those.
    await tx.findings.takeTurn(attempt.cluster.id);
    const stored = await tx.scans.get(attempt.scan.id);
    // The connection broke while we committed, and the commit had gone through.
    if (stored?.state === 'finished' && stored.generation === attempt.generation) return undefined;
    const { scan, cluster } = await lockAttempt(tx, attempt);
    if (collected.state === 'cancelled' || scan.cancelRequested) {
      if (written) throw new WrittenInVain();
      await endScan(tx, scan, { state: 'cancelled' });
      return { outcome: 'cancelled', changes: {} };
    }
    if (collected.state === 'failed') {
      const { reason, message, isUnreachable } = collected.error;
      await failScan(tx, { tenantId: attempt.tenantId, scan, cluster, isUnreachable, traceparent: attempt.traceparent }, { reason, detail: storable(message).slice(0, LONGEST_DETAIL) });
      return { outcome: 'failed', changes: {} };
    }

    // All events of one scan tell the same of its cluster.
    if (written && !isDeepStrictEqual(toldOf(written.cluster), toldOf(cluster))) throw new WrittenInVain();
    const { result } = collected;
    const at = written?.at ?? new Date();
    if (scan.kind === 'benchmark' && result.benchmark?.state !== 'judged') {
      const detail = result.benchmark?.reason ?? 'No benchmark was judged.';
      await failScan(tx, { tenantId: attempt.tenantId, scan, cluster, isUnreachable: false, traceparent: attempt.traceparent }, { reason: 'benchmark-not-chosen', detail: storable(detail).slice(0, LONGEST_DETAIL) });
      return { outcome: 'failed', changes: {} };
    }
    const isLive = collected.sourceKind === 'live';
    const posture = scan.kind === 'benchmark' ? undefined : await this.finishPosture(tx, attempt, { scan, cluster }, collected, at, written);
    const benchmark = await this.finishBenchmark(tx, attempt, { scan, cluster }, collected, at);
    // What was kept was learned from then, and where nobody was asked nobody told.
    if (isLive || collected.sourceKind === 'snapshot') {
      await tx.clusters.update(cluster.id, {
        ...learnedFacts(cluster, result.cluster), ...(isLive ? { unreachableSince: null } : {}),
        ...(posture ? { lastScanId: scan.id, ...(posture.isComplete ? { lastCompleteAt: at } : {}) } : {}),
      });
      await tx.nodeEvidence.recordStanding(cluster.id, result.standing);
    }
    const kept = [posture?.findings, benchmark?.findings].filter((findings) => findings !== undefined);
    const summary = posture ? await this.summarise(tx, attempt, cluster.id, collected, kept) : null;
    const { isBaseline = false, isComplete = isLive && isCompleteScan(result.outcomes), coverage = null } = posture ?? {};
    await endScan(tx, scan, { state: 'finished', isBaseline, isComplete, summary, coverage });
    const completed = summary && coverage ? [scanCompleted({ tenantId: attempt.tenantId, cluster, scan, isBaseline }, summary, coverage, isComplete)] : [];
    // Last: it holds back the organisation's other writers until we commit.
    await tx.events.append(inOrder(posture?.findings.events ?? [], benchmark?.findings.events ?? [], completed, benchmark?.events ?? []), attempt.traceparent);
    return { outcome: 'finished', changes: changesOf(kept) };
  }

  /** Findings, results and evidence. */
  private async finishPosture(tx: TenantTransaction, attempt: Attempt, { scan, cluster }: LockedAttempt, { result, fresh }: JudgedScan, at: Date, written: WrittenFindings | undefined): Promise<FinishedPosture> {
    const isRejudged = scan.kind === 'rejudge';
    // What was kept says how things stood, not how they stand: it resolves nothing, and opens what nothing newer is known of.
    const opens = !isRejudged || (await tx.evidence.latest(cluster.id)) === scan.sourceScanId;
    const evaluations = isRejudged ? result.evaluations.map((evaluation) => ({ ...evaluation, complete: false, failures: opens ? evaluation.failures : [] })) : result.evaluations;
    const { isComplete, isBaseline } = standingOf(attempt, cluster, result.outcomes);
    const findings = await keepFindings(tx, { tenantId: attempt.tenantId, cluster, scan, isBaseline }, evaluations, at, { controls: result.controls, remembers: !isRejudged, ...(written && { written }) });
    await tx.scans.insertResults(scan.id, result.evaluations);
    if (!isRejudged) await tx.evidence.keep({ clusterId: cluster.id, scanId: scan.id }, result.evidence, fresh);
    return { isBaseline, isComplete, coverage: storable(coverageOf(result, attempt.policy)), findings };
  }

  /** The run, and its events; and the findings of items that no control covers. After posture, whose findings a regression may be about. */
  private async finishBenchmark(tx: TenantTransaction, attempt: Attempt, { scan, cluster }: LockedAttempt, { result, sourceKind, gatheredAt }: JudgedScan, at: Date): Promise<FinishedBenchmark | undefined> {
    if (result.benchmark?.state !== 'judged') return undefined;
    const { judgement, nodes, findings: evaluations } = result.benchmark;
    const { startedAt, requestedAt } = attempt.scan;
    const source: RunSource = sourceKind === 'live' ? 'live' : sourceKind === 'nothing' ? 'nodes' : 'kept';
    const judged = { judgement, nodes, source, gatheredAt: gatheredAt ?? startedAt ?? requestedAt };
    const { run, regressions, previous } = await recordRun(tx, cluster, scan, judged, { at, product: this.settings.product ?? 'Bulwark' });
    const context: EventContext = { tenantId: attempt.tenantId, cluster, scan, isBaseline: run.previousRunId === null };
    const findings = await keepFindings(tx, context, isOutdated(run, previous) ? [] : evaluations, at, { foundWhere: itemFoundWhere });
    return { findings, events: await runEvents(tx, cluster, run, regressions, changesOf([findings])) };
  }

  private async summarise(tx: TenantTransaction, attempt: Attempt, clusterId: string, { result, fresh }: JudgedScan, kept: readonly KeptFindings[]): Promise<ScanSummary> {
    const evaluations: readonly FoundEvaluation[] = result.evaluations;
    const severities = new Map(result.controls.map(({ id, severity }) => [id, severity]));
    const severityOf: SeverityOf = (controlId) => decisionOf(attempt.policy, controlId)?.severity ?? severities.get(controlId)!;
    return {
      ...summariseScores(evaluations, severityOf),
      controls: countOutcomes(evaluations),
      findings: { ...changesOf(kept), open: await tx.findings.countOpen(clusterId) },
      counts: result.counts,
      cost: { ...result.cost, evidenceBytes: fresh.reduce((sum, { sealed }) => sum + sealed.byteLength, 0) },
      ...(result.benchmark?.state === 'refused' ? { benchmarkRefused: storable(result.benchmark.reason) } : {}),
    };
  }

  /** A database that is away for a minute must not cost a scan's work. */
  private async whenDatabaseAnswers<T>(finish: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const deadline = Date.now() + this.settings.patienceMs;
    for (let wait = 250; ; wait = Math.min(2 * wait, 5_000)) {
      try {
        return await finish();
      } catch (error) {
        if (!(error instanceof AppError) || error.kind !== 'unavailable' || Date.now() + wait > deadline) throw error;
        await sleep(wait, undefined, { signal });
      }
    }
  }

  /** Lets another worker begin at once instead of when the lease has run out. */
  private async release(attempt: Attempt, isShutdown: boolean): Promise<void> {
    try {
      await this.store.inTenant(attempt.tenantId, async (tx) => {
        const { scan } = await lockAttempt(tx, attempt);
        await tx.scans.update(scan.id, { state: 'queued', heartbeatAt: null, progress: null });
        // A worker that was told to end did not fail; any other waits a little longer each time.
        if (isShutdown) await tx.dueWork.giveBack('scan.run', scan.id);
        else await tx.dueWork.postpone('scan.run', scan.id, new Date(Date.now() + 2_000 * attempt.number ** 2));
      });
    } catch (error) {
      // Taken over already, or no database to tell: the lease ends by itself. The error that brought us here counts.
      if (!(error instanceof Fenced) && !(error instanceof AppError && error.kind === 'unavailable')) throw error;
    }
  }
}
