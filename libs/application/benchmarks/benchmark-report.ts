import { itemsOf, type Benchmark, type Item } from '#benchmarks/benchmark.js';
import { attested, countOutcomes, shownAs, type Attestation, type AttestationState, type OutcomeCounts } from '#benchmarks/outcomes/attestation.js';
import type { ItemOutcome } from '#benchmarks/outcomes/item-outcome.js';
import type { Cluster } from '../clusters/cluster.js';
import type { BenchmarkRun, RunItem, StoredRegression } from './benchmark-run.js';
import { carriedBenchmark } from './carried.js';
import { standingOf, type RunStanding } from './run-standing.js';
import type { StoredAttestation } from './stored-attestation.js';

export interface ReportedAttestation extends StoredAttestation {
  readonly state: AttestationState;
}

/** An item of a run beside what the benchmark says of it and what people attested. */
export interface ReportedItem extends RunItem {
  /** Undefined where this release no longer carries the benchmark. */
  readonly item: Item | undefined;
  readonly section: string;
  /** With what a person attested; `outcome` is by evidence alone. */
  readonly standsAs: ItemOutcome;
  /** The same in words, which tell what a person said from what evidence says. */
  readonly shownAs: string;
  /** With the attestation, or its end. */
  readonly says: string;
  readonly attestation: ReportedAttestation | undefined;
  /** Where it has regressed and is not mended. */
  readonly regression: StoredRegression | undefined;
}

/** One run, whole. Attestations are those of `asOf`, whenever the run was. */
export interface BenchmarkReport {
  readonly run: BenchmarkRun;
  readonly benchmark: Benchmark | undefined;
  readonly cluster: Pick<Cluster, 'id' | 'name' | 'environment' | 'platform' | 'version'>;
  readonly asOf: Date;
  readonly items: readonly ReportedItem[];
  readonly counts: OutcomeCounts;
  readonly standing: RunStanding;
}

export interface ReportParts {
  readonly run: BenchmarkRun;
  readonly cluster: BenchmarkReport['cluster'];
  readonly items: readonly RunItem[];
  readonly attestations: readonly StoredAttestation[];
  readonly regressions: readonly StoredRegression[];
  readonly asOf: Date;
}

export function benchmarkReport({ run, cluster, items, attestations, regressions, asOf }: ReportParts): BenchmarkReport {
  const benchmark = carriedBenchmark(run.benchmark);
  const reported = reportItems(run, { items, attestations, regressions, asOf });
  return { run, benchmark, cluster, asOf, items: reported, counts: countOutcomes(reported.map(resultOf)), standing: standingOf(run) };
}

/** Items of a run, in the order given. */
export function reportItems(run: Pick<BenchmarkRun, 'benchmark'>, { items, attestations, regressions, asOf }: Omit<ReportParts, 'run' | 'cluster'>): readonly ReportedItem[] {
  const benchmark = carriedBenchmark(run.benchmark);
  const asked = new Map(benchmark ? itemsOf(benchmark).map((item) => [item.id, item]) : []);
  const sections = new Map(benchmark?.sections.flatMap((section) => section.items.map(({ id }) => [id, section.id] as const)) ?? []);
  const byMeaning = new Map(attestations.map((attestation) => [attestation.meaning, attestation]));
  const open = new Map(regressions.map((regression) => [regression.meaning, regression]));
  return items.map((item) => {
    const attestation = byMeaning.get(item.meaning);
    const result = attested({ ...item, id: item.itemId }, attestation && attestationOf(attestation), asOf);
    return {
      ...item, item: asked.get(item.itemId), section: sections.get(item.itemId) ?? item.itemId.slice(0, item.itemId.lastIndexOf('.')),
      standsAs: result.outcome, shownAs: shownAs(result), says: result.sentence,
      attestation: attestation && result.attestation ? { ...attestation, state: result.attestation.state } : undefined,
      regression: open.get(item.meaning),
    };
  });
}

export const attestationOf = ({ person, attestedAt, verdict, statement, attachmentName, attachmentSha256, expiresAt }: Omit<StoredAttestation, 'id' | 'tenantId' | 'clusterId' | 'meaning' | 'benchmark' | 'itemId' | 'recordedBy' | 'createdAt' | 'revokedAt' | 'revokedBy' | 'revokeReason'>): Attestation => ({
  by: person, at: attestedAt, verdict, statement, expiresAt, ...(attachmentName !== null && attachmentSha256 !== null && { attachment: { name: attachmentName, sha256: attachmentSha256 } }),
});

/** As `countOutcomes` takes it. */
const resultOf = ({ itemId, standsAs, attestation, ...item }: ReportedItem) => ({
  ...item, id: itemId, outcome: standsAs, ...(attestation && { attestation: { ...attestationOf(attestation), state: attestation.state } }),
});
