import { randomUUID } from 'node:crypto';
import { benchmarks, isBenchmarkId } from '#benchmarks/benchmarks.js';
import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import { InputChecks } from '../input-checks.js';
import { byTime, type Lists } from '../lists.js';
import type { Page, PageRequest } from '../paging.js';
import type { ClusterConnection } from '../ports/cluster-collector.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { KubeconfigParser } from '../ports/kubeconfig-parser.js';
import type { Store } from '../ports/store.js';
import type { ControlState } from '../scans/scan.js';
import type { Cluster, ClusterChange, Labels } from './cluster.js';
import { connectionFrom, type ConnectionInput } from './connection-input.js';
import { noConnection } from './no-connection.js';
import { connectionField } from './sealed-connection.js';

export interface RegisterCluster {
  readonly name: string;
  readonly labels?: Labels;
  readonly environment?: string;
  /** Absent for a cluster whose evidence is uploaded. */
  readonly connection?: ConnectionInput;
}

const MOST_LABELS = 50;
const list = byTime('clusters');

export class ClustersService {
  constructor(
    private readonly store: Store,
    private readonly vault: CredentialVault,
    private readonly parseKubeconfig: KubeconfigParser,
    private readonly lists: Lists,
  ) {}

  async register(caller: Caller, input: RegisterCluster): Promise<Cluster> {
    caller.may('clusters:write');
    checkCluster(input);
    const connection = input.connection && connectionFrom(input.connection, this.parseKubeconfig, '/connection');
    const id = randomUUID();
    const sealed = connection && (await this.seal(caller.tenantId, id, connection));
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const cluster = await tx.clusters.insert({
        id, name: input.name, labels: input.labels ?? {}, environment: input.environment ?? null, server: connection?.server ?? null, hasConnection: sealed !== undefined,
      });
      if (sealed) await tx.clusters.putCredentials(id, sealed);
      return cluster;
    });
  }

  async get(caller: Caller, id: string): Promise<Cluster> {
    caller.may('clusters:read');
    return found(await this.store.inTenant(caller.tenantId, (tx) => tx.clusters.get(id)));
  }

  /** Those of the ids that the caller's organisation has, for loading relations. */
  async getMany(caller: Caller, ids: readonly string[]): Promise<readonly Cluster[]> {
    caller.may('clusters:read');
    return this.store.inTenant(caller.tenantId, (tx) => tx.clusters.getMany(ids));
  }

  async list(caller: Caller, request: PageRequest): Promise<Page<Cluster>> {
    caller.may('clusters:read');
    const slice = this.lists.slice(list, caller.tenantId, request);
    const clusters = await this.store.inTenant(caller.tenantId, (tx) => tx.clusters.list(slice));
    return this.lists.page(list, caller.tenantId, request, clusters, ({ createdAt, id }) => ({ at: createdAt, id }));
  }

  async update(caller: Caller, id: string, change: ClusterChange): Promise<Cluster> {
    caller.may('clusters:write');
    checkCluster(change);
    return found(await this.store.inTenant(caller.tenantId, (tx) => tx.clusters.update(id, change)));
  }

  /** Replaces address and credentials together; what was there cannot be read back. */
  async rotateCredentials(caller: Caller, id: string, input: ConnectionInput): Promise<Cluster> {
    caller.may('clusters:write');
    const connection = connectionFrom(input, this.parseKubeconfig, '');
    // Sealed for this row: before the row is known to be ours there is nothing to seal for.
    found(await this.store.inTenant(caller.tenantId, (tx) => tx.clusters.get(id)));
    const sealed = await this.seal(caller.tenantId, id, connection);
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const cluster = found(await tx.clusters.update(id, { server: connection.server, hasConnection: true }));
      await tx.clusters.putCredentials(id, sealed);
      return cluster;
    });
  }

  /** No scan of it starts until it is resumed; pausing twice keeps the first time. */
  async pause(caller: Caller, id: string): Promise<Cluster> {
    caller.may('clusters:write');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const cluster = found(await tx.clusters.lock(id));
      return cluster.pausedAt ? cluster : found(await tx.clusters.update(id, { pausedAt: new Date() }));
    });
  }

  async resume(caller: Caller, id: string): Promise<Cluster> {
    caller.may('clusters:write');
    return found(await this.store.inTenant(caller.tenantId, (tx) => tx.clusters.update(id, { pausedAt: null })));
  }

  /** Its findings, credentials and schedule go with it, and a scan that runs is stopped. */
  async delete(caller: Caller, id: string): Promise<void> {
    caller.may('clusters:write');
    if (!(await this.store.inTenant(caller.tenantId, (tx) => tx.clusters.delete(id)))) throw notFound('cluster');
  }

  /** Asks a worker to find out which rights the credentials have; the answer appears in `verification`. */
  async verify(caller: Caller, id: string, traceparent?: string): Promise<Cluster> {
    caller.may('clusters:write');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const cluster = found(await tx.clusters.lock(id));
      if (!cluster.hasConnection) throw noConnection();
      await tx.dueWork.schedule([{ topic: 'cluster.verify', subjectId: id, ...(traceparent === undefined ? {} : { traceparent }) }]);
      return found(await tx.clusters.update(id, { verification: { state: 'queued', requestedAt: new Date().toISOString() } }));
    });
  }

  /** When each control last had good evidence of this cluster. */
  async freshness(caller: Caller, id: string): Promise<readonly ControlState[]> {
    caller.may('scans:read');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      found(await tx.clusters.get(id));
      return tx.controlStates.list(id);
    });
  }

  private async seal(tenantId: string, clusterId: string, connection: ClusterConnection): Promise<Uint8Array> {
    const organisation = await this.store.inTenant(tenantId, (tx) => tx.organisation.get());
    if (!organisation) throw notFound('organisation');
    return this.vault.seal(tenantId, organisation.wrappedDataKey, clusterId, connectionField, JSON.stringify(connection));
  }
}

function found(cluster: Cluster | undefined): Cluster {
  if (!cluster) throw notFound('cluster');
  return cluster;
}

function checkCluster({ name, labels, environment, benchmark }: ClusterChange): void {
  const checks = new InputChecks();
  if (name !== undefined) checks.text(name, '/name', 253);
  if (environment !== undefined && environment !== null) checks.text(environment, '/environment', 63);
  if (benchmark !== undefined && benchmark !== null) checks.require(isBenchmarkId(benchmark), '/benchmark', `one of ${Object.keys(benchmarks).join(', ')}`);
  const entries = Object.entries(labels ?? {});
  checks.require(entries.length <= MOST_LABELS, '/labels', `at most ${MOST_LABELS} labels`);
  for (const [key, value] of entries.slice(0, MOST_LABELS)) {
    const pointer = `/labels/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    checks.text(key, pointer, 253);
    if (value !== '') checks.text(value, pointer, 253);
  }
  checks.done('invalid-cluster', 'The cluster cannot be stored as given.');
}
