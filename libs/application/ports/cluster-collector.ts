import type { CloudDescription } from '#benchmarks/cloud/cloud-description.js';
import type { BenchmarkJudgement } from '#benchmarks/judge/judgement.js';
import type { Control } from '#controls/engine/control.js';
import type { ControlPolicy } from '#controls/engine/world.js';
import type { NodeStanding } from './node-evidence.js';
import type { FreshEvidence } from '../scans/evidence.js';
import type { FoundEvaluation, FoundFailures } from '#findings/found-failure.js';
import type { KeptPiece } from '#inventory/evidence/piece.js';
import type { ClusterFacts } from '#inventory/facts.js';
import type { ReadOutcome } from '#inventory/observed.js';
import type { ResourceKey } from '#inventory/resources.js';

/** How to reach a cluster; exists decrypted only inside a worker while a scan or a verification runs. */
export interface ClusterConnection {
  readonly server: string;
  readonly ca?: string;
  readonly serverName?: string;
  readonly credential:
    | { readonly kind: 'token'; readonly token: string }
    | { readonly kind: 'client-certificate'; readonly certificate: string; readonly key: string };
}

/** What an upload says it observed. */
export type Completeness =
  | { readonly scope: 'cluster'; readonly unread: readonly ResourceKey[] }
  | { readonly scope: 'kinds'; readonly kinds: readonly ResourceKey[] }
  | { readonly scope: 'objects' };

export type EvidenceSource =
  | { readonly kind: 'live'; readonly connection: ClusterConnection }
  | { readonly kind: 'snapshot'; readonly bytes: AsyncIterable<Uint8Array>; readonly complete: Completeness }
  /** What a scan has kept, and when that looked at the cluster: it is judged as of then. */
  | { readonly kind: 'kept'; readonly pieces: readonly KeptPiece[]; readonly at: Date }
  /** Nobody can be asked: whatever the API would say is unknown. */
  | { readonly kind: 'nothing' };

export interface ScanProgress {
  readonly phase: 'connecting' | 'collecting' | 'judging' | 'storing';
  readonly resource?: string;
  readonly objects: number;
}

/** What is told of a control beside its verdicts, so that who keeps them need not have the controls themselves: they are large. */
export type JudgedControl = Pick<Control, 'severity' | 'fields'> & { readonly id: string };

/** Everything a scan learned; small enough to hold: passes are counted, not listed. */
export interface ScanResult {
  readonly cluster: ClusterFacts;
  readonly evaluations: readonly FoundEvaluation[];
  /** Those of the evaluations, in their order. */
  readonly controls: readonly JudgedControl[];
  readonly outcomes: Readonly<Partial<Record<ResourceKey, ReadOutcome>>>;
  readonly counts: { readonly objects: number; readonly pods: number; readonly workloads: number; readonly nodes: number; readonly namespaces: number };
  /** The facts themselves, as they are to be kept. */
  readonly evidence: readonly FreshEvidence[];
  /** Nodes that were listed, and of how many of them a collector's evidence counts or is too old. */
  readonly collectors: { readonly nodes: number; readonly fresh: number; readonly stale: number };
  /** What those are that sent evidence; none where not every Node was listed. */
  readonly standing: NodeStanding;
  /** What it cost the cluster and us. */
  readonly cost: { readonly requests: number; readonly bytes: number; readonly throttled: number; readonly cpuMs: number };
  /** Where a benchmark was asked for. */
  readonly benchmark?: BenchmarkResult;
}

export type BenchmarkResult =
  | { readonly state: 'judged'; readonly judgement: BenchmarkJudgement; /** Nodes with evidence of their own, by name. */ readonly nodes: readonly string[]; /** Of items that no control covers. */ readonly findings: readonly FoundEvaluation[] }
  /** No benchmark could be chosen: `reason` says what to do. */
  | { readonly state: 'refused'; readonly reason: string };

/** The evidence could not be had at all: the scan fails, nothing is judged. */
export class CollectionError extends Error {
  constructor(
    /** Stable slug: `cluster-unreachable`, `credentials-refused`, `not-kubernetes`, `snapshot-truncated` … */
    readonly reason: string,
    message: string,
    /** Whether the cluster itself could not be reached (makes `cluster.unreachable`). */
    readonly isUnreachable: boolean = false,
  ) {
    super(message);
    this.name = 'CollectionError';
  }
}

/** One right the collector wants and whether it is there. */
export interface RightCheck {
  readonly resource: string;
  readonly verb: string;
  readonly allowed: boolean;
  /** Manifest that grants it. */
  readonly manifest: 'base' | 'secrets' | 'node-config';
  /** Ids of controls that need it. */
  readonly unlocks: readonly string[];
}

export interface Verification {
  readonly reachable: boolean;
  /** Why not, as a problem slug and sentence. */
  readonly problem?: { readonly reason: string; readonly detail: string };
  readonly cluster?: ClusterFacts;
  readonly rights: readonly RightCheck[];
}

/** Evidence of one node as it is kept: gzipped JSON, of `NodeEvidence` or of a `KubeBenchRun`. */
export type EvidencePack =
  | { readonly kind: 'node'; readonly node: string; readonly collectedAt: string; readonly packed: Uint8Array }
  | { readonly kind: 'kube-bench'; readonly node: string; readonly toolVersion: string | null; readonly packed: Uint8Array };

/** What a benchmark is judged by, beside what the API says. */
export interface BenchmarkEvidence {
  /** The benchmark that the cluster's owner chose. */
  readonly pinned: string | null;
  /** As earlier scans learned them: they count where this one cannot tell. */
  readonly known: { readonly platform: ClusterFacts['platform'] | null; readonly version: string | null };
  readonly clouds: readonly CloudDescription[];
  /** Nodes of which anything is kept. */
  readonly nodeNames: readonly string[];
  /** Of those, the ones whose bundle no enrolment key signed: a person uploaded it. */
  readonly unsignedNodes: readonly string[];
}

/** Failures of one control, in the order in which they were found. */
export interface FailuresOfControl {
  readonly controlId: string;
  readonly failures: FoundFailures;
}

/** Hears of what controls find before the scan is over. All of it is in the scan's result too, in the same order for each control. */
export interface FindingsListener {
  /** All was read, and nothing more will be asked of the caller: from here on these controls judge. */
  judging(controls: readonly JudgedControl[], outcomes: ScanResult['outcomes']): void;
  found(failures: readonly FailuresOfControl[]): void;
}

export interface ScanOptions {
  readonly onProgress: (progress: ScanProgress) => void;
  readonly findings?: FindingsListener;
  readonly signal: AbortSignal;
  /** Digests of the pieces of evidence that need not be handed on again. */
  readonly knownEvidence: readonly string[];
  /** Machines outside of the cluster that are remembered: those of which no evidence comes are lost. */
  readonly knownMachines?: readonly string[];
  /**
   * Where a benchmark is to be judged reports of kube-bench, then what collectors saw on nodes; gone through once, for controls and
   * the benchmark. Controls that judge what a scan has kept go by what it kept of nodes.
   */
  readonly packs?: AsyncIterable<EvidencePack>;
  /** The facts themselves are not to be handed on, and neither are the controls' failures. */
  readonly discardsEvidence?: boolean;
  /** A benchmark is to be judged too. */
  readonly benchmark?: BenchmarkEvidence;
}

/** Collects evidence of one cluster and judges it, off the event loop. */
export interface ClusterCollector {
  scan(source: EvidenceSource, policy: ControlPolicy, options: ScanOptions): Promise<ScanResult>;
  verify(connection: ClusterConnection, signal: AbortSignal): Promise<Verification>;
}
