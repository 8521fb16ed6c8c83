import type { Organisation } from '#application/organisations/organisation.js';
import type { OrganisationRepository } from '#application/ports/store.js';
import { OrganisationEntity } from '../entities/organisation.entity.js';
import { sql } from '../sql.js';
import type { TenantScope } from './tenant-rows.js';

export class OrganisationRows implements OrganisationRepository {
  constructor(private readonly scope: TenantScope) {}

  async insert({ name, wrappedDataKey }: Pick<Organisation, 'name' | 'wrappedDataKey'>): Promise<Organisation> {
    const { tenantId, runner } = this.scope;
    await sql(runner, 'insert into bulwark.organisations (tenant_id, name, wrapped_data_key) values ($1, $2, $3)', [tenantId, name, wrappedDataKey]);
    await sql(runner, 'insert into bulwark.event_feeds (tenant_id) values ($1)', [tenantId]);
    const stored = await this.get();
    if (!stored) throw new Error('an organisation that was just inserted is not there');
    return stored;
  }

  async get(): Promise<Organisation | undefined> {
    return (await this.scope.manager.findOneBy(OrganisationEntity, { tenantId: this.scope.tenantId })) ?? undefined;
  }

  async lock(): Promise<Organisation | undefined> {
    const { tenantId, manager } = this.scope;
    // The weaker lock: rows of the organisation may still be inserted, whose foreign keys look at this one.
    return (await manager.findOne(OrganisationEntity, { where: { tenantId }, lock: { mode: 'for_no_key_update' } })) ?? undefined;
  }

  async update(change: Partial<Pick<Organisation, 'name' | 'wrappedDataKey'>>): Promise<Organisation | undefined> {
    await this.scope.manager.update(OrganisationEntity, { tenantId: this.scope.tenantId }, change);
    return this.get();
  }
}
