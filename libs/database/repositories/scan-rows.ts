import type { Slice, Sliced, TimeKey } from '#application/paging.js';
import type { ScanProgress } from '#application/ports/cluster-collector.js';
import type { ScanRepository } from '#application/ports/store.js';
import type { ControlOutcome, ControlResult, Scan, ScanState } from '#application/scans/scan.js';
import { isUuid } from '#application/uuid-from.js';
import type { FoundEvaluation } from '#findings/found-failure.js';
import { ControlResultEntity } from '../entities/control-result.entity.js';
import { ScanEntity } from '../entities/scan.entity.js';
import { json, sql } from '../sql.js';
import { TenantRows, type TenantScope } from './tenant-rows.js';

export class ScanRows extends TenantRows<ScanEntity> implements ScanRepository {
  constructor(scope: TenantScope) {
    super(scope, ScanEntity);
  }

  insert(scan: Pick<Scan, 'id' | 'clusterId' | 'kind' | 'snapshotId' | 'requestedBy'> & Partial<Pick<Scan, 'sourceScanId' | 'withBenchmark'>>): Promise<Scan> {
    return this.insertRow(scan);
  }

  async silentMs(id: string): Promise<number | undefined> {
    const { rows } = await sql<{ ms: number | null }>(
      this.scope.runner,
      'select (extract(epoch from clock_timestamp() - heartbeat_at) * 1000)::float8 as ms from bulwark.scans where id = $1',
      [id],
    );
    return rows[0]?.ms ?? undefined;
  }

  async active(clusterId: string): Promise<Scan | undefined> {
    return (await this.query().where(`row.clusterId = :clusterId and row.state in ('queued', 'running')`, { clusterId }).getOne()) ?? undefined;
  }

  async list({ clusterId, state }: { readonly clusterId?: string; readonly state?: ScanState }, slice: Slice<TimeKey>): Promise<Sliced<Scan>> {
    const query = this.query();
    if (clusterId !== undefined) {
      if (!isUuid(clusterId)) return { items: [], hasMore: false };
      query.andWhere('row.clusterId = :clusterId', { clusterId });
    }
    if (state !== undefined) query.andWhere('row.state = :state', { state });
    return this.newestFirst(query, 'requestedAt', slice);
  }

  async update(id: string, change: Partial<Omit<Scan, 'id' | 'tenantId' | 'clusterId' | 'kind' | 'requestedBy' | 'requestedAt'>>): Promise<void> {
    await this.updateRow(id, change);
  }

  async heartbeat(id: string, generation: number, progress: ScanProgress | undefined): Promise<{ readonly cancelRequested: boolean } | undefined> {
    const { rows } = await sql<{ cancel_requested: boolean }>(
      this.scope.runner,
      `update bulwark.scans set heartbeat_at = now(), progress = coalesce($3::jsonb, progress)
       where id = $1 and generation = $2 and state = 'running' returning cancel_requested`,
      [id, generation, json(progress)],
    );
    return rows[0] && { cancelRequested: rows[0].cancel_requested };
  }

  async insertResults(scanId: string, evaluations: readonly FoundEvaluation[]): Promise<void> {
    const of = <K extends keyof FoundEvaluation>(field: K): readonly FoundEvaluation[K][] => evaluations.map((evaluation) => evaluation[field]);
    await sql(
      this.scope.runner,
      `insert into bulwark.control_results
         (tenant_id, scan_id, control_id, outcome, complete, passed, failed, unknown, not_applicable, parts, unknowns, not_applicables, error)
       select $1, $2, control_id, outcome, complete, passed, failed, unknown, not_applicable, parts::jsonb, unknowns::jsonb, not_applicables::jsonb, error
       from unnest($3::text[], $4::text[], $5::bool[], $6::int[], $7::int[], $8::int[], $9::int[], $10::text[], $11::text[], $12::text[], $13::text[])
         as e (control_id, outcome, complete, passed, failed, unknown, not_applicable, parts, unknowns, not_applicables, error)`,
      [
        this.scope.tenantId, scanId, of('controlId'), of('outcome'), of('complete'), of('passed'), of('failed'), of('unknown'), of('notApplicable'),
        evaluations.map(({ parts = {} }) => json(parts)), of('unknowns').map(json), of('notApplicables').map(json), evaluations.map(({ error }) => error ?? null),
      ],
    );
  }

  async outcomes(scanIds: readonly string[], controlIds: readonly string[]): Promise<readonly ControlOutcome[]> {
    const { rows } = await sql<ControlOutcome>(
      this.scope.runner,
      `select scan_id as "scanId", control_id as "controlId", outcome, passed, failed, unknown, not_applicable as "notApplicable", parts
       from bulwark.control_results where scan_id = any($1) and control_id = any($2)`,
      [scanIds.filter(isUuid), controlIds],
    );
    return rows;
  }

  async results(scanId: string): Promise<readonly ControlResult[]> {
    if (!isUuid(scanId)) return [];
    return this.scope.manager.find(ControlResultEntity, { where: { scanId }, order: { controlId: 'ASC' } });
  }
}
