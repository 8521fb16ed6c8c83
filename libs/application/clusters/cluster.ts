import type { BenchmarkId } from '#benchmarks/benchmark.js';
import type { Platform } from '#inventory/facts.js';
import type { Verification } from '../ports/cluster-collector.js';

export type Labels = Readonly<Record<string, string>>;

export interface Cluster {
  readonly id: string;
  readonly tenantId: string;
  /** Unique among the organisation's clusters. */
  readonly name: string;
  readonly labels: Labels;
  /** `production`, `staging` … in the organisation's own words. */
  readonly environment: string | null;
  /** Address of the API server; null for a cluster known by uploads only. */
  readonly server: string | null;
  readonly hasConnection: boolean;
  /** As the last scan detected them. */
  readonly platform: Platform | null;
  readonly version: string | null;
  readonly isManaged: boolean | null;
  /** The benchmark that its owner chose to judge it by; null: the one that fits its platform and version. */
  readonly benchmark: BenchmarkId | null;
  /** Fence: the attempt of a scan that holds an older number may write nothing. */
  readonly generation: number;
  /** Not scanned by schedule while set. */
  readonly pausedAt: Date | null;
  /** Start of the present outage. */
  readonly unreachableSince: Date | null;
  readonly lastScanId: string | null;
  readonly lastCompleteAt: Date | null;
  readonly verification: StoredVerification | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The latest verification: asked for, or done. */
export type StoredVerification =
  | { readonly state: 'queued'; readonly requestedAt: string }
  | { readonly state: 'done'; readonly requestedAt: string; readonly finishedAt: string; readonly result: Verification };

/** What a caller may change by itself. */
export interface ClusterChange {
  readonly name?: string;
  readonly labels?: Labels;
  readonly environment?: string | null;
  readonly benchmark?: BenchmarkId | null;
}
