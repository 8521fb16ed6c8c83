export const scheduleKinds = ['posture', 'benchmark', 'posture-and-benchmark'] as const;
/** What a scan judges, asked for at once or by schedule. */
export type ScheduleKind = (typeof scheduleKinds)[number];

/** Regular scans of one cluster; of each kind it may have one. */
export interface Schedule {
  readonly id: string;
  readonly tenantId: string;
  readonly clusterId: string;
  readonly kind: ScheduleKind;
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly isEnabled: boolean;
  readonly nextRunAt: Date | null;
  readonly lastRunAt: Date | null;
  /** Runs that did not take place in time; several missed in a row are caught up by one. */
  readonly missed: number;
}

/** What `schedule.tick` is about: of posture the cluster, which had one schedule once. */
export const tickSubject = ({ id, clusterId, kind }: Pick<Schedule, 'id' | 'clusterId' | 'kind'>): string => (kind === 'posture' ? clusterId : id);
