import type { ScheduleRepository } from '#application/ports/store.js';
import type { Schedule } from '#application/schedules/schedule.js';
import { isUuid } from '#application/uuid-from.js';
import { ScheduleEntity } from '../entities/schedule.entity.js';
import { sql } from '../sql.js';
import type { TenantScope } from './tenant-rows.js';

export class ScheduleRows implements ScheduleRepository {
  constructor(private readonly scope: TenantScope) {}

  async put({ id, clusterId, cron, timeZone, isEnabled, nextRunAt }: Pick<Schedule, 'id' | 'clusterId' | 'cron' | 'timeZone' | 'isEnabled' | 'nextRunAt'>): Promise<Schedule> {
    await sql(
      this.scope.runner,
      `insert into bulwark.schedules (tenant_id, id, cluster_id, cron, time_zone, is_enabled, next_run_at) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (tenant_id, cluster_id) do update set cron = excluded.cron, time_zone = excluded.time_zone, is_enabled = excluded.is_enabled,
         next_run_at = excluded.next_run_at`,
      [this.scope.tenantId, id, clusterId, cron, timeZone, isEnabled, nextRunAt],
    );
    const stored = await this.get(clusterId);
    if (!stored) throw new Error('a schedule that was just put is not there');
    return stored;
  }

  async get(clusterId: string): Promise<Schedule | undefined> {
    if (!isUuid(clusterId)) return undefined;
    return (await this.scope.manager.findOneBy(ScheduleEntity, { clusterId })) ?? undefined;
  }

  async lock(clusterId: string): Promise<Schedule | undefined> {
    if (!isUuid(clusterId)) return undefined;
    return (await this.scope.manager.findOne(ScheduleEntity, { where: { clusterId }, lock: { mode: 'pessimistic_write' } })) ?? undefined;
  }

  async update(clusterId: string, change: Partial<Pick<Schedule, 'nextRunAt' | 'lastRunAt' | 'missed'>>): Promise<void> {
    await this.scope.manager.update(ScheduleEntity, { clusterId }, change);
  }

  async delete(clusterId: string): Promise<boolean> {
    if (!isUuid(clusterId)) return false;
    return ((await this.scope.manager.delete(ScheduleEntity, { clusterId })).affected ?? 0) > 0;
  }
}
