import type { NodeBundle, SealedNodeBundle } from '#application/nodes/node-bundle.js';
import type { Slice, Sliced } from '#application/paging.js';
import type { Keeping, NewNodeBundle, NodeEvidenceRepository, NodeStanding } from '#application/ports/node-evidence.js';
import { isUuid } from '#application/uuid-from.js';
import type { LastSeen } from '#nodes/wire/read-bundle.js';
import { NodeBundleEntity } from '../entities/node-bundle.entity.js';
import { sql } from '../sql.js';
import { lockCluster, roomFor } from './node-room.js';
import { nextByNode } from './sized-batch.js';
import { sliced, type TenantScope } from './tenant-rows.js';

/** Bundles of a node whose headers are kept, besides the present one. */
const HISTORY = 19;

const columns = `id, cluster_id as "clusterId", node, sequence, collected_at as "collectedAt", received_at as "receivedAt", collector, is_signed as "isSigned",
  enrolment_key_id as "enrolmentKeyId", uploaded_by as "uploadedBy", digest, size, machine, is_other_machine as "isOtherMachine"`;

const header = `jsonb_build_object('id', n.id, 'sequence', n.sequence, 'collectedAt', n.collected_at, 'receivedAt', n.received_at, 'collector', n.collector, 'isSigned', n.is_signed,
  'enrolmentKeyId', n.enrolment_key_id, 'uploadedBy', n.uploaded_by, 'digest', n.digest, 'size', n.size, 'machine', n.machine, 'isOtherMachine', n.is_other_machine)`;

// One statement decides and writes: of two bundles at once the row has the newer one, whichever came first.
const keepNewer = `insert into bulwark.node_evidence as n
   (tenant_id, cluster_id, node, id, collected_at, collector, is_signed, enrolment_key_id, uploaded_by, digest, nonce, size, machine, sealed)
 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
 on conflict (tenant_id, cluster_id, node) do update set
   id = excluded.id, sequence = n.sequence + 1, collected_at = excluded.collected_at, received_at = now(), collector = excluded.collector,
   is_signed = excluded.is_signed, enrolment_key_id = excluded.enrolment_key_id, uploaded_by = excluded.uploaded_by, digest = excluded.digest,
   nonce = excluded.nonce, size = excluded.size, machine = excluded.machine, is_other_machine = coalesce(n.machine <> excluded.machine, false),
   history = case when n.sealed is null then '[]' else jsonb_path_query_array(jsonb_build_array(${header}) || n.history, '$[0 to ${HISTORY - 1}]') end,
   sealed = excluded.sealed
 where excluded.collected_at > n.collected_at and excluded.nonce <> n.nonce
 returning ${columns}`;

export class NodeEvidenceRows implements NodeEvidenceRepository {
  constructor(private readonly scope: TenantScope) {}

  async lastSeen(clusterId: string, node: string): Promise<LastSeen | undefined> {
    if (!isUuid(clusterId)) return undefined;
    const { rows } = await sql<{ readonly at: Date; readonly nonce: string }>(this.scope.runner, 'select collected_at as at, nonce from bulwark.node_evidence where cluster_id = $1 and node = $2', [clusterId, node]);
    return rows[0] && { collectedAt: rows[0].at.toISOString(), nonce: rows[0].nonce };
  }

  async keep(bundle: NewNodeBundle, sealed: Uint8Array): Promise<Keeping> {
    const { clusterId, node, id, collectedAt, collector, isSigned, enrolmentKeyId, uploadedBy, digest, nonce, size, machine } = bundle;
    if (!(await lockCluster(this.scope, clusterId))) return { state: 'no-cluster' };
    if (!(await roomFor(this.scope, 'node_evidence', clusterId, [node]))) return { state: 'too-many-nodes' };
    const { rows } = await sql<NodeBundle>(this.scope.runner, keepNewer, [
      this.scope.tenantId, clusterId, node, id, collectedAt, collector, isSigned, enrolmentKeyId, uploadedBy, digest, nonce, size, machine, sealed,
    ]);
    if (rows[0]) return { state: 'kept', bundle: rows[0] };
    return { state: (await this.lastSeen(clusterId, node))?.nonce === nonce ? 'already-received' : 'superseded' };
  }

