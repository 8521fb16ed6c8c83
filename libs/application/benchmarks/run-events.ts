import type { ControlAnswer, Item } from '#benchmarks/benchmark.js';
import { itemControlOf } from '#benchmarks/findings/item-control.js';
import type { Cluster } from '../clusters/cluster.js';
import type { NewEvent } from '../events/event.js';
import type { TenantTransaction } from '../ports/store.js';
import type { ScanSummary } from '../scans/scan.js';
import { benchmarkCompleted, itemRegressed, type RelatedFinding } from './benchmark-events.js';
import type { BenchmarkRun, StoredRegression } from './benchmark-run.js';
import { carriedBenchmark, carriedItem } from './carried.js';

/** Findings that a regression names. */
const FINDINGS = 20;

/** One event a regression, and the end of the run. `findings`: what changed of those that items make. */
export async function runEvents(tx: TenantTransaction, cluster: Cluster, run: BenchmarkRun, regressions: readonly StoredRegression[], findings: Omit<ScanSummary['findings'], 'open'>): Promise<readonly NewEvent[]> {
  const before = new Map((await tx.benchmarks.getMany(regressions.map(({ beforeRunId }) => beforeRunId))).map((earlier) => [earlier.id, earlier]));
  const events: NewEvent[] = [];
  for (const regression of regressions) events.push(itemRegressed(cluster, run, regression, before.get(regression.beforeRunId), await openFindings(tx, cluster.id, regression)));
  return [...events, benchmarkCompleted(cluster, run, findings)];
}

/** What is open by whatever tells of the item's failures: controls that answer or cover it, or the item itself. */
async function openFindings(tx: TenantTransaction, clusterId: string, { benchmark, itemId }: StoredRegression): Promise<readonly RelatedFinding[]> {
  const found: RelatedFinding[] = [];
  for (const { controlId, part } of tellersOf(benchmark, itemId)) {
    const { items } = await tx.findings.list({ clusterId, controlId, state: 'open', ...(part !== undefined && { part }) }, { first: FINDINGS });
    found.push(...items.map(({ id }) => ({ id, controlId })));
  }
  return found.slice(0, FINDINGS);
}

function tellersOf(benchmark: string, itemId: string): readonly ControlAnswer[] {
  const carried = carriedBenchmark(benchmark);
  const item: Item | undefined = carriedItem(benchmark, itemId);
  if (!carried || !item) return [];
  const own = itemControlOf(carried, item);
  return own ? [{ controlId: own.id }] : (item.answeredBy ?? item.coveredBy ?? []);
}
