import { randomUUID } from 'node:crypto';
import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import { noConnection } from '../clusters/no-connection.js';
import type { Store } from '../ports/store.js';
import { cronTimes } from './cron.js';
import { tickSubject, type Schedule, type ScheduleKind } from './schedule.js';

export interface PutSchedule {
  /** `posture` where not given. */
  readonly kind?: ScheduleKind;
  /** Five fields. */
  readonly cron: string;
  /** IANA name; UTC where not given. */
  readonly timeZone?: string;
  readonly isEnabled?: boolean;
}

/** The schedules of a cluster, one of a kind at most. */
export class SchedulesService {
  constructor(private readonly store: Store) {}

  /** A benchmark alone needs no connection: it judges what was uploaded last. */
  async put(caller: Caller, clusterId: string, { kind = 'posture', cron, timeZone = 'UTC', isEnabled = true }: PutSchedule): Promise<Schedule> {
    caller.may('scans:write');
    const nextRunAt = cronTimes(cron, timeZone).after(new Date()) ?? null;
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const cluster = await tx.clusters.lock(clusterId);
      if (!cluster) throw notFound('cluster');
      if (!cluster.hasConnection && kind !== 'benchmark') throw noConnection();
      const schedule = await tx.schedules.put({ id: randomUUID(), clusterId, kind, cron, timeZone, isEnabled, nextRunAt: isEnabled ? nextRunAt : null });
      const subjectId = tickSubject(schedule);
      await tx.dueWork.complete('schedule.tick', subjectId);
      if (isEnabled && nextRunAt) await tx.dueWork.schedule([{ topic: 'schedule.tick', subjectId, dueAt: nextRunAt }]);
      return schedule;
    });
  }

  async get(caller: Caller, clusterId: string, kind: ScheduleKind = 'posture'): Promise<Schedule> {
    caller.may('scans:read');
    const schedule = await this.store.inTenant(caller.tenantId, (tx) => tx.schedules.ofKind(clusterId, kind));
    if (!schedule) throw notFound('schedule');
    return schedule;
  }

  /** All of a cluster, by kind. */
  async list(caller: Caller, clusterId: string): Promise<readonly Schedule[]> {
    caller.may('scans:read');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      if (!(await tx.clusters.get(clusterId))) throw notFound('cluster');
      return tx.schedules.ofCluster(clusterId);
    });
  }

  async delete(caller: Caller, clusterId: string, kind: ScheduleKind = 'posture'): Promise<void> {
    caller.may('scans:write');
    const isDeleted = await this.store.inTenant(caller.tenantId, async (tx) => {
      const schedule = await tx.schedules.ofKind(clusterId, kind);
      if (!schedule) return false;
      await tx.dueWork.complete('schedule.tick', tickSubject(schedule));
      return tx.schedules.delete(schedule.id);
    });
    if (!isDeleted) throw notFound('schedule');
  }
}