  async list(clusterId: string, { first, after }: Slice<string>): Promise<Sliced<NodeBundle>> {
    if (!isUuid(clusterId)) return { items: [], hasMore: false };
    const query = this.present(clusterId).orderBy('row.node');
    if (after !== undefined) query.andWhere('row.node > :after', { after });
    return sliced(query, first);
  }

  async history(clusterId: string, node: string): Promise<readonly NodeBundle[]> {
    if (!isUuid(clusterId)) return [];
    const row = await this.present(clusterId).addSelect('row.history').andWhere('row.node = :node', { node }).getOne();
    if (!row) return [];
    const { history, ...present } = row;
    // Written by the statement above, from columns of these types.
    const earlier = history as readonly (Omit<NodeBundle, 'clusterId' | 'node' | 'collectedAt' | 'receivedAt'> & { readonly collectedAt: string; readonly receivedAt: string })[];
    return [present, ...earlier.map((one) => ({ ...one, clusterId, node, collectedAt: new Date(one.collectedAt), receivedAt: new Date(one.receivedAt) }))];
  }

  async read(clusterId: string, after: string | undefined): Promise<readonly SealedNodeBundle[]> {
    if (!isUuid(clusterId)) return [];
    const { rows } = await sql<NodeBundle & { readonly sealed: Uint8Array }>(
      this.scope.runner,
      `select ${columns}, sealed from bulwark.node_evidence where ${nextByNode('node_evidence')} order by node`,
      [clusterId, after ?? null],
    );
    return rows.map(({ sealed, ...bundle }) => ({ bundle, sealed }));
  }

  async delete(clusterId: string, node: string, isRetired: boolean): Promise<boolean> {
    if (!isUuid(clusterId)) return false;
    const { affected } = await sql(
      this.scope.runner,
      `update bulwark.node_evidence set sealed = null, history = '[]', standing = case when $3 then null else standing end
       where cluster_id = $1 and node = $2 and (sealed is not null or ($3 and standing = 'machine'))`,
      [clusterId, node, isRetired],
    );
    return affected > 0;
  }

  async knownMachines(clusterId: string): Promise<readonly string[]> {
    if (!isUuid(clusterId)) return [];
    const { rows } = await sql<{ readonly node: string }>(this.scope.runner, `select node from bulwark.node_evidence where cluster_id = $1 and standing = 'machine' order by node`, [clusterId]);
    return rows.map(({ node }) => node);
  }

  /** A machine that was retired while a scan looked at it stays so. */
  async recordStanding(clusterId: string, { nodes, machines }: NodeStanding): Promise<void> {
    if (nodes.length + machines.length === 0) return;
    await sql(
      this.scope.runner,
      `update bulwark.node_evidence set standing = case when node = any($2::text[]) then 'node' else 'machine' end
       where cluster_id = $1 and ((node = any($2::text[]) and standing is distinct from 'node') or (node = any($3::text[]) and standing is null and sealed is not null))`,
      [clusterId, nodes, machines],
    );
  }

  async sweep(time: Date, forgetBefore: Date, limit: number): Promise<number> {
    // By place, and asked again of the row: a bundle may come meanwhile.
    const { affected } = await sql(
      this.scope.runner,
      `update bulwark.node_evidence set sealed = null, history = '[]'
       where ctid = any(array(select ctid from bulwark.node_evidence where received_at < $1 and sealed is not null limit $2)) and received_at < $1`,
      [time, limit],
    );
    const { affected: forgotten } = await sql(
      this.scope.runner,
      `delete from bulwark.node_evidence
       where ctid = any(array(select ctid from bulwark.node_evidence where received_at < $1 and sealed is null and standing is distinct from 'machine' limit $2))
         and received_at < $1 and sealed is null and standing is distinct from 'machine'`,
      [forgetBefore, limit],
    );
    return Math.max(affected, forgotten);
  }

  private present(clusterId: string) {
    return this.scope.manager.createQueryBuilder(NodeBundleEntity, 'row').where('row.clusterId = :clusterId and row.sealed is not null', { clusterId });
  }
}
