import type { KubeBenchResult, SealedKubeBenchResult } from '#application/nodes/kube-bench-result.js';
import type { Slice, Sliced } from '#application/paging.js';
import type { KubeBenchKeeping, KubeBenchResultRepository, NewKubeBenchResult } from '#application/ports/node-evidence.js';
import { isUuid } from '#application/uuid-from.js';
import { KubeBenchResultEntity } from '../entities/kube-bench-result.entity.js';
import { sql } from '../sql.js';
import { lockCluster, roomFor } from './node-room.js';
import { nextByNode } from './sized-batch.js';
import { sliced, type TenantScope } from './tenant-rows.js';

const columns = `id, cluster_id as "clusterId", node, benchmarks, detected_version as "detectedVersion", tool_version as "toolVersion", totals, received_at as "receivedAt", uploaded_by as "uploadedBy"`;

const replace = `insert into bulwark.kube_bench_results (tenant_id, cluster_id, node, id, benchmarks, detected_version, tool_version, totals, uploaded_by, sealed)
 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
 on conflict (tenant_id, cluster_id, node) do update set
   id = excluded.id, benchmarks = excluded.benchmarks, detected_version = excluded.detected_version, tool_version = excluded.tool_version,
   totals = excluded.totals, received_at = now(), uploaded_by = excluded.uploaded_by, sealed = excluded.sealed
 returning ${columns}`;

export class KubeBenchResultRows implements KubeBenchResultRepository {
  constructor(private readonly scope: TenantScope) {}

  async keep(clusterId: string, results: readonly NewKubeBenchResult[]): Promise<KubeBenchKeeping> {
    if (!(await lockCluster(this.scope, clusterId))) return { state: 'no-cluster' };
    if (!(await roomFor(this.scope, 'kube_bench_results', clusterId, results.map(({ node }) => node)))) return { state: 'too-many-nodes' };
    const kept: KubeBenchResult[] = [];
    // In one order everywhere: two files with the same nodes must not wait for each other.
    for (const { node, id, benchmarks, detectedVersion, toolVersion, totals, uploadedBy, sealed } of results.toSorted((a, b) => (a.node < b.node ? -1 : 1))) {
      const { rows } = await sql<KubeBenchResult>(this.scope.runner, replace, [this.scope.tenantId, clusterId, node, id, benchmarks, detectedVersion, toolVersion, JSON.stringify(totals), uploadedBy, sealed]);
      kept.push(...rows);
    }
    return { state: 'kept', results: kept };
  }

  async get(clusterId: string, node: string): Promise<KubeBenchResult | undefined> {
    if (!isUuid(clusterId)) return undefined;
    return (await this.of(clusterId).andWhere('row.node = :node', { node }).getOne()) ?? undefined;
  }

  async list(clusterId: string, { first, after }: Slice<string>): Promise<Sliced<KubeBenchResult>> {
    if (!isUuid(clusterId)) return { items: [], hasMore: false };
    const query = this.of(clusterId).orderBy('row.node');
    if (after !== undefined) query.andWhere('row.node > :after', { after });
    return sliced(query, first);
  }

  async read(clusterId: string, after: string | undefined): Promise<readonly SealedKubeBenchResult[]> {
    if (!isUuid(clusterId)) return [];
    const { rows } = await sql<KubeBenchResult & { readonly sealed: Uint8Array }>(
      this.scope.runner,
      `select ${columns}, sealed from bulwark.kube_bench_results where ${nextByNode('kube_bench_results')} order by node`,
      [clusterId, after ?? null],
    );
    return rows.map(({ sealed, ...result }) => ({ result, sealed }));
  }

  async delete(clusterId: string, node: string): Promise<boolean> {
    if (!isUuid(clusterId)) return false;
    const { affected } = await sql(this.scope.runner, 'delete from bulwark.kube_bench_results where cluster_id = $1 and node = $2', [clusterId, node]);
    return affected > 0;
  }

  async sweep(time: Date, limit: number): Promise<number> {
    const { affected } = await sql(
      this.scope.runner,
      `delete from bulwark.kube_bench_results
       where ctid = any(array(select ctid from bulwark.kube_bench_results where received_at < $1 limit $2)) and received_at < $1`,
      [time, limit],
    );
    return affected;
  }

  private of(clusterId: string) {
    return this.scope.manager.createQueryBuilder(KubeBenchResultEntity, 'row').where('row.clusterId = :clusterId', { clusterId });
  }
}
