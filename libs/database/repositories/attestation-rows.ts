import type { NewAttestation, StoredAttestation } from '#application/benchmarks/stored-attestation.js';
import type { Slice, Sliced, TimeKey } from '#application/paging.js';
import type { AttestationRepository } from '#application/ports/store.js';
import { isUuid } from '#application/uuid-from.js';
import { AttestationEntity } from '../entities/attestation.entity.js';
import { sql } from '../sql.js';
import { TenantRows, type TenantScope } from './tenant-rows.js';

export class AttestationRows extends TenantRows<AttestationEntity> implements AttestationRepository {
  constructor(scope: TenantScope) {
    super(scope, AttestationEntity);
  }

  insert(attestation: NewAttestation): Promise<StoredAttestation> {
    return this.insertRow(attestation);
  }

  async list({ clusterId, meaning }: { readonly clusterId?: string; readonly meaning?: string }, slice: Slice<TimeKey>): Promise<Sliced<StoredAttestation>> {
    const query = this.query();
    if (clusterId !== undefined) {
      if (!isUuid(clusterId)) return { items: [], hasMore: false };
      query.andWhere('row.clusterId = :clusterId', { clusterId });
    }
    if (meaning !== undefined) query.andWhere('row.meaning = :meaning', { meaning });
    return this.newestFirst(query, 'createdAt', slice);
  }

  async standing(clusterIds: readonly string[]): Promise<readonly StoredAttestation[]> {
    const known = clusterIds.filter(isUuid);
    if (known.length === 0) return [];
    return this.query()
      .distinctOn(['row.clusterId', 'row.meaning'])
      .where('row.clusterId = any(:ids) and row.revokedAt is null', { ids: known })
      .orderBy('row.clusterId').addOrderBy('row.meaning').addOrderBy('row.createdAt', 'DESC').addOrderBy('row.id', 'DESC')
      .getMany();
  }

  async revoke(id: string, { by, reason, at }: { readonly by: string; readonly reason: string | null; readonly at: Date }): Promise<StoredAttestation | undefined> {
    if (!isUuid(id)) return undefined;
    await sql(this.scope.runner, 'update bulwark.attestations set revoked_at = $2, revoked_by = $3, revoke_reason = $4 where id = $1 and revoked_at is null', [id, at, by, reason]);
    return this.get(id);
  }
}
