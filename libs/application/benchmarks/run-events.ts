import type { Cluster } from '../clusters/cluster.js';
import type { NewEvent } from '../events/event.js';
import type { TenantTransaction } from '../ports/store.js';
import { benchmarkCompleted, itemRegressed, type RelatedFinding } from './benchmark-events.js';
import type { BenchmarkRun, StoredRegression } from './benchmark-run.js';
import { carriedItem } from './carried.js';

/** Findings that a regression names. */
const FINDINGS = 20;

/** One event a regression, and the end of the run. */
export async function runEvents(tx: TenantTransaction, cluster: Cluster, run: BenchmarkRun, regressions: readonly StoredRegression[]): Promise<readonly NewEvent[]> {
  const before = new Map((await tx.benchmarks.getMany(regressions.map(({ beforeRunId }) => beforeRunId))).map((earlier) => [earlier.id, earlier]));
  const events: NewEvent[] = [];
  for (const regression of regressions) events.push(itemRegressed(cluster, run, regression, before.get(regression.beforeRunId), await openFindings(tx, cluster.id, regression)));
  return [...events, benchmarkCompleted(cluster, run)];
}

/** What posture has open by the controls that answer the item: they tell of it already. */
async function openFindings(tx: TenantTransaction, clusterId: string, { benchmark, itemId }: StoredRegression): Promise<readonly RelatedFinding[]> {
  const found: RelatedFinding[] = [];
  for (const { controlId, part } of carriedItem(benchmark, itemId)?.answeredBy ?? []) {
    const { items } = await tx.findings.list({ clusterId, controlId, state: 'open', ...(part !== undefined && { part }) }, { first: FINDINGS });
    found.push(...items.map(({ id }) => ({ id, controlId })));
  }
  return found.slice(0, FINDINGS);
}
