import type { Slice, Sliced, TimeKey } from '#application/paging.js';
import type { EndpointRepository } from '#application/ports/store.js';
import type { Endpoint, EndpointChange, NewEndpoint } from '#application/webhooks/endpoint.js';
import { isUuid } from '#application/uuid-from.js';
import { EndpointEntity } from '../entities/endpoint.entity.js';
import { sql } from '../sql.js';
import { TenantRows, type TenantScope } from './tenant-rows.js';

export class EndpointRows extends TenantRows<EndpointEntity> implements EndpointRepository {
  constructor(scope: TenantScope) {
    super(scope, EndpointEntity);
  }

  insert(endpoint: NewEndpoint): Promise<Endpoint> {
    return this.insertRow(endpoint);
  }

  list(slice: Slice<TimeKey>): Promise<Sliced<Endpoint>> {
    return this.newestFirst(this.query(), 'createdAt', slice);
  }

  enabled(): Promise<readonly Endpoint[]> {
    return this.query().where('row.isEnabled').orderBy('row.id').getMany();
  }

  count(): Promise<number> {
    return this.query().getCount();
  }

  update(id: string, change: EndpointChange): Promise<Endpoint | undefined> {
    return this.updateRow(id, change);
  }

  async track(id: string, { position, failingSince }: Partial<Pick<Endpoint, 'position' | 'failingSince'>>): Promise<void> {
    // By hand, because TypeORM would also move updated_at.
    if (position !== undefined) await sql(this.scope.runner, 'update bulwark.webhook_endpoints set position = $2 where id = $1', [id, position]);
    if (failingSince !== undefined) await sql(this.scope.runner, 'update bulwark.webhook_endpoints set failing_since = $2 where id = $1', [id, failingSince]);
  }

  async delete(id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    await sql(
      this.scope.runner,
      `delete from bulwark.due_work where topic = 'delivery.send' and subject_id in
         (select d.id from bulwark.deliveries d where d.endpoint_id = $1 and d.state = 'pending')`,
      [id],
    );
    return this.deleteRow(id);
  }
}
