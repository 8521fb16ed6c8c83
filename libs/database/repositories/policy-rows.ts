import { firstPolicy, type Policy, type PolicyVersion } from '#application/organisations/policy.js';
import type { Slice, Sliced, TimeKey } from '#application/paging.js';
import type { PolicyRepository } from '#application/ports/store.js';
import { PolicyEntity } from '../entities/policy.entity.js';
import { TenantRows, type TenantScope } from './tenant-rows.js';

export class PolicyRows implements PolicyRepository {
  private readonly rows: PolicyTable;

  constructor(scope: TenantScope) {
    this.rows = new PolicyTable(scope);
  }

  async current(): Promise<PolicyVersion> {
    const row = await this.rows.latest();
    return row ? versionOf(row) : firstPolicy;
  }

  async insert({ policy, ...row }: Pick<PolicyVersion, 'id' | 'version' | 'decidedBy'> & { readonly policy: Policy }): Promise<PolicyVersion> {
    return versionOf(await this.rows.insert({ ...row, document: policy }));
  }

  async list(slice: Slice<TimeKey>): Promise<Sliced<PolicyVersion>> {
    const { items, hasMore } = await this.rows.list(slice);
    return { items: items.map(versionOf), hasMore };
  }
}

class PolicyTable extends TenantRows<PolicyEntity> {
  constructor(scope: TenantScope) {
    super(scope, PolicyEntity);
  }

  async latest(): Promise<PolicyEntity | undefined> {
    return (await this.query().orderBy('row.version', 'DESC').limit(1).getOne()) ?? undefined;
  }

  insert(row: Pick<PolicyEntity, 'id' | 'version' | 'decidedBy' | 'document'>): Promise<PolicyEntity> {
    return this.insertRow(row);
  }

  list(slice: Slice<TimeKey>): Promise<Sliced<PolicyEntity>> {
    return this.newestFirst(this.query(), 'createdAt', slice);
  }
}

/** With the fields that have come since it was decided. */
const versionOf = ({ id, version, decidedBy, createdAt, document }: PolicyEntity): PolicyVersion => ({ ...firstPolicy, ...document, id, version, decidedBy, createdAt });
