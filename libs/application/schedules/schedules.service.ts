import { randomUUID } from 'node:crypto';
import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import { noConnection } from '../clusters/no-connection.js';
import type { Store } from '../ports/store.js';
import { cronTimes } from './cron.js';
import type { Schedule } from './schedule.js';

export interface PutSchedule {
  /** Five fields. */
  readonly cron: string;
  /** IANA name; UTC where not given. */
  readonly timeZone?: string;
  readonly isEnabled?: boolean;
}

/** The one schedule that a cluster may have. */
export class SchedulesService {
  constructor(private readonly store: Store) {}

  async put(caller: Caller, clusterId: string, { cron, timeZone = 'UTC', isEnabled = true }: PutSchedule): Promise<Schedule> {
    caller.may('scans:write');
    const nextRunAt = cronTimes(cron, timeZone).after(new Date()) ?? null;
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const cluster = await tx.clusters.lock(clusterId);
      if (!cluster) throw notFound('cluster');
      if (!cluster.hasConnection) throw noConnection();
      const schedule = await tx.schedules.put({ id: randomUUID(), clusterId, cron, timeZone, isEnabled, nextRunAt: isEnabled ? nextRunAt : null });
      await tx.dueWork.complete('schedule.tick', clusterId);
      if (isEnabled && nextRunAt) await tx.dueWork.schedule([{ topic: 'schedule.tick', subjectId: clusterId, dueAt: nextRunAt }]);
      return schedule;
    });
  }

  async get(caller: Caller, clusterId: string): Promise<Schedule> {
    caller.may('scans:read');
    const schedule = await this.store.inTenant(caller.tenantId, (tx) => tx.schedules.get(clusterId));
    if (!schedule) throw notFound('schedule');
    return schedule;
  }

  async delete(caller: Caller, clusterId: string): Promise<void> {
    caller.may('scans:write');
    const isDeleted = await this.store.inTenant(caller.tenantId, async (tx) => {
      await tx.dueWork.complete('schedule.tick', clusterId);
      return tx.schedules.delete(clusterId);
    });
    if (!isDeleted) throw notFound('schedule');
  }
}
