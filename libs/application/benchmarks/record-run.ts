import type { BenchmarkJudgement, JudgedItem } from '#benchmarks/judge/judgement.js';
import { meaningIn } from '#benchmarks/editions.js';
import { readMemory } from '#benchmarks/memory/cluster-memory.js';
import { remember, type Regressed, type Regression } from '#benchmarks/memory/remember.js';
import { isMended } from '#benchmarks/memory/seen-subjects.js';
import type { Cluster } from '../clusters/cluster.js';
import type { TenantTransaction } from '../ports/store.js';
import type { Scan } from '../scans/scan.js';
import { storable } from '../storable.js';
import { uuidFrom } from '../uuid-from.js';
import type { BenchmarkRun, ItemCounts, RegressedSubject, RunItem, RunSource, StoredRegression } from './benchmark-run.js';

/** What a scan came to that judged a benchmark. */
export interface JudgedBenchmark {
  readonly judgement: BenchmarkJudgement;
  /** Nodes with evidence of their own, by name. */
  readonly nodes: readonly string[];
  readonly source: RunSource;
  readonly gatheredAt: Date;
}

export interface RecordedRun {
  readonly run: BenchmarkRun;
  readonly regressions: readonly StoredRegression[];
  /** The cluster's run before. */
  readonly previous: BenchmarkRun | undefined;
}

/** What is kept of many: the rest is counted. */
const MOST_CAUSES = 50;
const MOST_SUBJECTS = 100;
/** Open regressions of a cluster: more than items there cannot be many. */
const MOST_REGRESSIONS = 1_000;

/** Keeps a run, what it teaches of each item, and what has regressed or is mended. In the transaction that ends the scan. */
export async function recordRun(tx: TenantTransaction, cluster: Pick<Cluster, 'id'>, scan: Pick<Scan, 'id' | 'requestedBy'>, judged: JudgedBenchmark, by: { readonly at: Date; readonly product: string }): Promise<RecordedRun> {
  const judgement = storable(judged.judgement);
  const { benchmark, reason, caveat, items, nodes, advice } = judgement;
  const before = readMemory(await tx.benchmarks.memory(cluster.id));
  const { memory, regressions } = remember(before, { runId: scan.id, benchmark, items, nodes: judged.nodes, areNodesListed: nodes.listed !== undefined });
  const [previous] = await tx.benchmarks.latest([cluster.id]);
  const run: Omit<BenchmarkRun, 'tenantId'> = {
    id: scan.id, clusterId: cluster.id, benchmark, reason, caveat: caveat ?? null, source: judged.source, gatheredAt: judged.gatheredAt, judgedAt: by.at, judgedBy: by.product,
    requestedBy: scan.requestedBy, previousRunId: previous?.id ?? null, ...countsOf(items), regressed: regressions.length,
    nodesListed: nodes.listed ?? null, nodesWithEvidence: nodes.withEvidence, advice,
  };
  await tx.benchmarks.insert(run, items.map((item, position) => runItem(item, position, meaningIn(benchmark, item.id))));
  await tx.benchmarks.remember(cluster.id, JSON.stringify(memory));
  await resolveMended(tx, run, judgement);
  const stored = regressions.map((regression) => storedRegression(regression, run, tx.tenantId));
  await tx.benchmarks.addRegressions(stored.map(({ tenantId: _tenantId, resolvedRunId: _runId, resolvedAt: _at, ...regression }) => regression));
  return { run: { ...run, tenantId: tx.tenantId }, regressions: stored, previous };
}

export function countsOf(items: readonly Pick<RunItem, 'outcome'>[]): ItemCounts {
  const counts = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0, manual: 0 };
  for (const { outcome } of items) counts[outcome]++;
  const { 'not-applicable': notApplicable, ...rest } = counts;
  return { ...rest, notApplicable };
}

function runItem({ id, outcome, decidedByMachine, nodes, sentence, causes, gathered, kubeBench, subjects }: JudgedItem, position: number, meaning: string): RunItem {
  return {
    itemId: id, position, meaning, outcome, decidedByMachine, nodes, sentence, gathered, kubeBench: kubeBench ?? null, subjects: subjects.slice(0, MOST_SUBJECTS),
    causes: causes.slice(0, MOST_CAUSES).map((cause) => ({ text: cause.text, subjects: cause.subjects.slice(0, MOST_SUBJECTS), count: cause.count })),
  };
}

/** An item that this run's benchmark does not ask for mends nothing, and neither does what was not seen. */
async function resolveMended(tx: TenantTransaction, { id: runId, clusterId, judgedAt: at }: Pick<BenchmarkRun, 'id' | 'clusterId' | 'judgedAt'>, { benchmark, items, nodes }: BenchmarkJudgement): Promise<void> {
  const open = (await tx.benchmarks.regressions(clusterId, { isOpen: true }, { first: MOST_REGRESSIONS })).items;
  if (open.length === 0) return;
  const byMeaning = new Map(items.map((item) => [meaningIn(benchmark, item.id), item]));
  const mended = open.filter(({ meaning, subjects, subjectCount }) => {
    const item = byMeaning.get(meaning);
    // Of subjects beyond those that are kept by name only the item as a whole can tell.
    return item !== undefined && isMended(item, subjectCount > subjects.length ? [] : subjects.map(({ subject }) => subject), nodes.listed !== undefined);
  });
  await tx.benchmarks.resolveRegressions(mended.map(({ id }) => id), { runId, at });
}

function storedRegression({ itemId, meaning, beforeRunId, subjects, subjectCount }: Regression, { id: runId, clusterId, benchmark, judgedAt: at }: Omit<BenchmarkRun, 'tenantId'>, tenantId: string): StoredRegression {
  return {
    id: uuidFrom('benchmark-regression', tenantId, runId, meaning), tenantId, clusterId, meaning, benchmark, itemId, beforeRunId, runId, at,
    subjects: subjects.slice(0, MOST_SUBJECTS).map(regressedSubject), subjectCount, resolvedRunId: null, resolvedAt: null,
  };
}

const regressedSubject = ({ subject, text, before, after, at, source }: Regressed): RegressedSubject => ({
  subject, text, before: before ?? null, after: after ?? null, at: at ?? null, source: source ?? null,
});
