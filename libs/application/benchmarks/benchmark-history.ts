import type { BenchmarkHistory } from '#controls/engine/world.js';
import type { TenantTransaction } from '../ports/store.js';
import { cronTimes } from '../schedules/cron.js';
import type { Schedule } from '../schedules/schedule.js';

/** For a run that is due to wait for its turn, and to take place. */
export const GRACE_MS = 2 * 3_600_000;

/** What is remembered of a cluster's benchmark runs. `isJudgedNow`: the scan that asks judges one itself. */
export async function benchmarkHistory(tx: TenantTransaction, clusterId: string, isJudgedNow: boolean, now: Date): Promise<BenchmarkHistory> {
  const schedules = (await tx.schedules.ofCluster(clusterId)).filter(({ kind, isEnabled }) => kind !== 'posture' && isEnabled);
  const [last] = await tx.benchmarks.latest([clusterId]);
  const lastRunAt = isJudgedNow ? now : (last?.judgedAt ?? null);
  const overdue = schedules.flatMap((schedule) => overdueSince(schedule, lastRunAt, now) ?? []);
  return {
    isScheduled: schedules.length > 0, lastRunAt: lastRunAt?.getTime() ?? null,
    overdueSince: overdue.length === 0 ? null : Math.min(...overdue.map((at) => at.getTime())),
  };
}

/** The first time of the schedule after the last run, where that is long enough ago; where there was no run, the time that it waits for. */
export function overdueSince({ cron, timeZone, nextRunAt, lastRunAt: lastTick }: Pick<Schedule, 'cron' | 'timeZone' | 'nextRunAt' | 'lastRunAt'>, lastRunAt: Date | null, now: Date): Date | undefined {
  // A schedule that has queued a scan whose run never came has missed that one.
  const due = lastRunAt ? cronTimes(cron, timeZone).after(lastRunAt) : (lastTick ?? nextRunAt ?? undefined);
  return due && now.getTime() - due.getTime() > GRACE_MS ? due : undefined;
}
