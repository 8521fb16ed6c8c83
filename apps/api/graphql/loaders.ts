import DataLoader from 'dataloader';
import { Caller } from '#application/caller.js';
import type { Cluster } from '#application/clusters/cluster.js';
import type { ShownFinding } from '#application/findings/finding.js';
import type { FrameworkReport } from '#application/frameworks/framework-report.js';
import type { Scan } from '#application/scans/scan.js';
import type { Endpoint } from '#application/webhooks/endpoint.js';
import { groupBy } from '#inventory/group-by.js';
import type { ApiServices } from '../../composition/api-services.js';
import type { Principal } from '../access/doorkeeper.js';
import { callerIn } from '../access/principal.js';

/** A report on one cluster by one framework. */
export interface ReportKey {
  readonly clusterId: string;
  readonly frameworkId: string;
}

type ById<T> = DataLoader<string, T | null>;

/** Relations of one operation: however many entries ask, one question to the service. What is gone is null. */
export class Loaders {
  readonly cluster: ById<Cluster>;
  readonly scan: ById<Scan>;
  readonly finding: ById<ShownFinding>;
  readonly endpoint: ById<Endpoint>;
  readonly frameworkReport: DataLoader<ReportKey, FrameworkReport | null, string>;

  constructor(services: Pick<ApiServices, 'clusters' | 'scans' | 'findings' | 'endpoints' | 'frameworks'>, principal: Principal, cache: boolean) {
    const byId = <T extends { readonly id: string }>(load: (caller: Caller, ids: readonly string[]) => Promise<readonly T[]>): ById<T> =>
      new DataLoader<string, T | null>(
        async (ids) => {
          const found = new Map((await load(callerIn(principal), [...new Set(ids)])).map((item) => [item.id, item]));
          return ids.map((id) => found.get(id) ?? null);
        },
        { cache, maxBatchSize: 500 },
      );
    this.cluster = byId((caller, ids) => services.clusters.getMany(caller, ids));
    this.scan = byId((caller, ids) => services.scans.getMany(caller, ids));
    this.finding = byId((caller, ids) => services.findings.getMany(caller, ids));
    this.frameworkReport = new DataLoader<ReportKey, FrameworkReport | null, string>(
      async (keys) => {
        const reports = new Map<string, FrameworkReport>();
        for (const [frameworkId, asked] of groupBy(keys, (key) => key.frameworkId)) {
          for (const report of await services.frameworks.reports(callerIn(principal), frameworkId, asked.map(({ clusterId }) => clusterId))) reports.set(textOf(report), report);
        }
        return keys.map((key) => reports.get(textOf(key)) ?? null);
      },
      { cache, cacheKeyFn: textOf, maxBatchSize: 100 },
    );
    // An organisation has fewer than a page of them.
    this.endpoint = byId(async (caller) => (await services.endpoints.list(caller, { first: 100 })).edges.map(({ node }) => node));
  }
}

const textOf = ({ frameworkId, clusterId }: ReportKey): string => `${frameworkId} ${clusterId}`;
