import type { KnownFinding } from '#findings/known-finding.js';
import type { PassMemory } from '#findings/pass-memory.js';
import type { ControlMemory, FailingTransition, FindingTransition } from '#findings/reconcile.js';
import type { FoundEvaluation, FoundFailure } from '#findings/found-failure.js';
import type { ApiKey } from '../api-keys/api-key.js';
import type { NewAttestation, StoredAttestation } from '../benchmarks/stored-attestation.js';
import type { BenchmarkRun, ItemFilter, ItemPoint, RegressionFilter, RunItem, RunItemOutcome, StoredRegression } from '../benchmarks/benchmark-run.js';
import type { Cluster } from '../clusters/cluster.js';
import type { Event, EventType, NewEvent } from '../events/event.js';
import type { Finding, FindingFilter, FindingKey, FindingOrder } from '../findings/finding.js';
import type { Organisation, OrganisationEntry } from '../organisations/organisation.js';
import type { Policy, PolicyVersion } from '../organisations/policy.js';
import type { Slice, Sliced, TimeKey } from '../paging.js';
import type { EvidencePart, SealedPiece } from '../scans/evidence.js';
import type { BySeverity, ControlOutcome, ControlResult, ControlState, Scan, ScanState } from '../scans/scan.js';
import type { Schedule, ScheduleKind } from '../schedules/schedule.js';
import type { Snapshot } from '../snapshots/snapshot.js';
import type { Delivery, DeliveryAttempt, DeliveryChange, DeliveryState, NewDelivery } from '../webhooks/delivery.js';
import type { Endpoint, EndpointChange, NewEndpoint } from '../webhooks/endpoint.js';
import type { DueWork, NewDueWork } from './due-work.js';
import type { Job, JobTopic } from './job-queue.js';
import type { CloudDescriptionRepository, EnrolmentKeyRepository, KubeBenchResultRepository, NodeEvidenceRepository } from './node-evidence.js';
import type { ScanProgress } from './cluster-collector.js';

/**
 * The memory. Every method that touches it may throw `AppError('unavailable', 'database-unavailable')`:
 * nothing of the transaction has happened then, except where the connection broke during the commit itself.
 */
