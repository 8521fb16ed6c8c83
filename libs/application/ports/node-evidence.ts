import type { LastSeen } from '#nodes/wire/read-bundle.js';
import type { StoredCloudDescription, SealedCloudDescription } from '../nodes/cloud-description.js';
import type { StoredEnrolmentKey } from '../nodes/enrolment-key.js';
import type { KubeBenchResult, SealedKubeBenchResult } from '../nodes/kube-bench-result.js';
import type { NodeBundle, SealedNodeBundle } from '../nodes/node-bundle.js';
import type { Slice, Sliced, TimeKey } from '../paging.js';

export interface EnrolmentKeyRepository {
  /** `sealed`: its secret. */
  insert(key: Pick<StoredEnrolmentKey, 'id' | 'clusterId' | 'lookupId' | 'name' | 'prefix' | 'createdBy' | 'expiresAt'>, sealed: Uint8Array): Promise<StoredEnrolmentKey>;
  get(id: string): Promise<StoredEnrolmentKey | undefined>;
  /** Until the end of the transaction nobody else changes it. */
  lock(id: string): Promise<StoredEnrolmentKey | undefined>;
  /** Newest first. */
  list(clusterId: string, slice: Slice<TimeKey>): Promise<Sliced<StoredEnrolmentKey>>;
  /** How many of the cluster still work. */
  countWorking(clusterId: string): Promise<number>;
  /** Revoking again keeps the first time. */
  revoke(id: string, by: string): Promise<StoredEnrolmentKey | undefined>;
  /** The cluster's working key of this lookup id, with its sealed secret. */
  working(clusterId: string, lookupId: string): Promise<{ readonly key: StoredEnrolmentKey; readonly sealed: Uint8Array } | undefined>;
  markUsed(id: string): Promise<void>;
}

export interface NewNodeBundle extends Omit<NodeBundle, 'sequence' | 'receivedAt' | 'isOtherMachine'> {
  readonly nonce: string;
}

/**
 * How keeping a bundle ended: kept, or why it was not. `superseded`: a newer one was kept meanwhile. `too-many-nodes`: the cluster has
 * as many as are kept, and this would be another.
 */
export type Keeping =
  | { readonly state: 'kept'; readonly bundle: NodeBundle }
  | { readonly state: 'already-received' | 'superseded' | 'too-many-nodes' | 'no-cluster' };

/** Names by what they are: Nodes that the cluster lists, and machines outside of it that run a part of its control plane. */
export interface NodeStanding {
  readonly nodes: readonly string[];
  readonly machines: readonly string[];
}

/** Of each node of a cluster the latest evidence, and the headers of the last ones before. */
export interface NodeEvidenceRepository {
  /** The newest bundle ever taken of the node, also where its evidence was deleted since: it does not come back. */
  lastSeen(clusterId: string, node: string): Promise<LastSeen | undefined>;
  /** Replaces the node's evidence where this is newer, all or nothing; of two at once the newer one stays. */
  keep(bundle: NewNodeBundle, sealed: Uint8Array): Promise<Keeping>;
  /** By name of the node. */
  list(clusterId: string, slice: Slice<string>): Promise<Sliced<NodeBundle>>;
  /** Headers of the node's last bundles, the present one first. */
  history(clusterId: string, node: string): Promise<readonly NodeBundle[]>;
  /** Nodes after `after` by name, some megabytes of them but one at least; empty at the end. */
  read(clusterId: string, after: string | undefined): Promise<readonly SealedNodeBundle[]>;
  /** Also what is remembered of a machine outside of the cluster, where it is `retired`; false where there was nothing of the kind. */
  delete(clusterId: string, node: string, isRetired: boolean): Promise<boolean>;
  /** Machines outside of the cluster that are remembered, whether there is evidence of them or not any more, by name. */
  knownMachines(clusterId: string): Promise<readonly string[]>;
  /** Remembers what a scan that listed every Node has found those to be that sent evidence. Who was a Node once is no machine outside. */
  recordStanding(clusterId: string, standing: NodeStanding): Promise<void>;
  /**
   * Removes evidence that was received before `time`, up to `limit` nodes, and what is remembered of nodes that were last heard of before
   * `forgetBefore`; how many.
   */
  sweep(time: Date, forgetBefore: Date, limit: number): Promise<number>;
}

export interface NewKubeBenchResult extends Omit<KubeBenchResult, 'clusterId' | 'receivedAt'> {
  readonly sealed: Uint8Array;
}
export type KubeBenchKeeping = { readonly state: 'kept'; readonly results: readonly KubeBenchResult[] } | { readonly state: 'too-many-nodes' | 'no-cluster' };

/** Of each node of a cluster the latest run of kube-bench. */
export interface KubeBenchResultRepository {
  /** Of one file, all or nothing; each node once. */
  keep(clusterId: string, results: readonly NewKubeBenchResult[]): Promise<KubeBenchKeeping>;
  /** By name of the node. */
  list(clusterId: string, slice: Slice<string>): Promise<Sliced<KubeBenchResult>>;
  get(clusterId: string, node: string): Promise<KubeBenchResult | undefined>;
  /** Nodes after `after` by name, some megabytes of them but one at least; empty at the end. */
  read(clusterId: string, after: string | undefined): Promise<readonly SealedKubeBenchResult[]>;
  delete(clusterId: string, node: string): Promise<boolean>;
  /** Removes up to `limit` that were received before `time`; how many. */
  sweep(time: Date, limit: number): Promise<number>;
}

/** What the provider says of a cluster; the latest. */
export interface CloudDescriptionRepository {
  /** Undefined where there is no such cluster. */
  keep(description: Omit<StoredCloudDescription, 'receivedAt'>, sealed: Uint8Array): Promise<StoredCloudDescription | undefined>;
  get(clusterId: string): Promise<SealedCloudDescription | undefined>;
  delete(clusterId: string): Promise<boolean>;
  /** Removes up to `limit` that were received before `time`; how many. */
  sweep(time: Date, limit: number): Promise<number>;
}
