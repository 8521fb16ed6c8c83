import type { BenchmarkRun, ItemFilter, ItemPoint, RegressionFilter, RunItem, RunItemOutcome, StoredRegression } from '#application/benchmarks/benchmark-run.js';
import type { Slice, Sliced, TimeKey } from '#application/paging.js';
import type { BenchmarkRepository } from '#application/ports/store.js';
import { isUuid } from '#application/uuid-from.js';
import { deflate, inflate } from '#operations/deflated-text.js';
import { BenchmarkRunEntity } from '../entities/benchmark-run.entity.js';
import { RegressionEntity } from '../entities/regression.entity.js';
import { json, sql } from '../sql.js';
import { sliced, TenantRows, type TenantScope } from './tenant-rows.js';

/** Columns of an item as `RunItem` calls them. */
const itemColumns = `i.item_id as "itemId", i.position, i.meaning, i.outcome, i.decided_by_machine as "decidedByMachine", i.nodes, i.sentence, i.causes, i.gathered, i.kube_bench as "kubeBench"`;

export class BenchmarkRows extends TenantRows<BenchmarkRunEntity> implements BenchmarkRepository {
  constructor(scope: TenantScope) {
    super(scope, BenchmarkRunEntity);
  }

  async insert(run: Omit<BenchmarkRun, 'tenantId'>, items: readonly RunItem[]): Promise<void> {
    await this.insertRow(run);
    const { runner, tenantId } = this.scope;
    const of = <K extends keyof RunItem>(field: K): readonly RunItem[K][] => items.map((item) => item[field]);
    await sql(
      runner,
      `insert into bulwark.benchmark_items
         (tenant_id, run_id, cluster_id, judged_at, item_id, position, meaning, outcome, decided_by_machine, nodes, sentence, causes, gathered, kube_bench)
       select $1, $2, $3, $4, item_id, position, meaning, outcome, decided_by_machine, nodes::jsonb, sentence, causes::jsonb, gathered::jsonb, kube_bench::jsonb
       from unnest($5::text[], $6::int[], $7::text[], $8::text[], $9::bool[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
         as i (item_id, position, meaning, outcome, decided_by_machine, nodes, sentence, causes, gathered, kube_bench)`,
      [
        tenantId, run.id, run.clusterId, run.judgedAt, of('itemId'), of('position'), of('meaning'), of('outcome'), of('decidedByMachine'),
        of('nodes').map(json), of('sentence'), of('causes').map(json), of('gathered').map(json), of('kubeBench').map(json),
      ],
    );
    const listed = items.filter(({ subjects }) => subjects !== undefined);
    await sql(
      runner,
      `insert into bulwark.benchmark_subjects (tenant_id, run_id, cluster_id, judged_at, item_id, subjects)
       select $1, $2, $3, $4, item_id, subjects::jsonb from unnest($5::text[], $6::text[]) as s (item_id, subjects)`,
      [tenantId, run.id, run.clusterId, run.judgedAt, listed.map(({ itemId }) => itemId), listed.map(({ subjects }) => json(subjects))],
    );
  }

  async latest(clusterIds: readonly string[]): Promise<readonly BenchmarkRun[]> {
    const { rows } = await sql<{ id: string }>(
      this.scope.runner,
      `select r.id from unnest($1::uuid[]) as c (id)
         cross join lateral (select id from bulwark.benchmark_runs where cluster_id = c.id order by judged_at desc, id desc limit 1) r`,
      [clusterIds.filter(isUuid)],
    );
    return this.getMany(rows.map(({ id }) => id));
  }

  async list({ clusterId }: { readonly clusterId?: string }, slice: Slice<TimeKey>): Promise<Sliced<BenchmarkRun>> {
    const query = this.query();
    if (clusterId !== undefined) {
      if (!isUuid(clusterId)) return { items: [], hasMore: false };
      query.andWhere('row.clusterId = :clusterId', { clusterId });
    }
    return this.newestFirst(query, 'judgedAt', slice);
  }

  async items(runId: string, { outcomes, under }: ItemFilter, { first, after }: Slice<number>, subjects?: 'subjects'): Promise<Sliced<RunItem>> {
    if (!isUuid(runId)) return { items: [], hasMore: false };
    const { rows } = await sql<RunItem & { readonly subjects: RunItem['subjects'] | null }>(
      this.scope.runner,
      `select ${itemColumns}${subjects ? ', s.subjects' : ''} from bulwark.benchmark_items i
         ${subjects ? 'left join bulwark.benchmark_subjects s on s.run_id = i.run_id and s.item_id = i.item_id' : ''}
       where i.run_id = $1 and i.position > $2 and ($3::text[] is null or i.outcome = any($3)) and ($4::text is null or i.item_id = $4 or starts_with(i.item_id, $4 || '.'))
       order by i.position limit $5`,
      [runId, after ?? -1, outcomes ?? null, under ?? null, first + 1],
    );
    const found = rows.map(({ subjects: listed, ...item }): RunItem => ({ ...item, ...(listed && { subjects: listed }) }));
    return { items: found.slice(0, first), hasMore: found.length > first };
  }

