import { editionItems } from '#benchmarks/editions.js';
import { conflict, notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import type { Cluster } from '../clusters/cluster.js';
import { byTime, type ListKind, type Lists } from '../lists.js';
import type { Page, PageRequest, Slice, TimeKey } from '../paging.js';
import type { Store, TenantTransaction } from '../ports/store.js';
import { benchmarkOf } from './benchmark-catalogue.service.js';
import { benchmarkReport, reportItems, type BenchmarkReport, type ReportedItem } from './benchmark-report.js';
import type { BenchmarkRun, ItemFilter, ItemPoint, RegressionFilter, RunItem, StoredRegression } from './benchmark-run.js';
import { carriedBenchmark } from './carried.js';
import { fleetRows, FleetTally, type BenchmarkFleet, type FleetRow } from './fleet.js';
import { differenceOfRuns, type RunDifference } from './run-difference.js';

const runList = byTime('benchmark-runs');
const historyList = byTime('benchmark-item-history');
const regressionList = byTime('benchmark-regressions');
const matrixList = byTime('benchmark-matrix');
const itemList: ListKind<number> = { name: 'benchmark-items', toParts: (position) => [position], fromParts: ([position]) => Number(position) };

/** More items than any benchmark has. */
const ALL_ITEMS = 1_000;
/** Open regressions of a cluster. */
const OPEN = 1_000;
/** Clusters at a time: some ten thousand outcomes. */
const AT_A_TIME = 100;

const keyOf = ({ createdAt, id }: Cluster): TimeKey => ({ at: createdAt, id });

/** How clusters stand by benchmarks, and stood before. */
export class BenchmarkRunsService {
  constructor(
    private readonly store: Store,
    private readonly lists: Lists,
  ) {}

  async get(caller: Caller, id: string): Promise<BenchmarkRun> {
    caller.may('scans:read');
    const run = await this.store.inTenant(caller.tenantId, (tx) => tx.benchmarks.get(id));
    if (!run) throw notFound('benchmark-run');
    return run;
  }

  /** One run, whole. With `subjects`, each item with those that are listed of it. */
  async report(caller: Caller, id: string, subjects?: 'subjects'): Promise<BenchmarkReport> {
    caller.may('scans:read');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const run = await tx.benchmarks.get(id);
      if (!run) throw notFound('benchmark-run');
      return reportOf(tx, run, subjects);
    });
  }

  /** By the cluster's latest run. Throws conflict `no-benchmark-run` where there is none yet. */
  async latest(caller: Caller, clusterId: string, subjects?: 'subjects'): Promise<BenchmarkReport> {
    caller.may('scans:read');
    return this.store.inTenant(caller.tenantId, async (tx) => reportOf(tx, await latestRun(tx, clusterId), subjects));
  }

  /** Newest first: the trend. */
  async list(caller: Caller, filter: { readonly clusterId?: string }, request: PageRequest): Promise<Page<BenchmarkRun>> {
    caller.may('scans:read');
    const slice = this.lists.slice(runList, caller.tenantId, request);
    const found = await this.store.inTenant(caller.tenantId, (tx) => tx.benchmarks.list(filter, slice));
    return this.lists.page(runList, caller.tenantId, request, found, ({ judgedAt, id }) => ({ at: judgedAt, id }));
  }

  /** Items with their evidence, subject by subject. `outcomes` is by evidence, before what people attested. */
  async items(caller: Caller, runId: string, filter: ItemFilter, request: PageRequest): Promise<Page<ReportedItem>> {
    caller.may('scans:read');
    const slice = this.lists.slice(itemList, caller.tenantId, request);
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const run = await tx.benchmarks.get(runId);
      if (!run) throw notFound('benchmark-run');
      const { items, hasMore } = await tx.benchmarks.items(run.id, filter, slice, 'subjects');
      const reported = reportItems(run, { items, ...(await around(tx, run.clusterId)) });
      return this.lists.page(itemList, caller.tenantId, request, { items: reported, hasMore }, ({ position }) => position);
    });
  }

  /** What the cluster's runs said of one item, latest first, over changes of its number. `itemId` is as the latest run numbers it. */
  async history(caller: Caller, clusterId: string, itemId: string, request: PageRequest): Promise<Page<ItemPoint>> {
    caller.may('scans:read');
    const slice = this.lists.slice(historyList, caller.tenantId, request);
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const meaning = meaningOf((await latestRun(tx, clusterId)).benchmark, itemId);
      const found = await tx.benchmarks.history(clusterId, meaning, slice);
      return this.lists.page(historyList, caller.tenantId, request, found, ({ judgedAt, runId }) => ({ at: judgedAt, id: runId }));
    });
  }

  async regressions(caller: Caller, clusterId: string, filter: RegressionFilter, request: PageRequest): Promise<Page<StoredRegression>> {
    caller.may('scans:read');
    const slice = this.lists.slice(regressionList, caller.tenantId, request);
    return this.store.inTenant(caller.tenantId, async (tx) => {
      if (!(await tx.clusters.get(clusterId))) throw notFound('cluster');
      const found = await tx.benchmarks.regressions(clusterId, filter, slice);
      return this.lists.page(regressionList, caller.tenantId, request, found, ({ at, id }) => ({ at, id }));
    });
  }

  /** From one run to another, of the same cluster or of two. `from` is the run before where none is named. */
  async difference(caller: Caller, to: string, from?: string): Promise<RunDifference> {
    caller.may('scans:read');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const after = await tx.benchmarks.get(to);
      if (!after) throw notFound('benchmark-run');
      const earlier = from ?? after.previousRunId;
      if (earlier === null) throw conflict('no-earlier-run', 'This is the first run of its cluster. Name the run to compare it with.');
      const before = await tx.benchmarks.get(earlier);
      if (!before) throw notFound('benchmark-run');
      return differenceOfRuns(before, await allItems(tx, before.id), after, await allItems(tx, after.id));
    });
  }

  /** Every cluster by every item of a benchmark, in the order of clusters. */
  async matrix(caller: Caller, benchmarkId: string, request: PageRequest): Promise<Page<FleetRow>> {
    caller.may('scans:read');
    const benchmark = benchmarkOf(benchmarkId);
    const slice = this.lists.slice(matrixList, caller.tenantId, request);
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const { items: clusters, hasMore } = await tx.clusters.list(slice);
      const keys = new Map(clusters.map((cluster) => [cluster.id, keyOf(cluster)]));
      const items = await rowsOf(tx, benchmark, clusters);
      return this.lists.page(matrixList, caller.tenantId, request, { items, hasMore }, ({ clusterId }) => keys.get(clusterId)!);
    });
  }

  /** How many clusters stand how by each item, and where they differ. Goes through the clusters some at a time, and keeps counts only. */
  async fleet(caller: Caller, benchmarkId: string): Promise<BenchmarkFleet> {
    caller.may('scans:read');
    const benchmark = benchmarkOf(benchmarkId);
    const tally = new FleetTally(benchmark);
    await this.store.inTenant(caller.tenantId, async (tx) => {
      let slice: Slice<TimeKey> = { first: AT_A_TIME };
      for (;;) {
        const { items, hasMore } = await tx.clusters.list(slice);
        for (const row of await rowsOf(tx, benchmark, items)) tally.add(row);
        if (!hasMore) return;
        slice = { first: AT_A_TIME, after: keyOf(items.at(-1)!) };
      }
    });
    return tally.fleet;
  }
}

