import type { Cluster } from '../clusters/cluster.js';
import type { NewEvent } from '../events/event.js';
import type { ScanSummary } from '../scans/scan.js';
import { uuidFrom } from '../uuid-from.js';
import type { BenchmarkRun, StoredRegression } from './benchmark-run.js';
import { carriedBenchmark, carriedItem } from './carried.js';
import { standingOf } from './run-standing.js';
import type { StoredAttestation } from './stored-attestation.js';

type ToldCluster = Pick<Cluster, 'id' | 'name' | 'environment' | 'labels'>;

/** Subjects that an event names; the rest is counted, and the run has them. */
const NAMED = 20;

/** An open finding on the same thing. */
export interface RelatedFinding {
  readonly id: string;
  readonly controlId: string;
}

export function benchmarkCompleted(cluster: ToldCluster, run: BenchmarkRun, findings: Omit<ScanSummary['findings'], 'open'>): NewEvent {
  const { id, clusterId, benchmark, reason, caveat, source, judgedAt, judgedBy, pass, fail, unknown, notApplicable, manual, regressed, nodesListed, nodesWithEvidence, previousRunId } = run;
  return {
    type: 'benchmark.completed', id: uuidFrom('event', run.tenantId, id, 'benchmark.completed'),
    clusterId, scanId: id, findingId: null, severity: null, isBaseline: previousRunId === null,
    data: {
      ...about(cluster, id),
      run: { id, benchmark: benchmarkNamed(benchmark), reason, caveat, source, judgedAt: judgedAt.toISOString(), judgedBy, previousRunId },
      counts: { pass, fail, unknown, notApplicable, manual }, ...standingOf(run), regressed, findings, nodes: { listed: nodesListed, withEvidence: nodesWithEvidence },
    },
  };
}

/** One an item and run: `before` is the run that last said pass. */
export function itemRegressed(cluster: ToldCluster, run: BenchmarkRun, regression: StoredRegression, before: BenchmarkRun | undefined, findings: readonly RelatedFinding[]): NewEvent {
  const item = carriedItem(regression.benchmark, regression.itemId);
  return {
    type: 'benchmark.item_regressed', id: uuidFrom('event', run.tenantId, run.id, 'benchmark.item_regressed', regression.meaning),
    clusterId: run.clusterId, scanId: run.id, findingId: null, severity: null, isBaseline: false,
    data: {
      ...about(cluster, run.id),
      regression: {
        id: regression.id, benchmark: benchmarkNamed(regression.benchmark),
        item: { id: regression.itemId, title: item?.title ?? null, target: item?.target ?? null, remediation: item?.remediation ?? null },
        before: { runId: regression.beforeRunId, judgedAt: before?.judgedAt.toISOString() ?? null, benchmark: before?.benchmark ?? null },
        after: { runId: run.id, judgedAt: run.judgedAt.toISOString(), benchmark: run.benchmark },
        subjects: regression.subjects.slice(0, NAMED), subjectCount: regression.subjectCount, findings,
      },
    },
  };
}

export const attestationCreated = (cluster: ToldCluster, attestation: StoredAttestation): NewEvent => attestationEvent('attestation.created', cluster, attestation, { by: attestation.recordedBy });

export const attestationRevoked = (cluster: ToldCluster, attestation: StoredAttestation): NewEvent =>
  attestationEvent('attestation.revoked', cluster, attestation, { by: attestation.revokedBy, reason: attestation.revokeReason });

/** Told once an attestation, some days before it counts for nothing. */
export const attestationExpiring = (cluster: ToldCluster, attestation: StoredAttestation): NewEvent => attestationEvent('attestation.expiring', cluster, attestation, {});

function attestationEvent(type: 'attestation.created' | 'attestation.revoked' | 'attestation.expiring', cluster: ToldCluster, attestation: StoredAttestation, more: Readonly<Record<string, unknown>>): NewEvent {
  const { id, tenantId, clusterId, benchmark, itemId, person, verdict, statement, attachmentName, attachmentSha256, attestedAt, expiresAt } = attestation;
  return {
    type, id: uuidFrom('event', tenantId, id, type), clusterId, scanId: null, findingId: null, severity: null, isBaseline: false,
    data: {
      cluster: clusterOf(cluster),
      attestation: {
        id, benchmark: benchmarkNamed(benchmark), item: { id: itemId, title: carriedItem(benchmark, itemId)?.title ?? null }, person, verdict, statement,
        attachment: attachmentName === null ? null : { name: attachmentName, sha256: attachmentSha256 }, attestedAt: attestedAt.toISOString(), expiresAt: expiresAt.toISOString(),
      },
      ...more,
    },
  };
}

const clusterOf = ({ id, name, environment, labels }: ToldCluster) => ({ id, name, environment, labels });

const about = (cluster: ToldCluster, scanId: string) => ({ cluster: clusterOf(cluster), scan: { id: scanId } });

const benchmarkNamed = (id: string): { readonly id: string; readonly title: string | null } => ({ id, title: carriedBenchmark(id)?.title ?? null });
