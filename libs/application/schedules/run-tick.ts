import type { Store } from '../ports/store.js';
import { queueScan } from '../scans/queue-scan.js';
import { cronTimes, type CronTimes } from './cron.js';

/** Beyond this many missed runs only the fact matters. */
const COUNTED = 1_000;

/** The worker's part of a schedule: queues the scan that is due and sets the next time, in one transaction. */
export class RunTick {
  constructor(private readonly store: Store) {}

  /** However many runs were missed while nobody worked, they are caught up by one scan. */
  async run(tenantId: string, clusterId: string, now: Date = new Date()): Promise<void> {
    await this.store.inTenant(tenantId, async (tx) => {
      const schedule = await tx.schedules.lock(clusterId);
      const cluster = await tx.clusters.get(clusterId);
      if (!schedule?.isEnabled || !schedule.nextRunAt || !cluster) return tx.dueWork.complete('schedule.tick', clusterId);
      // A second delivery of a tick that is done; or the database's clock is ahead of ours, and the tick comes again when its lease ends.
      if (schedule.nextRunAt > now) return;

      const times = cronTimes(schedule.cron, schedule.timeZone);
      const isPossible = cluster.hasConnection && !cluster.pausedAt && !(await tx.scans.active(clusterId));
      if (isPossible) await queueScan(tx, { cluster, requestedBy: 'schedule' });

      const due = dueRuns(times, schedule.nextRunAt, now);
      const nextRunAt = times.after(now) ?? null;
      await tx.schedules.update(clusterId, { nextRunAt, missed: schedule.missed + due - (isPossible ? 1 : 0), ...(isPossible ? { lastRunAt: now } : {}) });
      if (nextRunAt) await tx.dueWork.postpone('schedule.tick', clusterId, nextRunAt);
      else await tx.dueWork.complete('schedule.tick', clusterId);
    });
  }
}

/** Runs from the one that is due up to now. */
function dueRuns(times: CronTimes, first: Date, now: Date): number {
  let count = 0;
  for (let time: Date | undefined = first; time && time <= now && count < COUNTED; time = times.after(time)) count++;
  return count;
}
