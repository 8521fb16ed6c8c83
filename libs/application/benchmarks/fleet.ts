import type { ItemOutcome } from '#benchmarks/outcomes/item-outcome.js';
import { editionItems } from '#benchmarks/editions.js';
import { itemsOf, type Benchmark, type Item } from '#benchmarks/benchmark.js';
import type { Cluster } from '../clusters/cluster.js';
import type { BenchmarkRun, ItemCounts, RunItemOutcome } from './benchmark-run.js';

/** One cluster's row of the matrix, by its latest run, whatever benchmark that was of. */
export interface FleetRow {
  readonly clusterId: string;
  /** Undefined where the cluster was never judged: then all is unknown. */
  readonly run: BenchmarkRun | undefined;
  /** In the order of the benchmark that was asked for; null where the run's own does not ask for it. */
  readonly items: readonly { readonly itemId: string; readonly outcome: ItemOutcome | null }[];
}

/** Rows of these clusters. Numbers are those of `benchmark`; a run of another is read by what its items mean. */
export function fleetRows(benchmark: Benchmark, clusters: readonly Pick<Cluster, 'id'>[], runs: readonly BenchmarkRun[], outcomes: readonly RunItemOutcome[]): readonly FleetRow[] {
  const asked = editionItems(benchmark.id);
  const byCluster = new Map(runs.map((run) => [run.clusterId, run]));
  const byRun = new Map<string, Map<string, ItemOutcome>>();
  for (const { runId, meaning, outcome } of outcomes) {
    const known = byRun.get(runId);
    if (known) known.set(meaning, outcome);
    else byRun.set(runId, new Map([[meaning, outcome]]));
  }
  return clusters.map(({ id: clusterId }) => {
    const run = byCluster.get(clusterId);
    const said = run && byRun.get(run.id);
    return { clusterId, run, items: asked.map(({ id, meaning }) => ({ itemId: id, outcome: run ? (said?.get(meaning) ?? null) : 'unknown' })) };
  });
}

/** Clusters that are named where they differ; the rest is counted. */
const NAMED = 20;

/** How the fleet stands by one item. */
export interface FleetItem {
  readonly item: Item;
  readonly counts: ItemCounts;
  /** Clusters whose benchmark does not ask for it. */
  readonly notAsked: number;
  /** What most clusters that are decided say; null where none is. Of as many, pass. */
  readonly usual: 'pass' | 'fail' | null;
  /** Decided, and otherwise than most. */
  readonly differ: number;
  /** Up to twenty of those. */
  readonly differing: readonly string[];
  /** `3 of 40 clusters differ on 1.2.9: 37 pass, 3 fail.`; null where none differs. */
  readonly sentence: string | null;
}

export interface BenchmarkFleet {
  readonly benchmark: Benchmark;
  readonly clusters: number;
  readonly neverJudged: number;
  readonly oldestRunAt: Date | null;
  readonly items: readonly FleetItem[];
}

interface FleetCount {
  readonly item: Item;
  readonly counts: Record<ItemOutcome | 'not-asked', number>;
  /** Clusters by name, of each of the two. */
  readonly pass: string[];
  readonly fail: string[];
}

/** Counts rows as they come. */
export class FleetTally {
  private readonly items: readonly FleetCount[];
  private clusters = 0;
  private neverJudged = 0;
  private oldestRunAt: Date | null = null;

  constructor(private readonly benchmark: Benchmark) {
    this.items = itemsOf(benchmark).map((item) => ({ item, counts: { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0, manual: 0, 'not-asked': 0 }, pass: [], fail: [] }));
  }

  add({ clusterId, run, items }: FleetRow): void {
    this.clusters++;
    if (!run) this.neverJudged++;
    else if (this.oldestRunAt === null || run.judgedAt < this.oldestRunAt) this.oldestRunAt = run.judgedAt;
    items.forEach(({ outcome }, at) => {
      const { counts, ...named } = this.items[at]!;
      counts[outcome ?? 'not-asked']++;
      if ((outcome === 'pass' || outcome === 'fail') && named[outcome].length < NAMED) named[outcome].push(clusterId);
    });
  }

  get fleet(): BenchmarkFleet {
    const { benchmark, clusters, neverJudged, oldestRunAt } = this;
    return { benchmark, clusters, neverJudged, oldestRunAt, items: this.items.map(fleetItem) };
  }
}

function fleetItem({ item, counts: { 'not-applicable': notApplicable, 'not-asked': notAsked, pass, fail, unknown, manual }, ...named }: FleetCount): FleetItem {
  const usual = pass + fail === 0 ? null : pass >= fail ? 'pass' : 'fail';
  const differ = Math.min(pass, fail);
  return {
    item, counts: { pass, fail, unknown, manual, notApplicable }, notAsked, usual, differ, differing: differ === 0 ? [] : usual === 'pass' ? named.fail : named.pass,
    sentence: differ === 0 ? null : `${differ} of ${pass + fail} clusters ${differ === 1 ? 'differs' : 'differ'} on ${item.id}: ${pass} pass, ${fail} fail.`,
  };
}