export interface Store {
  /** One transaction as one organisation; the only way to its rows. What `work` throws rolls everything back. */
  inTenant<T>(tenantId: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T>;
  /** One transaction as the operator, who sees organisations by name and nothing inside them. */
  asOperator<T>(work: (tx: OperatorTransaction) => Promise<T>): Promise<T>;
  /** The key with exactly this lookup id, of whichever organisation. */
  findApiKey(lookupId: string): Promise<ApiKey | undefined>;
  /** Whose enrolment key has exactly this lookup id, and of which cluster. Tells nothing else of it. */
  findEnrolmentKey(lookupId: string): Promise<{ readonly tenantId: string; readonly clusterId: string } | undefined>;
  /**
   * Up to `limit` things that are due, in turn over the organisations; none that was claimed or showed life within
   * the last `leaseMs`. Two callers at once never get the same.
   */
  claimDueWork(limit: number, leaseMs: number): Promise<readonly Job[]>;
  /** Seconds by which the oldest due work of each topic is late that nobody has claimed within the last `leaseMs`. */
  dueWorkLag(leaseMs: number): Promise<Readonly<Partial<Record<JobTopic, number>>>>;
  /** Resolves if the database answers. */
  ping(): Promise<void>;
  /** Throws, saying what to mend, unless the database protects organisations from each other. For boot. */
  assertSafe(): Promise<void>;
  close(): Promise<void>;
}

export interface OperatorTransaction {
  readonly organisations: {
    list(slice: Slice<TimeKey>): Promise<Sliced<OrganisationEntry>>;
  };
}

/** Repositories of one organisation. Ids of other organisations find nothing. */
export interface TenantTransaction {
  readonly tenantId: string;
  readonly organisation: OrganisationRepository;
  readonly policies: PolicyRepository;
  readonly apiKeys: ApiKeyRepository;
  readonly clusters: ClusterRepository;
  readonly snapshots: SnapshotRepository;
  readonly scans: ScanRepository;
  readonly evidence: EvidenceRepository;
  readonly enrolmentKeys: EnrolmentKeyRepository;
  readonly nodeEvidence: NodeEvidenceRepository;
  readonly kubeBenchResults: KubeBenchResultRepository;
  readonly cloudDescriptions: CloudDescriptionRepository;
  readonly findings: FindingRepository;
  readonly controlStates: ControlStateRepository;
  readonly events: EventRepository;
  readonly endpoints: EndpointRepository;
  readonly deliveries: DeliveryRepository;
  readonly schedules: ScheduleRepository;
  readonly benchmarks: BenchmarkRepository;
  readonly attestations: AttestationRepository;
  readonly dueWork: DueWorkRepository;
}

export interface OrganisationRepository {
  /** Also starts the organisation's event feed. */
  insert(organisation: Pick<Organisation, 'name' | 'wrappedDataKey'>): Promise<Organisation>;
  get(): Promise<Organisation | undefined>;
  /** Until the end of the transaction nobody else locks it: what is counted under it stays true. */
  lock(): Promise<Organisation | undefined>;
  update(change: Partial<Pick<Organisation, 'name' | 'wrappedDataKey'>>): Promise<Organisation | undefined>;
}

export interface PolicyRepository {
  /** The latest; version 0 where none was ever decided. */
  current(): Promise<PolicyVersion>;
  insert(version: Pick<PolicyVersion, 'id' | 'version' | 'decidedBy'> & { readonly policy: Policy }): Promise<PolicyVersion>;
  list(slice: Slice<TimeKey>): Promise<Sliced<PolicyVersion>>;
}

export interface ApiKeyRepository {
  insert(key: Omit<ApiKey, 'tenantId' | 'createdAt' | 'revokedAt' | 'lastUsedAt'>): Promise<ApiKey>;
  get(id: string): Promise<ApiKey | undefined>;
  list(slice: Slice<TimeKey>): Promise<Sliced<ApiKey>>;
  /** Revoking twice keeps the first time. Undefined where there is no such key. */
  revoke(id: string): Promise<ApiKey | undefined>;
  /** Writes nothing where the key was used within the last minute. */
  markUsed(id: string): Promise<void>;
}

export interface ClusterRepository {
  insert(cluster: Pick<Cluster, 'id' | 'name' | 'labels' | 'environment' | 'server' | 'hasConnection'>): Promise<Cluster>;
  get(id: string): Promise<Cluster | undefined>;
  /** Those of the ids that exist, in no order. */
  getMany(ids: readonly string[]): Promise<readonly Cluster[]>;
  /** Until the end of the transaction nobody else changes it. */
  lock(id: string): Promise<Cluster | undefined>;
  list(slice: Slice<TimeKey>): Promise<Sliced<Cluster>>;
  update(id: string, change: Partial<Omit<Cluster, 'id' | 'tenantId' | 'generation' | 'createdAt' | 'updatedAt'>>): Promise<Cluster | undefined>;
  /** Raises the fence and returns its new number; undefined where there is no such cluster. */
  nextGeneration(id: string): Promise<number | undefined>;
  /** Takes its findings, schedules, benchmark runs, attestations, credentials, uploads and due work with it; its scans and events stay as history. */
  delete(id: string): Promise<boolean>;
  /** Removes up to `limit` that were deleted before `time`, with all their history. */
  purge(time: Date, limit: number): Promise<number>;
  putCredentials(id: string, sealed: Uint8Array): Promise<void>;
  credentials(id: string): Promise<Uint8Array | undefined>;
}

export interface SnapshotRepository {
  insert(snapshot: Pick<Snapshot, 'id' | 'clusterId' | 'complete' | 'contentEncoding' | 'format'>): Promise<void>;
  /** Appends chunks from `position` on. */
  addChunks(id: string, position: number, chunks: readonly Uint8Array[]): Promise<void>;
  /** Up to `count` chunks from `position` on; fewer at the end. */
  chunks(id: string, position: number, count: number): Promise<readonly Uint8Array[]>;
  get(id: string): Promise<Snapshot | undefined>;
  /** How many uploads that began after `time` are not whole yet. */
  countUnfinished(time: Date): Promise<number>;
  /** The upload is whole. False where the snapshot is gone. */
  complete(id: string, bytes: number): Promise<boolean>;
  delete(id: string): Promise<void>;
  /** Removes up to `limit` that no active scan needs: of ended scans, and uploads begun before `abandonedBefore` that never ended. */
  sweep(abandonedBefore: Date, limit: number): Promise<number>;
}

export interface ScanRepository {
  /** Throws conflict `scan-active` where the cluster has a scan that is queued or running. */
  insert(scan: Pick<Scan, 'id' | 'clusterId' | 'kind' | 'snapshotId' | 'requestedBy'> & Partial<Pick<Scan, 'sourceScanId' | 'withBenchmark'>>): Promise<Scan>;
  get(id: string): Promise<Scan | undefined>;
  getMany(ids: readonly string[]): Promise<readonly Scan[]>;
  lock(id: string): Promise<Scan | undefined>;
  /** Since the last sign of life, by the database's clock; undefined where there was none. */
  silentMs(id: string): Promise<number | undefined>;
  active(clusterId: string): Promise<Scan | undefined>;
  list(filter: { readonly clusterId?: string; readonly state?: ScanState }, slice: Slice<TimeKey>): Promise<Sliced<Scan>>;
  update(id: string, change: Partial<Omit<Scan, 'id' | 'tenantId' | 'clusterId' | 'kind' | 'requestedBy' | 'requestedAt'>>): Promise<void>;
  /**
   * A sign of life of the attempt that holds `generation`; undefined where that attempt is no longer the one,
   * otherwise whether someone asked to cancel.
   */
  heartbeat(id: string, generation: number, progress: ScanProgress | undefined): Promise<{ readonly cancelRequested: boolean } | undefined>;
  insertResults(scanId: string, evaluations: readonly FoundEvaluation[]): Promise<void>;
  results(scanId: string): Promise<readonly ControlResult[]>;
  /** Of these controls in several scans at once, in no order: what a report on a fleet is made of. */
  outcomes(scanIds: readonly string[], controlIds: readonly string[]): Promise<readonly ControlOutcome[]>;
}

export interface EvidenceRepository {
  /** Of all pieces that are kept of a cluster. */
  digests(clusterId: string): Promise<readonly string[]>;
  /** Keeps a scan's evidence: which parts it has, and the pieces that were not there yet. */
  keep(of: { readonly clusterId: string; readonly scanId: string }, parts: readonly EvidencePart[], fresh: readonly SealedPiece[]): Promise<void>;
  /** Undefined where nothing is kept of the scan (any more). */
  parts(scanId: string): Promise<readonly EvidencePart[] | undefined>;
  /** Those of the digests that are there, in no order. */
  pieces(clusterId: string, digests: readonly string[]): Promise<readonly SealedPiece[]>;
  /** The latest scan whose evidence is kept. */
  latest(clusterId: string): Promise<string | undefined>;
  /** Forgets what one cluster's scans kept before `time`, but for its latest, and the pieces no scan needs then. False where there was nothing to do. */
  sweep(time: Date): Promise<boolean>;
}

/** Whose finding changes these are. */
export interface FindingContext {
  readonly clusterId: string;
  readonly scanId: string;
  readonly isBaseline: boolean;
  readonly at: Date;
}

export interface FindingRepository {
  get(id: string): Promise<Finding | undefined>;
  getMany(ids: readonly string[]): Promise<readonly Finding[]>;
  /** Worst first by `order`, the risk where it is left out. */
  list(filter: FindingFilter, slice: Slice<FindingKey>, order?: FindingOrder): Promise<Sliced<Finding>>;
  /** What memory holds of a cluster by these controls, open and resolved. */
  known(clusterId: string, controlIds: readonly string[]): Promise<readonly KnownFinding[]>;
  /** Until its end no other transaction writes findings of this cluster that waits for its turn too. To be taken before rows are locked. */
  takeTurn(clusterId: string): Promise<void>;
  /** The same without waiting: false where another one has it. */
  tryTurn(clusterId: string): Promise<boolean>;
  hasAny(clusterId: string): Promise<boolean>;
  /** Inserts findings that memory does not hold, in bulk; fails where it holds one. */
  insert(context: FindingContext, transitions: Iterable<FailingTransition>): Promise<void>;
  /** Writes transitions and rewrites in bulk; returns the findings that `resolved` transitions closed. */
  apply(context: FindingContext, transitions: Iterable<FindingTransition>, rewrites: Iterable<FoundFailure>): Promise<readonly Finding[]>;
  countOpen(clusterId: string): Promise<BySeverity>;
}

/** Which scan judged which cluster, and when. */
export interface JudgedAt {
  readonly clusterId: string;
  readonly scanId: string;
  readonly at: Date;
}

export interface ControlStateRepository {
  list(clusterId: string): Promise<readonly ControlState[]>;
  memories(clusterId: string, controlIds: readonly string[]): Promise<ReadonlyMap<string, PassMemory>>;
  /** Freshness of every control evaluated, which scan's passes counted last, and the memories that changed. */
  record(judged: JudgedAt, evaluations: readonly FoundEvaluation[], memories: readonly ControlMemory[]): Promise<void>;
}

export interface EventRepository {
  /** Writes events ahead: they get their places with the next `append` of this transaction, before its own. Holds nobody up. */
  write(events: Iterable<NewEvent>): Promise<void>;
  /**
   * Appends to the feed and makes `events.dispatch` due. To be the last writes of a transaction: from here to its
   * end no other transaction of the organisation can append, which is what keeps positions gapless and in order.
   * `traceparent` is of what caused them, and goes on to their deliveries.
   */
  append(events: Iterable<NewEvent>, traceparent?: string): Promise<void>;
  /** Up to `limit` events after a position, in order. */
  after(position: number, limit: number, filter?: { readonly types?: readonly EventType[] }): Promise<readonly Event[]>;
  get(id: string): Promise<Event | undefined>;
  /** Position of the latest event; 0 before the first. */
  lastPosition(): Promise<number>;
  /** Position of the latest event made before `time`; 0 where there is none. */
  positionAt(time: Date): Promise<number>;
  /** Events of one finding, latest first. */
  ofFinding(findingId: string, slice: Slice<number>): Promise<Sliced<Event>>;
  /** Removes up to `limit` made before `time`, never the latest one nor any that an enabled endpoint has not heard of. */
  deleteBefore(time: Date, limit: number): Promise<number>;
}

export interface EndpointRepository {
  insert(endpoint: NewEndpoint): Promise<Endpoint>;
  get(id: string): Promise<Endpoint | undefined>;
  lock(id: string): Promise<Endpoint | undefined>;
  list(slice: Slice<TimeKey>): Promise<Sliced<Endpoint>>;
  /** All that are enabled, by id. */
  enabled(): Promise<readonly Endpoint[]>;
  count(): Promise<number>;
  update(id: string, change: EndpointChange): Promise<Endpoint | undefined>;
  /** Writes what we learnt about it ourselves; to its owner it has not changed. */
  track(id: string, learnt: Partial<Pick<Endpoint, 'position' | 'failingSince'>>): Promise<void>;
  /** Takes its deliveries and their due work with it. */
  delete(id: string): Promise<boolean>;
}

export interface DeliveryRepository {
  /** In bulk; one whose id is there already is left as it is. */
  insertMany(deliveries: readonly NewDelivery[]): Promise<void>;
  get(id: string): Promise<Delivery | undefined>;
  lock(id: string): Promise<Delivery | undefined>;
  list(filter: { readonly endpointId?: string; readonly state?: DeliveryState }, slice: Slice<TimeKey>): Promise<Sliced<Omit<Delivery, 'body'>>>;
  update(id: string, change: DeliveryChange): Promise<Delivery | undefined>;
  /** Makes those that ended pending from now on, as if they were never tried; the others of the ids stay as they are. */
  revive(ids: readonly string[]): Promise<void>;
  /**
   * The id of the endpoint's pending delivery that has waited longest for its time and was neither claimed nor showed
   * life within the last `leaseMs`; claims it. Two callers at once never get the same.
   */
  claimNext(endpointId: string, leaseMs: number): Promise<string | undefined>;
  /** Abandons all pending ones of an endpoint and their due work; returns how many. */
  abandon(endpointId: string, reason: string): Promise<number>;
  insertAttempt(attempt: Omit<DeliveryAttempt, 'tenantId'>): Promise<void>;
  attempts(deliveryId: string): Promise<readonly DeliveryAttempt[]>;
  stats(endpointId: string, since: Date): Promise<Readonly<Record<DeliveryState, number>>>;
  /** Removes up to `limit` that ended before `time`. */
  deleteBefore(time: Date, limit: number): Promise<number>;
}

export interface ScheduleRepository {
  /** Makes or replaces the cluster's schedule of this kind. */
  put(schedule: Pick<Schedule, 'clusterId' | 'kind' | 'cron' | 'timeZone' | 'isEnabled' | 'nextRunAt'> & { readonly id: string }): Promise<Schedule>;
  ofKind(clusterId: string, kind: ScheduleKind): Promise<Schedule | undefined>;
  /** All of the cluster, by kind. */
  ofCluster(clusterId: string): Promise<readonly Schedule[]>;
  /** The one whose ticks have this subject: see `tickSubject`. */
  lockByTick(subjectId: string): Promise<Schedule | undefined>;
  update(id: string, change: Partial<Pick<Schedule, 'nextRunAt' | 'lastRunAt' | 'missed'>>): Promise<void>;
  delete(id: string): Promise<boolean>;
}

export interface BenchmarkRepository {
  /** Keeps a run with its items in their order; of subjects what `RunItem` lists. */
  insert(run: Omit<BenchmarkRun, 'tenantId'>, items: readonly RunItem[]): Promise<void>;
  get(id: string): Promise<BenchmarkRun | undefined>;
  getMany(ids: readonly string[]): Promise<readonly BenchmarkRun[]>;
  /** Of each of the clusters, in no order. */
  latest(clusterIds: readonly string[]): Promise<readonly BenchmarkRun[]>;
  list(filter: { readonly clusterId?: string }, slice: Slice<TimeKey>): Promise<Sliced<BenchmarkRun>>;
  /** In the benchmark's order, after a position. Without `subjects`, none of them is read. */
  items(runId: string, filter: ItemFilter, slice: Slice<number>, subjects?: 'subjects'): Promise<Sliced<RunItem>>;
  /** Outcomes alone, of several runs at once, in no order. */
  outcomes(runIds: readonly string[]): Promise<readonly RunItemOutcome[]>;
  /** What runs said of one item, whatever its number was, latest first. */
  history(clusterId: string, meaning: string, slice: Slice<TimeKey>): Promise<Sliced<ItemPoint>>;
  /** What is remembered of a cluster between runs, as `remember` was given it. */
  memory(clusterId: string): Promise<string | undefined>;
  remember(clusterId: string, memory: string): Promise<void>;
  addRegressions(regressions: readonly Omit<StoredRegression, 'tenantId' | 'resolvedRunId' | 'resolvedAt'>[]): Promise<void>;
  regressions(clusterId: string, filter: RegressionFilter, slice: Slice<TimeKey>): Promise<Sliced<StoredRegression>>;
  resolveRegressions(ids: readonly string[], by: { readonly runId: string; readonly at: Date }): Promise<void>;
  /** Forgets what up to `limit` items of runs before `time` said of single subjects, but for each cluster's latest run. */
  sweepSubjects(time: Date, limit: number): Promise<number>;
}

export interface AttestationRepository {
  insert(attestation: NewAttestation): Promise<StoredAttestation>;
  get(id: string): Promise<StoredAttestation | undefined>;
  lock(id: string): Promise<StoredAttestation | undefined>;
  list(filter: { readonly clusterId?: string; readonly meaning?: string }, slice: Slice<TimeKey>): Promise<Sliced<StoredAttestation>>;
  /** The latest of each item that was not revoked, expired or not, of these clusters. */
  standing(clusterIds: readonly string[]): Promise<readonly StoredAttestation[]>;
  /** Revoking twice keeps the first time. */
  revoke(id: string, revoked: { readonly by: string; readonly reason: string | null; readonly at: Date }): Promise<StoredAttestation | undefined>;
}

export interface DueWorkRepository {
  /**
   * Makes work due. Where the same topic and subject is due already, the earlier time counts, its attempts start
   * anew and the relay enqueues it again.
   */
  schedule(work: readonly NewDueWork[]): Promise<void>;
  get(topic: JobTopic, subjectId: string): Promise<DueWork | undefined>;
  /** Waits for whoever holds it; undefined where it was completed meanwhile. */
  lock(topic: JobTopic, subjectId: string): Promise<DueWork | undefined>;
  /** Counts an attempt that begins now and takes the lease; returns its number, undefined where the work is gone. */
  beginAttempt(topic: JobTopic, subjectId: string): Promise<number | undefined>;
  /** Keeps the relay from enqueueing it again for another lease. */
  touch(topic: JobTopic, subjectId: string): Promise<void>;
  /** An attempt that was broken off through no fault of the work: it does not count, and the relay enqueues it at once. */
  giveBack(topic: JobTopic, subjectId: string): Promise<void>;
  /** Moves it to another time, before or after; the relay enqueues it then. */
  postpone(topic: JobTopic, subjectId: string, dueAt: Date): Promise<void>;
  /** Done: removes it. */
  complete(topic: JobTopic, subjectId: string): Promise<void>;
}
