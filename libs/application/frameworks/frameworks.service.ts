import type { Control } from '#controls/engine/control.js';
import { answeredItems, type AnsweredItem } from '#controls/frameworks/answers.js';
import { frameworkIds, frameworks, isFrameworkId, type Framework, type FrameworkId } from '#controls/frameworks/frameworks.js';
import { groupBy } from '#inventory/group-by.js';
import { conflict, notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import type { Cluster } from '../clusters/cluster.js';
import { byTime, type Lists } from '../lists.js';
import type { Page, PageRequest, Slice, TimeKey } from '../paging.js';
import type { Store, TenantTransaction } from '../ports/store.js';
import type { Scan } from '../scans/scan.js';
import {
  countStatuses, judgeItems, reportedScan, standingOf, standItems, type ClusterStanding, type FleetReport, type FrameworkReport, type ItemResult, type ItemStatus, type Said,
} from './framework-report.js';

/** A framework with what answers its items. */
export interface FrameworkEntry extends Omit<Framework, 'items'> {
  readonly id: FrameworkId;
  readonly items: readonly AnsweredItem[];
}

export interface ReportRequest {
  readonly clusterId: string;
  readonly frameworkId: string;
  /** The cluster's latest where none is named. */
  readonly scanId?: string | undefined;
}

/** Clusters at a time: some thousand results. */
const AT_A_TIME = 100;

const list = byTime('framework-reports');
const keyOf = ({ createdAt, id }: Cluster): TimeKey => ({ at: createdAt, id });

/** Frameworks and benchmarks, and how clusters stand by them. The frameworks themselves any valid key may read. */
export class FrameworksService {
  private readonly entries: ReadonlyMap<string, FrameworkEntry>;

  constructor(
    private readonly store: Store,
    private readonly lists: Lists,
    controls: readonly Control[],
  ) {
    this.entries = new Map(frameworkIds.map((id) => {
      const { title, version, source, about } = frameworks[id];
      return [id, { id, title, version, source, about, items: answeredItems(id, controls) }];
    }));
  }

  list(_caller: Caller): readonly FrameworkEntry[] {
    return [...this.entries.values()];
  }

  get(_caller: Caller, id: string): FrameworkEntry {
    const entry = isFrameworkId(id) ? this.entries.get(id) : undefined;
    if (!entry) throw notFound('framework');
    return entry;
  }

  /** One cluster by one framework, as a scan that has finished saw it. A cluster that was never scanned is unknown in all that is asked. */
  async report(caller: Caller, { clusterId, frameworkId, scanId }: ReportRequest): Promise<FrameworkReport> {
    caller.may('scans:read');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const cluster = await tx.clusters.get(clusterId);
      if (!cluster) throw notFound('cluster');
      const framework = this.get(caller, frameworkId);
      if (scanId === undefined) return (await lookAt(tx, framework, [cluster], judgeItems))[0]!;
      const scan = await tx.scans.get(scanId);
      if (!scan || scan.clusterId !== cluster.id) throw notFound('scan');
      if (scan.state !== 'finished') throw conflict('scan-not-finished', 'There are no results of this scan: it has not finished.');
      return (await lookAt(tx, framework, [{ id: cluster.id, lastScanId: scan.id }], judgeItems))[0]!;
    });
  }

  /** Of those of the clusters that the caller's organisation has, for loading relations. */
  async reports(caller: Caller, frameworkId: string, clusterIds: readonly string[]): Promise<readonly FrameworkReport[]> {
    caller.may('scans:read');
    const framework = this.get(caller, frameworkId);
    return this.store.inTenant(caller.tenantId, async (tx) => lookAt(tx, framework, await tx.clusters.getMany(clusterIds), judgeItems));
  }

  /** How each cluster stands by one framework, in the order of clusters. */
  async ofClusters(caller: Caller, frameworkId: string, request: PageRequest): Promise<Page<ClusterStanding>> {
    caller.may('scans:read');
    const framework = this.get(caller, frameworkId);
    const slice = this.lists.slice(list, caller.tenantId, request);
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const { items: clusters, hasMore } = await tx.clusters.list(slice);
      const keys = new Map(clusters.map((cluster) => [cluster.id, keyOf(cluster)]));
      const items = await lookAt(tx, framework, clusters, standItems);
      return this.lists.page(list, caller.tenantId, request, { items, hasMore }, ({ clusterId }) => keys.get(clusterId)!);
    });
  }

  /** How many clusters stand how, by item. Goes through the clusters some at a time, and keeps counts only. */
  async fleet(caller: Caller, frameworkId: string): Promise<FleetReport> {
    caller.may('scans:read');
    const framework = this.get(caller, frameworkId);
    const statuses = framework.items.map((): Record<ItemStatus, number> => ({ ...countStatuses([]) }));
    let clusters = 0;
    let neverScanned = 0;
    let oldestScanAt: Date | null = null;
    await this.store.inTenant(caller.tenantId, async (tx) => {
      for await (const some of allClusters(tx)) {
        for (const { scan, items } of await lookAt(tx, framework, some, standItems)) {
          clusters++;
          if (!scan) neverScanned++;
          else if (oldestScanAt === null || scan.scannedAt < oldestScanAt) oldestScanAt = scan.scannedAt;
          items.forEach(({ status }, at) => void statuses[at]![status]++);
        }
      }
    });
    return { frameworkId: framework.id, clusters, neverScanned, oldestScanAt, items: framework.items.map((item, at) => ({ ...item, counts: statuses[at]! })) };
  }
}

async function* allClusters(tx: TenantTransaction): AsyncGenerator<readonly Cluster[]> {
  let slice: Slice<TimeKey> = { first: AT_A_TIME };
  for (;;) {
    const { items, hasMore } = await tx.clusters.list(slice);
    if (items.length > 0) yield items;
    if (!hasMore) return;
    slice = { first: AT_A_TIME, after: keyOf(items.at(-1)!) };
  }
}

/** Two or three questions to the store, however many clusters these are. */
async function lookAt<I extends Pick<ItemResult, 'status'>>(
  tx: TenantTransaction, { id: frameworkId, items }: FrameworkEntry, clusters: readonly Pick<Cluster, 'id' | 'lastScanId'>[], judge: (items: readonly AnsweredItem[], said: Said) => readonly I[],
): Promise<readonly ClusterStanding<I>[]> {
  const scans = byId(await tx.scans.getMany(clusters.flatMap(({ lastScanId }) => lastScanId ?? [])));
  const sources = byId(await tx.scans.getMany([...scans.values()].flatMap(({ sourceScanId }) => sourceScanId ?? [])));
  const controlIds = [...new Set(items.flatMap(({ answers }) => answers.map(({ controlId }) => controlId)))];
  const outcomes = groupBy(await tx.scans.outcomes([...scans.keys()], controlIds), ({ scanId }) => scanId);
  return clusters.map(({ id: clusterId, lastScanId }) => {
    const scan = scans.get(lastScanId ?? '');
    const said = new Map((outcomes.get(scan?.id ?? '') ?? []).map((outcome) => [outcome.controlId, outcome]));
    const judged = judge(items, { outcomes: said, switchedOff: scan?.coverage?.switchedOff ?? [] });
    return { clusterId, frameworkId, scan: scan ? reportedScan(scan, sources.get(scan.sourceScanId ?? '')) : null, standing: standingOf(judged), items: judged };
  });
}

const byId = (scans: readonly Scan[]): ReadonlyMap<string, Scan> => new Map(scans.map((scan) => [scan.id, scan]));
