import type { ScheduleRepository } from '#application/ports/store.js';
import type { Schedule, ScheduleKind } from '#application/schedules/schedule.js';
import { isUuid } from '#application/uuid-from.js';
import { ScheduleEntity } from '../entities/schedule.entity.js';
import { sql } from '../sql.js';
import { TenantRows, type TenantScope } from './tenant-rows.js';

export class ScheduleRows extends TenantRows<ScheduleEntity> implements ScheduleRepository {
  constructor(scope: TenantScope) {
    super(scope, ScheduleEntity);
  }

  async put({ id, clusterId, kind, cron, timeZone, isEnabled, nextRunAt }: Pick<Schedule, 'id' | 'clusterId' | 'kind' | 'cron' | 'timeZone' | 'isEnabled' | 'nextRunAt'>): Promise<Schedule> {
    await sql(
      this.scope.runner,
      `insert into bulwark.schedules (tenant_id, id, cluster_id, kind, cron, time_zone, is_enabled, next_run_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (tenant_id, cluster_id, kind) do update set cron = excluded.cron, time_zone = excluded.time_zone, is_enabled = excluded.is_enabled,
         next_run_at = excluded.next_run_at`,
      [this.scope.tenantId, id, clusterId, kind, cron, timeZone, isEnabled, nextRunAt],
    );
    const stored = await this.ofKind(clusterId, kind);
    if (!stored) throw new Error('a schedule that was just put is not there');
    return stored;
  }

  async ofKind(clusterId: string, kind: ScheduleKind): Promise<Schedule | undefined> {
    if (!isUuid(clusterId)) return undefined;
    return (await this.scope.manager.findOneBy(ScheduleEntity, { clusterId, kind })) ?? undefined;
  }

  async ofCluster(clusterId: string): Promise<readonly Schedule[]> {
    if (!isUuid(clusterId)) return [];
    return this.scope.manager.find(ScheduleEntity, { where: { clusterId }, order: { kind: 'ASC' } });
  }

  async lockByTick(subjectId: string): Promise<Schedule | undefined> {
    if (!isUuid(subjectId)) return undefined;
    return (await this.scope.manager.findOne(ScheduleEntity, { where: [{ clusterId: subjectId, kind: 'posture' }, { id: subjectId }], lock: { mode: 'pessimistic_write' } })) ?? undefined;
  }

  async update(id: string, change: Partial<Pick<Schedule, 'nextRunAt' | 'lastRunAt' | 'missed'>>): Promise<void> {
    await this.updateRow(id, change);
  }

  delete(id: string): Promise<boolean> {
    return this.deleteRow(id);
  }
}