async function latestRun(tx: TenantTransaction, clusterId: string): Promise<BenchmarkRun> {
  if (!(await tx.clusters.get(clusterId))) throw notFound('cluster');
  const [run] = await tx.benchmarks.latest([clusterId]);
  if (!run) throw conflict('no-benchmark-run', 'No benchmark has been judged on this cluster yet. Request a scan of kind benchmark.');
  return run;
}

async function reportOf(tx: TenantTransaction, run: BenchmarkRun, subjects: 'subjects' | undefined): Promise<BenchmarkReport> {
  const cluster = await tx.clusters.get(run.clusterId);
  if (!cluster) throw notFound('benchmark-run');
  return benchmarkReport({ run, cluster, items: await allItems(tx, run.id, subjects), ...(await around(tx, run.clusterId)) });
}

const allItems = async (tx: TenantTransaction, runId: string, subjects?: 'subjects'): Promise<readonly RunItem[]> => (await tx.benchmarks.items(runId, {}, { first: ALL_ITEMS }, subjects)).items;

/** What is known beside a run of its cluster. */
async function around(tx: TenantTransaction, clusterId: string) {
  return {
    attestations: await tx.attestations.standing([clusterId]),
    regressions: (await tx.benchmarks.regressions(clusterId, { isOpen: true }, { first: OPEN })).items,
    asOf: new Date(),
  };
}

/** Two questions to the store, however many clusters these are. */
async function rowsOf(tx: TenantTransaction, benchmark: ReturnType<typeof benchmarkOf>, clusters: readonly Cluster[]): Promise<readonly FleetRow[]> {
  const runs = await tx.benchmarks.latest(clusters.map(({ id }) => id));
  return fleetRows(benchmark, clusters, runs, await tx.benchmarks.outcomes(runs.map(({ id }) => id)));
}

/** Throws not-found where the benchmark has no such item. */
export function meaningOf(benchmark: string, itemId: string): string {
  const carried = carriedBenchmark(benchmark);
  const meaning = carried && editionItems(carried.id).find(({ id }) => id === itemId)?.meaning;
  if (meaning === undefined) throw notFound('benchmark-item');
  return meaning;
}
