import type { StoredEnrolmentKey } from '#application/nodes/enrolment-key.js';
import type { Slice, Sliced, TimeKey } from '#application/paging.js';
import type { EnrolmentKeyRepository } from '#application/ports/node-evidence.js';
import { isUuid } from '#application/uuid-from.js';
import { EnrolmentKeyEntity } from '../entities/enrolment-key.entity.js';
import { sql } from '../sql.js';
import { TenantRows, type TenantScope } from './tenant-rows.js';

const isWorking = 'row.revokedAt is null and (row.expiresAt is null or row.expiresAt > now())';

export class EnrolmentKeyRows extends TenantRows<EnrolmentKeyEntity> implements EnrolmentKeyRepository {
  constructor(scope: TenantScope) {
    super(scope, EnrolmentKeyEntity);
  }

  insert(key: Pick<StoredEnrolmentKey, 'id' | 'clusterId' | 'lookupId' | 'name' | 'prefix' | 'createdBy' | 'expiresAt'>, sealed: Uint8Array): Promise<StoredEnrolmentKey> {
    return this.insertRow({ ...key, sealed });
  }

  async list(clusterId: string, slice: Slice<TimeKey>): Promise<Sliced<StoredEnrolmentKey>> {
    return this.newestFirst(this.query().where('row.clusterId = :clusterId', { clusterId }), 'createdAt', slice);
  }

  countWorking(clusterId: string): Promise<number> {
    return this.query().where(`row.clusterId = :clusterId and ${isWorking}`, { clusterId }).getCount();
  }

  async revoke(id: string, by: string): Promise<StoredEnrolmentKey | undefined> {
    const key = await this.lock(id);
    return key?.revokedAt === null ? this.updateRow(id, { revokedAt: new Date(), revokedBy: by }) : key;
  }

  async working(clusterId: string, lookupId: string): Promise<{ readonly key: StoredEnrolmentKey; readonly sealed: Uint8Array } | undefined> {
    if (!isUuid(clusterId)) return undefined;
    const found = await this.query().addSelect('row.sealed').where(`row.clusterId = :clusterId and row.lookupId = :lookupId and ${isWorking}`, { clusterId, lookupId }).getOne();
    return found ? { key: found, sealed: found.sealed } : undefined;
  }

  async markUsed(id: string): Promise<void> {
    await sql(
      this.scope.runner,
      `update bulwark.enrolment_keys set last_used_at = now() where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
      [id],
    );
  }
}
