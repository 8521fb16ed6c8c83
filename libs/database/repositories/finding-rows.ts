import { severityRank, type Finding, type FindingFilter, type FindingKey, type FindingOrder } from '#application/findings/finding.js';
import type { Slice, Sliced } from '#application/paging.js';
import type { FindingContext, FindingRepository } from '#application/ports/store.js';
import type { BySeverity } from '#application/scans/scan.js';
import { isUuid, uuidFrom } from '#application/uuid-from.js';
import { layerOf, severities, type Control, type Severity } from '#controls/engine/control.js';
import type { FoundFailure } from '#findings/found-failure.js';
import type { KnownFinding } from '#findings/known-finding.js';
import type { FailingTransition, FindingTransition } from '#findings/reconcile.js';
import { FindingEntity } from '../entities/finding.entity.js';
import { batches, inTurn, sql } from '../sql.js';
import { BulkColumns, type Cell } from '../binary-arrays.js';
import { TenantRows, type TenantScope } from './tenant-rows.js';

const insertion = `insert into bulwark.findings as f
   (tenant_id, id, cluster_id, key, control_id, layer, severity, state, transition, sequence, resource_group, kind, namespace, name, part,
    message, detail, patch, basis, digest, risk, surroundings, is_baseline, first_seen_at, changed_at, opened_scan_id, last_scan_id)
 select $1, id::uuid, $2, key, control_id, layer, severity, 'open', transition, sequence::int, resource_group, kind, namespace, name, part,
    message, detail::jsonb, patch::jsonb, basis, digest, risk::int, surroundings, $3, $4, $4, $5, $5
 from unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
             $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::text[])
   as c (id, key, control_id, layer, severity, transition, sequence, resource_group, kind, namespace, name, part, message, detail, patch, basis, digest, risk, surroundings)`;

const insertFailing = `${insertion} on conflict (tenant_id, id) do update set
   severity = excluded.severity, state = 'open', transition = excluded.transition, sequence = excluded.sequence,
   message = excluded.message, detail = excluded.detail, patch = excluded.patch, basis = excluded.basis, digest = excluded.digest,
   risk = excluded.risk, surroundings = excluded.surroundings,
   is_baseline = excluded.is_baseline, changed_at = excluded.changed_at, resolved_at = null, last_scan_id = excluded.last_scan_id`;

const rewriteOpen = `update bulwark.findings f set severity = c.severity, message = c.message, detail = c.detail::jsonb, patch = c.patch::jsonb,
   basis = c.basis, digest = c.digest, risk = c.risk::int, surroundings = c.surroundings, changed_at = $1, last_scan_id = $2
 from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
   as c (id, severity, message, detail, patch, basis, digest, risk, surroundings)
 where f.id = c.id::uuid and f.state = 'open'`;

/** A risk that no finding has. */
const ABOVE_ALL = 101;
const NIL = '00000000-0000-0000-0000-000000000000';

const turnOf = (clusterId: string): string => `findings of ${clusterId}`;

const isFailing = (change: FindingTransition): change is FailingTransition => change.failure !== undefined;

export class FindingRows extends TenantRows<FindingEntity> implements FindingRepository {
  private readonly inserted = new BulkColumns();
  private readonly rewritten = new BulkColumns();

  constructor(scope: TenantScope) {
    super(scope, FindingEntity);
  }

  /** A list within each state and severity, which one index orders, and of those the first. */
  async list(filter: FindingFilter, { first, after }: Slice<FindingKey>, order: FindingOrder = 'risk'): Promise<Sliced<Finding>> {
    if (filter.clusterId !== undefined && !isUuid(filter.clusterId)) return { items: [], hasMore: false };
    const isListed = (rank: number): boolean =>
      (filter.minSeverity === undefined || rank >= severityRank[filter.minSeverity]) && (order === 'risk' || after === undefined || rank <= after.severityRank);
    const ranks = Object.values(severityRank).filter(isListed);
    const isBegun = (rank: number): boolean => after !== undefined && (order === 'risk' || rank === after.severityRank);
    const place = after ?? { risk: ABOVE_ALL, at: new Date(0), id: NIL };
    const states = filter.state === undefined ? ['open', 'resolved'] : [filter.state];
    const parameters: unknown[] = [states, ranks, ranks.map((rank) => (isBegun(rank) ? place.risk : ABOVE_ALL)), place.at, place.id, first + 1];
    const conditions: string[] = [];
    const where = (condition: (place: string) => string, value: unknown): void => {
      conditions.push(condition(`$${parameters.push(value)}`));
    };
    if (filter.clusterId !== undefined) where((id) => `cluster_id = ${id}::uuid`, filter.clusterId);
    if (filter.layer !== undefined) where((layer) => `layer = ${layer}`, filter.layer);
    if (filter.controlId !== undefined) where((id) => `control_id = ${id}`, filter.controlId);
    if (filter.namespace !== undefined) where((namespace) => `namespace = ${namespace}`, filter.namespace);
    if (filter.kind !== undefined) where((kind) => `kind = ${kind}`, filter.kind);
    if (filter.part !== undefined) where((part) => `(part = ${part} or right(part, length(${part}) + 1) = '/' || ${part})`, filter.part);
    if (filter.search !== undefined) where((search) => `name ilike ${search}`, `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`);
    if (filter.minRisk !== undefined) where((risk) => `risk >= ${risk}`, filter.minRisk);
    const by = 'risk desc, changed_at desc, id desc';
    const { rows } = await sql<{ id: string }>(
      this.scope.runner,
      `select row.id from unnest($1::text[]) as s (state) cross join unnest($2::int[], $3::int[]) as r (rank, below) cross join lateral (
         select id, severity_rank, risk, changed_at from bulwark.findings
         where ${['state = s.state', 'severity_rank = r.rank', '(risk, changed_at, id) < (r.below, $4::timestamptz, $5::uuid)', ...conditions].join(' and ')}
         order by ${by} limit $6
       ) as row order by ${order === 'risk' ? by : `severity_rank desc, ${by}`} limit $6`,
      parameters,
    );
    const found = new Map((await this.getMany(rows.map(({ id }) => id))).map((finding) => [finding.id, finding]));
    const items = rows.slice(0, first).flatMap(({ id }) => found.get(id) ?? []);
    return { items, hasMore: rows.length > first };
  }

