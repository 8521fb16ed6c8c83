import type { Store } from '../ports/store.js';
import { queueScan } from '../scans/queue-scan.js';
import { kindOf } from '../scans/scan.js';
import { cronTimes, type CronTimes } from './cron.js';

/** Beyond this many missed runs only the fact matters. */
const COUNTED = 1_000;

/** Until a tick looks again that found a scan of another kind under way. */
const WAIT_MS = 60_000;

/** The worker's part of a schedule: queues the scan that is due and sets the next time, in one transaction. */
export class RunTick {
  constructor(private readonly store: Store) {}

  /** However many runs were missed while nobody worked, they are caught up by one scan. */
  async run(tenantId: string, subjectId: string, now: Date = new Date()): Promise<void> {
    await this.store.inTenant(tenantId, async (tx) => {
      const schedule = await tx.schedules.lockByTick(subjectId);
      const cluster = schedule && (await tx.clusters.get(schedule.clusterId));
      if (!schedule?.isEnabled || !schedule.nextRunAt || !cluster) return tx.dueWork.complete('schedule.tick', subjectId);
      // A second delivery of a tick that is done; or the database's clock is ahead of ours, and the tick comes again when its lease ends.
      if (schedule.nextRunAt > now) return;

      const times = cronTimes(schedule.cron, schedule.timeZone);
      const active = await tx.scans.active(schedule.clusterId);
      // Two schedules may be due at the same minute; what is under way is no substitute for a scan that judges something else.
      if (active && kindOf(active) !== schedule.kind && !cluster.pausedAt) return tx.dueWork.postpone('schedule.tick', subjectId, new Date(now.getTime() + WAIT_MS));
      const isPossible = (cluster.hasConnection || schedule.kind === 'benchmark') && !cluster.pausedAt && !active;
      if (isPossible) await queueScan(tx, { cluster, judges: schedule.kind, requestedBy: 'schedule' });

      const due = dueRuns(times, schedule.nextRunAt, now);
      const nextRunAt = times.after(now) ?? null;
      await tx.schedules.update(schedule.id, { nextRunAt, missed: schedule.missed + due - (isPossible ? 1 : 0), ...(isPossible ? { lastRunAt: now } : {}) });
      if (nextRunAt) await tx.dueWork.postpone('schedule.tick', subjectId, nextRunAt);
      else await tx.dueWork.complete('schedule.tick', subjectId);
    });
  }
}

/** Runs from the one that is due up to now. */
function dueRuns(times: CronTimes, first: Date, now: Date): number {
  let count = 0;
  for (let time: Date | undefined = first; time && time <= now && count < COUNTED; time = times.after(time)) count++;
  return count;
}
