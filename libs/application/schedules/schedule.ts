/** Regular scans of one cluster. */
export interface Schedule {
  readonly id: string;
  readonly tenantId: string;
  readonly clusterId: string;
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly isEnabled: boolean;
  readonly nextRunAt: Date | null;
  readonly lastRunAt: Date | null;
  /** Runs that did not take place in time; several missed in a row are caught up by one. */
  readonly missed: number;
}