  async outcomes(runIds: readonly string[]): Promise<readonly RunItemOutcome[]> {
    const { rows } = await sql<RunItemOutcome>(
      this.scope.runner, 'select run_id as "runId", item_id as "itemId", meaning, outcome from bulwark.benchmark_items where run_id = any($1)', [runIds.filter(isUuid)],
    );
    return rows;
  }

  async history(clusterId: string, meaning: string, { first, after }: Slice<TimeKey>): Promise<Sliced<ItemPoint>> {
    if (!isUuid(clusterId)) return { items: [], hasMore: false };
    const { rows } = await sql<ItemPoint>(
      this.scope.runner,
      `select i.run_id as "runId", i.item_id as "itemId", i.outcome, i.nodes, i.sentence, i.judged_at as "judgedAt", r.benchmark
       from bulwark.benchmark_items i join bulwark.benchmark_runs r on r.id = i.run_id
       where i.cluster_id = $1 and i.meaning = $2 and ($3::timestamptz is null or (i.judged_at, i.run_id) < ($3, $4::uuid))
       order by i.judged_at desc, i.run_id desc limit $5`,
      [clusterId, meaning, after?.at ?? null, after?.id ?? null, first + 1],
    );
    return { items: rows.slice(0, first), hasMore: rows.length > first };
  }

  async memory(clusterId: string): Promise<string | undefined> {
    const { rows } = await sql<{ memory: Uint8Array }>(this.scope.runner, 'select memory from bulwark.benchmark_memories where cluster_id = $1', [clusterId]);
    return rows[0] && inflate(rows[0].memory);
  }

  async remember(clusterId: string, memory: string): Promise<void> {
    await sql(
      this.scope.runner,
      `insert into bulwark.benchmark_memories (tenant_id, cluster_id, memory) values ($1, $2, $3)
       on conflict (tenant_id, cluster_id) do update set memory = excluded.memory`,
      [this.scope.tenantId, clusterId, Buffer.from(deflate(memory))],
    );
  }

  async addRegressions(regressions: readonly Omit<StoredRegression, 'tenantId' | 'resolvedRunId' | 'resolvedAt'>[]): Promise<void> {
    if (regressions.length === 0) return;
    const rows = regressions.map((regression) => ({ ...regression, tenantId: this.scope.tenantId }));
    await this.scope.manager.createQueryBuilder().insert().into(RegressionEntity).values(rows.map((row) => ({ ...row, subjects: [...row.subjects] }))).updateEntity(false).execute();
  }

  async regressions(clusterId: string, { isOpen }: RegressionFilter, { first, after }: Slice<TimeKey>): Promise<Sliced<StoredRegression>> {
    if (!isUuid(clusterId)) return { items: [], hasMore: false };
    const query = this.scope.manager.createQueryBuilder(RegressionEntity, 'row').where('row.clusterId = :clusterId', { clusterId });
    if (isOpen !== undefined) query.andWhere(isOpen ? 'row.resolvedAt is null' : 'row.resolvedAt is not null');
    if (after) query.andWhere('(row.at, row.id) < (:afterAt, :afterId)', { afterAt: after.at, afterId: after.id });
    return sliced(query.orderBy('row.at', 'DESC').addOrderBy('row.id', 'DESC'), first);
  }

  async resolveRegressions(ids: readonly string[], { runId, at }: { readonly runId: string; readonly at: Date }): Promise<void> {
    if (ids.length === 0) return;
    await sql(this.scope.runner, 'update bulwark.benchmark_regressions set resolved_run_id = $2, resolved_at = $3 where id = any($1) and resolved_at is null', [ids, runId, at]);
  }

  async sweepSubjects(time: Date, limit: number): Promise<number> {
    const { affected } = await sql(
      this.scope.runner,
      `delete from bulwark.benchmark_subjects where (run_id, item_id) in (
         select s.run_id, s.item_id from bulwark.benchmark_subjects s
         where s.judged_at < $1 and exists (select from bulwark.benchmark_runs r where r.cluster_id = s.cluster_id and r.judged_at > s.judged_at)
         order by s.judged_at limit $2)`,
      [time, limit],
    );
    return affected;
  }
}
