import type { EvidenceRepository } from '#application/ports/store.js';
import type { EvidencePart, SealedPiece } from '#application/scans/evidence.js';
import { isUuid } from '#application/uuid-from.js';
import type { PieceSort } from '#inventory/evidence/piece.js';
import { sql } from '../sql.js';
import type { TenantScope } from './tenant-rows.js';

/** Pieces a statement: some megabytes. */
const BATCH = 100;

export class EvidenceRows implements EvidenceRepository {
  constructor(private readonly scope: TenantScope) {}

  async digests(clusterId: string): Promise<readonly string[]> {
    const { rows } = await sql<{ digest: string }>(this.scope.runner, 'select digest from bulwark.evidence_pieces where cluster_id = $1', [clusterId]);
    return rows.map(({ digest }) => digest);
  }

  async keep({ clusterId, scanId }: { readonly clusterId: string; readonly scanId: string }, parts: readonly EvidencePart[], fresh: readonly SealedPiece[]): Promise<void> {
    for (let i = 0; i < fresh.length; i += BATCH) {
      const batch = fresh.slice(i, i + BATCH);
      // As one value, which goes as it is: in an array each would be written as text, of twice the length, in memory that is slow to come back.
      const lengths = batch.map(({ sealed }) => sealed.byteLength);
      await sql(
        this.scope.runner,
        `insert into bulwark.evidence_pieces (tenant_id, cluster_id, digest, sealed)
         select $1, $2, digest, substring($4::bytea from (sum(length) over (order by ordinality) - length + 1)::int for length)
         from unnest($3::uuid[], $5::int[]) with ordinality as piece (digest, length, ordinality) on conflict do nothing`,
        [this.scope.tenantId, clusterId, batch.map(({ digest }) => digest), Buffer.concat(batch.map(({ sealed }) => sealed)), lengths],
      );
    }
    await sql(
      this.scope.runner,
      'insert into bulwark.scan_evidence (tenant_id, scan_id, cluster_id, sorts, items, digests) values ($1, $2, $3, $4, $5, $6)',
      [this.scope.tenantId, scanId, clusterId, parts.map(({ sort }) => sort), parts.map(({ items }) => items), parts.map(({ digest }) => digest)],
    );
  }

  async parts(scanId: string): Promise<readonly EvidencePart[] | undefined> {
    if (!isUuid(scanId)) return undefined;
    const { rows } = await sql<{ sorts: readonly PieceSort[]; items: readonly number[]; digests: readonly string[] }>(
      this.scope.runner,
      'select sorts, items, digests::text[] as digests from bulwark.scan_evidence where scan_id = $1',
      [scanId],
    );
    const row = rows[0];
    return row?.sorts.map((sort, i) => ({ sort, items: row.items[i]!, digest: row.digests[i]! }));
  }

  async pieces(clusterId: string, digests: readonly string[]): Promise<readonly SealedPiece[]> {
    const { rows } = await sql<SealedPiece>(this.scope.runner, 'select digest, sealed from bulwark.evidence_pieces where cluster_id = $1 and digest = any($2::uuid[])', [clusterId, digests]);
    return rows;
  }

  async latest(clusterId: string): Promise<string | undefined> {
    if (!isUuid(clusterId)) return undefined;
    const { rows } = await sql<{ scan_id: string }>(this.scope.runner, 'select scan_id from bulwark.scan_evidence where cluster_id = $1 order by created_at desc limit 1', [clusterId]);
    return rows[0]?.scan_id;
  }

  async sweep(time: Date): Promise<boolean> {
    // One cluster a transaction, locked: a scan that begins waits, and then sees what is left.
    const { rows } = await sql<{ id: string }>(
      this.scope.runner,
      `select c.id from bulwark.clusters c where c.id = (
         select e.cluster_id from bulwark.scan_evidence e
         where e.created_at < $1
           and exists (select from bulwark.scan_evidence n where n.cluster_id = e.cluster_id and n.created_at > e.created_at)
           and not exists (select from bulwark.scans s where s.cluster_id = e.cluster_id and s.state in ('queued', 'running'))
         order by e.created_at limit 1)
       for no key update`,
      [time],
    );
    const clusterId = rows[0]?.id;
    if (clusterId === undefined) return false;
    // It may have begun while we waited for the lock.
    const { rows: active } = await sql(this.scope.runner, `select from bulwark.scans where cluster_id = $1 and state in ('queued', 'running')`, [clusterId]);
    if (active.length > 0) return false;
    await sql(
      this.scope.runner,
      `delete from bulwark.scan_evidence e where cluster_id = $1 and created_at < $2
         and exists (select from bulwark.scan_evidence n where n.cluster_id = e.cluster_id and n.created_at > e.created_at)`,
      [clusterId, time],
    );
    await sql(
      this.scope.runner,
      `delete from bulwark.evidence_pieces where cluster_id = $1
         and not (digest = any(array(select distinct unnest(digests) from bulwark.scan_evidence where cluster_id = $1)))`,
      [clusterId],
    );
    return true;
  }
}
