import type { EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral, QueryRunner, SelectQueryBuilder } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { isUuid } from '#application/uuid-from.js';
import type { Slice, Sliced, TimeKey } from '#application/paging.js';

/** One organisation's open transaction. */
export interface TenantScope {
  readonly tenantId: string;
  readonly manager: EntityManager;
  readonly runner: QueryRunner;
}

/** What the tables have in common. No method names the tenant in a condition: row-level security does. */
export class TenantRows<E extends ObjectLiteral & { readonly id: string; readonly tenantId: string }> {
  constructor(
    protected readonly scope: TenantScope,
    private readonly entity: EntityTarget<E>,
  ) {}

  async get(id: string): Promise<E | undefined> {
    if (!isUuid(id)) return undefined;
    return (await this.scope.manager.findOneBy(this.entity, byId<E>(id))) ?? undefined;
  }

  async getMany(ids: readonly string[]): Promise<readonly E[]> {
    const known = ids.filter(isUuid);
    if (known.length === 0) return [];
    return this.query().where('row.id = any(:ids)', { ids: known }).getMany();
  }

  /** The weaker lock: rows may still be inserted whose foreign keys look at this one. */
  async lock(id: string): Promise<E | undefined> {
    if (!isUuid(id)) return undefined;
    return (await this.scope.manager.findOne(this.entity, { where: byId<E>(id), lock: { mode: 'for_no_key_update' } })) ?? undefined;
  }

  protected async insertRow(values: Partial<E>): Promise<E> {
    const row = { ...values, tenantId: this.scope.tenantId } as QueryDeepPartialEntity<E> & { readonly id: string };
    await this.scope.manager.createQueryBuilder().insert().into(this.entity).values(row).updateEntity(false).execute();
    const stored = await this.get(row.id);
    if (!stored) throw new Error('a row that was just inserted is not there');
    return stored;
  }

  /** `always`: columns that change with any other, and the SQL of their values. */
  protected async updateRow(id: string, change: Partial<E>, always: { readonly [K in keyof E]?: string } = {}): Promise<E | undefined> {
    if (!isUuid(id)) return undefined;
    if (Object.values(change).some((value) => value !== undefined)) {
      const expressions = Object.fromEntries(Object.entries(always).map(([column, text]) => [column, () => text as string]));
      await this.scope.manager.update(this.entity, byId<E>(id), { ...change, ...expressions });
    }
    return this.get(id);
  }

  protected async deleteRow(id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    return ((await this.scope.manager.delete(this.entity, byId<E>(id))).affected ?? 0) > 0;
  }

  protected query(): SelectQueryBuilder<E> {
    return this.scope.manager.createQueryBuilder(this.entity, 'row');
  }

  /** Newest first. */
  protected newestFirst(query: SelectQueryBuilder<E>, time: keyof E & string, { first, after }: Slice<TimeKey>): Promise<Sliced<E>> {
    if (after) query.andWhere(`(row.${time}, row.id) < (:afterAt, :afterId)`, { afterAt: after.at, afterId: after.id });
    return sliced(query.orderBy(`row.${time}`, 'DESC').addOrderBy('row.id', 'DESC'), first);
  }
}

/** The query's first rows, and whether there are more: one row is read beyond. */
export async function sliced<E extends ObjectLiteral>(query: SelectQueryBuilder<E>, first: number): Promise<Sliced<E>> {
  const rows = await query.limit(first + 1).getMany();
  return { items: rows.slice(0, first), hasMore: rows.length > first };
}

const byId = <E extends { readonly id: string }>(id: string): FindOptionsWhere<E> => ({ id }) as FindOptionsWhere<E>;