  async known(clusterId: string, controlIds: readonly string[]): Promise<readonly KnownFinding[]> {
    const { rows } = await sql<KnownFinding>(
      this.scope.runner,
      'select key, control_id as "controlId", state, sequence, severity, digest from bulwark.findings where cluster_id = $1 and control_id = any($2)',
      [clusterId, controlIds],
    );
    return rows;
  }

  async takeTurn(clusterId: string): Promise<void> {
    await sql(this.scope.runner, 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [turnOf(clusterId)]);
  }

  async tryTurn(clusterId: string): Promise<boolean> {
    const { rows } = await sql<{ taken: boolean }>(this.scope.runner, 'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as taken', [turnOf(clusterId)]);
    return rows[0]?.taken === true;
  }

  async hasAny(clusterId: string): Promise<boolean> {
    const { rows } = await sql<{ any: boolean }>(this.scope.runner, 'select exists (select from bulwark.findings where cluster_id = $1) as any', [clusterId]);
    return rows[0]?.any === true;
  }

  insert(context: FindingContext, transitions: Iterable<FailingTransition>): Promise<void> {
    return this.insertWith(insertion, context, transitions);
  }

  async apply(context: FindingContext, transitions: Iterable<FindingTransition>, rewrites: Iterable<FoundFailure>): Promise<readonly Finding[]> {
    const resolved: FindingTransition[] = [];
    const failing = function* (): Generator<FailingTransition> {
      for (const change of transitions) {
        if (isFailing(change)) yield change;
        else resolved.push(change);
      }
    };
    await this.insertWith(insertFailing, context, failing());
    await inTurn(this.rewritten.batches(rewrites, (failure) => this.rewriteCells(context, failure)), ({ columns }) => sql(this.scope.runner, rewriteOpen, [context.at, context.scanId, ...columns]));
    const closed: Finding[] = [];
    for (const batch of batches(resolved)) closed.push(...(await this.resolve(context, batch)));
    return closed;
  }

  async countOpen(clusterId: string): Promise<BySeverity> {
    const { rows } = await sql<{ severity: Severity; count: number }>(
      this.scope.runner,
      `select severity, count(*)::int as count from bulwark.findings where cluster_id = $1 and state = 'open' group by severity`,
      [clusterId],
    );
    const count = (severity: Severity): number => rows.find((row) => row.severity === severity)?.count ?? 0;
    return Object.fromEntries(severities.map((severity) => [severity, count(severity)])) as Record<Severity, number>;
  }

  private insertWith(statement: string, context: FindingContext, transitions: Iterable<FailingTransition>): Promise<void> {
    const rows = this.inserted.batches(transitions, (change) => this.cells(context, change));
    return inTurn(rows, ({ columns }) => sql(this.scope.runner, statement, [this.scope.tenantId, context.clusterId, context.isBaseline, context.at, context.scanId, ...columns]));
  }

  private findingId({ clusterId }: FindingContext, key: string): string {
    return uuidFrom('finding', this.scope.tenantId, clusterId, key);
  }

  private cells(context: FindingContext, { key, controlId, severity, transition, sequence, digest, failure }: FailingTransition): readonly Cell[] {
    const { resource, part, message, detail, patch, basis, risk, surroundings } = failure;
    return [
      this.findingId(context, key), key, controlId, layerOf({ id: controlId as Control['id'] }), severity, transition, `${sequence}`, resource.group, resource.kind, resource.namespace, resource.name, part,
      message, detail, patch, basis, digest, `${risk}`, surroundings,
    ];
  }

  private rewriteCells(context: FindingContext, { key, severity, message, detail, patch, basis, digest, risk, surroundings }: FoundFailure): readonly Cell[] {
    return [this.findingId(context, key), severity, message, detail, patch, basis, digest, `${risk}`, surroundings];
  }

  private async resolve(context: FindingContext, changes: readonly FindingTransition[]): Promise<readonly Finding[]> {
    const ids = changes.map(({ key }) => this.findingId(context, key));
    await sql(
      this.scope.runner,
      `update bulwark.findings f set state = 'resolved', transition = 'resolved', sequence = c.sequence, changed_at = $1, resolved_at = $1, last_scan_id = $2
       from unnest($3::uuid[], $4::int[]) as c (id, sequence) where f.id = c.id and f.state = 'open'`,
      [context.at, context.scanId, ids, changes.map(({ sequence }) => sequence)],
    );
    return this.getMany(ids);
  }
}
