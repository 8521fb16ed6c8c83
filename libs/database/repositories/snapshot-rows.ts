import type { SnapshotRepository } from '#application/ports/store.js';
import type { Snapshot } from '#application/snapshots/snapshot.js';
import { SnapshotEntity } from '../entities/snapshot.entity.js';
import { byteaArray } from '../binary-arrays.js';
import { sql } from '../sql.js';
import { TenantRows, type TenantScope } from './tenant-rows.js';

export class SnapshotRows extends TenantRows<SnapshotEntity> implements SnapshotRepository {
  constructor(scope: TenantScope) {
    super(scope, SnapshotEntity);
  }

  async insert(snapshot: Pick<Snapshot, 'id' | 'clusterId' | 'complete' | 'contentEncoding' | 'format'>): Promise<void> {
    await this.insertRow(snapshot);
  }

  async addChunks(id: string, position: number, chunks: readonly Uint8Array[]): Promise<void> {
    await sql(
      this.scope.runner,
      `insert into bulwark.snapshot_chunks (tenant_id, snapshot_id, position, bytes)
       select $1, $2, $3 + ordinality - 1, bytes from unnest($4::bytea[]) with ordinality as chunk (bytes, ordinality)`,
      [this.scope.tenantId, id, position, byteaArray(chunks)],
    );
  }

  async chunks(id: string, position: number, count: number): Promise<readonly Uint8Array[]> {
    const { rows } = await sql<{ bytes: Uint8Array }>(
      this.scope.runner,
      'select bytes from bulwark.snapshot_chunks where snapshot_id = $1 and position >= $2 order by position limit $3',
      [id, position, count],
    );
    return rows.map(({ bytes }) => bytes);
  }

  countUnfinished(time: Date): Promise<number> {
    return this.query().where('row.uploadedAt is null and row.createdAt > :time', { time }).getCount();
  }

  async complete(id: string, bytes: number): Promise<boolean> {
    return (await this.updateRow(id, { bytes, uploadedAt: new Date() })) !== undefined;
  }

  async delete(id: string): Promise<void> {
    await this.deleteRow(id);
  }

  async sweep(abandonedBefore: Date, limit: number): Promise<number> {
    const { affected } = await sql(
      this.scope.runner,
      `delete from bulwark.snapshots where id in (
         select s.id from bulwark.snapshots s
         where (s.uploaded_at is null and s.created_at < $1)
            or (s.uploaded_at is not null and not exists (
                  select from bulwark.scans c where c.cluster_id = s.cluster_id and c.snapshot_id = s.id and c.state in ('queued', 'running')))
         limit $2)`,
      [abandonedBefore, limit],
    );
    return affected;
  }
}
