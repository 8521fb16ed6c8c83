import { isUuid } from '#application/uuid-from.js';
import { sql } from '../sql.js';
import type { TenantScope } from './tenant-rows.js';

/**
 * Nodes of a cluster of which something is kept; Kubernetes is made for 5,000. Who holds a cluster's key can name as many as they like.
 * As many uploads as run at once may go beyond it.
 */
const MOST_NODES = 20_000;

/** Keeps the cluster from being deleted until the end of the transaction; false where there is none. */
export async function lockCluster({ runner }: TenantScope, clusterId: string): Promise<boolean> {
  if (!isUuid(clusterId)) return false;
  const { rows } = await sql(runner, 'select from bulwark.clusters where id = $1 and deleted_at is null for share', [clusterId]);
  return rows.length > 0;
}

/** Whether these nodes may be kept beside those that are there. */
export async function roomFor({ runner }: TenantScope, table: 'node_evidence' | 'kube_bench_results', clusterId: string, nodes: readonly string[]): Promise<boolean> {
  const { rows: known } = await sql<{ readonly count: number }>(runner, `select count(*)::int as count from bulwark.${table} where cluster_id = $1 and node = any($2)`, [clusterId, nodes]);
  const added = nodes.length - (known[0]?.count ?? 0);
  if (added === 0) return true;
  const { rows } = await sql<{ readonly count: number }>(runner, `select count(*)::int as count from bulwark.${table} where cluster_id = $1`, [clusterId]);
  return (rows[0]?.count ?? 0) + added <= MOST_NODES;
}
