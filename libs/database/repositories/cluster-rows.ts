import type { Cluster } from '#application/clusters/cluster.js';
import type { Slice, Sliced, TimeKey } from '#application/paging.js';
import type { ClusterRepository } from '#application/ports/store.js';
import { isUuid } from '#application/uuid-from.js';
import { ClusterEntity } from '../entities/cluster.entity.js';
import { sql } from '../sql.js';
import { TenantRows, type TenantScope } from './tenant-rows.js';

export class ClusterRows extends TenantRows<ClusterEntity> implements ClusterRepository {
  constructor(scope: TenantScope) {
    super(scope, ClusterEntity);
  }

  insert(cluster: Pick<Cluster, 'id' | 'name' | 'labels' | 'environment' | 'server' | 'hasConnection'>): Promise<Cluster> {
    return this.insertRow(cluster);
  }

  list(slice: Slice<TimeKey>): Promise<Sliced<Cluster>> {
    return this.newestFirst(this.query(), 'createdAt', slice);
  }

  update(id: string, change: Partial<Omit<Cluster, 'id' | 'tenantId' | 'generation' | 'createdAt' | 'updatedAt'>>): Promise<Cluster | undefined> {
    // The clock, and not the transaction's start, which may be long ago: what is changed later is never changed earlier.
    return this.updateRow(id, change, { updatedAt: 'clock_timestamp()' });
  }

  async nextGeneration(id: string): Promise<number | undefined> {
    const { rows } = await sql<{ generation: string }>(
      this.scope.runner,
      'update bulwark.clusters set generation = generation + 1 where id = $1 and deleted_at is null returning generation',
      [id],
    );
    return rows[0] && Number(rows[0].generation);
  }

  async delete(id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    const { runner } = this.scope;
    // First, because the end of a scan locks the scan and then its cluster.
    await sql(runner, `select from bulwark.scans where cluster_id = $1 and state in ('queued', 'running') for update`, [id]);
    const deleted = await sql(
      runner,
      `update bulwark.clusters set deleted_at = now(), has_connection = false, generation = generation + 1 where id = $1 and deleted_at is null`,
      [id],
    );
    if (deleted.affected === 0) return false;
    await sql(
      runner,
      `delete from bulwark.due_work where (topic = 'schedule.tick' and subject_id in (select id from bulwark.schedules where cluster_id = $1))
         or (topic = 'attestation.expire' and subject_id in (select id from bulwark.attestations where cluster_id = $1))`,
      [id],
    );
    const tables = [
      'cluster_credentials', 'findings', 'control_states', 'schedules', 'snapshots', 'scan_evidence', 'evidence_pieces', 'enrolment_keys', 'node_evidence', 'kube_bench_results',
      'cloud_descriptions', 'benchmark_memories', 'benchmark_regressions', 'attestations', 'benchmark_runs',
    ];
    for (const table of tables) {
      await sql(runner, `delete from bulwark.${table} where cluster_id = $1`, [id]);
    }
    await sql(
      runner,
      `with ended as (
         update bulwark.scans set state = 'cancelled', finished_at = now() where cluster_id = $1 and state in ('queued', 'running') returning id
       )
       delete from bulwark.due_work where subject_id = $1 or (topic = 'scan.run' and subject_id in (select id from ended))`,
      [id],
    );
    return true;
  }

  async purge(time: Date, limit: number): Promise<number> {
    const { affected } = await sql(
      this.scope.runner,
      'delete from bulwark.clusters where id in (select id from bulwark.clusters where deleted_at < $1 order by deleted_at limit $2)',
      [time, limit],
    );
    return affected;
  }

  async putCredentials(id: string, sealed: Uint8Array): Promise<void> {
    await sql(
      this.scope.runner,
      `insert into bulwark.cluster_credentials (tenant_id, cluster_id, sealed) values ($1, $2, $3)
       on conflict (tenant_id, cluster_id) do update set sealed = excluded.sealed, updated_at = now()`,
      [this.scope.tenantId, id, sealed],
    );
  }

  async credentials(id: string): Promise<Uint8Array | undefined> {
    const { rows } = await sql<{ sealed: Uint8Array }>(this.scope.runner, 'select sealed from bulwark.cluster_credentials where cluster_id = $1', [id]);
    return rows[0]?.sealed;
  }
}
