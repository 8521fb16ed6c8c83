import type { ApiKey } from '#application/api-keys/api-key.js';
import type { Slice, Sliced, TimeKey } from '#application/paging.js';
import type { ApiKeyRepository } from '#application/ports/store.js';
import { ApiKeyEntity } from '../entities/api-key.entity.js';
import { sql } from '../sql.js';
import { TenantRows, type TenantScope } from './tenant-rows.js';

export class ApiKeyRows extends TenantRows<ApiKeyEntity> implements ApiKeyRepository {
  constructor(scope: TenantScope) {
    super(scope, ApiKeyEntity);
  }

  insert(key: Omit<ApiKey, 'tenantId' | 'createdAt' | 'revokedAt' | 'lastUsedAt'>): Promise<ApiKey> {
    return this.insertRow(key);
  }

  list(slice: Slice<TimeKey>): Promise<Sliced<ApiKey>> {
    return this.newestFirst(this.query(), 'createdAt', slice);
  }

  async revoke(id: string): Promise<ApiKey | undefined> {
    const key = await this.lock(id);
    return key?.revokedAt === null ? this.updateRow(id, { revokedAt: new Date() }) : key;
  }

  async markUsed(id: string): Promise<void> {
    await sql(
      this.scope.runner,
      `update bulwark.api_keys set last_used_at = now() where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
      [id],
    );
  }
}
