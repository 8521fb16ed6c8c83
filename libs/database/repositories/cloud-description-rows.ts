import type { StoredCloudDescription, SealedCloudDescription } from '#application/nodes/cloud-description.js';
import type { CloudDescriptionRepository } from '#application/ports/node-evidence.js';
import { isUuid } from '#application/uuid-from.js';
import { CloudDescriptionEntity } from '../entities/cloud-description.entity.js';
import { sql } from '../sql.js';
import { lockCluster } from './node-room.js';
import type { TenantScope } from './tenant-rows.js';

export class CloudDescriptionRows implements CloudDescriptionRepository {
  constructor(private readonly scope: TenantScope) {}

  async keep({ clusterId, id, provider, uploadedBy }: Omit<StoredCloudDescription, 'receivedAt'>, sealed: Uint8Array): Promise<StoredCloudDescription | undefined> {
    if (!(await lockCluster(this.scope, clusterId))) return undefined;
    await sql(
      this.scope.runner,
      `insert into bulwark.cloud_descriptions (tenant_id, cluster_id, id, provider, uploaded_by, sealed) values ($1, $2, $3, $4, $5, $6)
       on conflict (tenant_id, cluster_id) do update set
         id = excluded.id, provider = excluded.provider, received_at = now(), uploaded_by = excluded.uploaded_by, sealed = excluded.sealed`,
      [this.scope.tenantId, clusterId, id, provider, uploadedBy, sealed],
    );
    return (await this.get(clusterId))?.description;
  }

  async get(clusterId: string): Promise<SealedCloudDescription | undefined> {
    if (!isUuid(clusterId)) return undefined;
    const row = await this.scope.manager.findOneBy(CloudDescriptionEntity, { clusterId });
    if (!row) return undefined;
    const { sealed, ...description } = row;
    return { description, sealed };
  }

  async delete(clusterId: string): Promise<boolean> {
    if (!isUuid(clusterId)) return false;
    const { affected } = await sql(this.scope.runner, 'delete from bulwark.cloud_descriptions where cluster_id = $1', [clusterId]);
    return affected > 0;
  }

  async sweep(time: Date, limit: number): Promise<number> {
    const { affected } = await sql(
      this.scope.runner,
      `delete from bulwark.cloud_descriptions where cluster_id in (select cluster_id from bulwark.cloud_descriptions where received_at < $1 limit $2) and received_at < $1`,
      [time, limit],
    );
    return affected;
  }
}
