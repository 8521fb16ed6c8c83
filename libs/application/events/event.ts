import type { Severity } from '#controls/engine/control.js';

export const eventTypes = [
  'scan.completed', 'scan.failed',
  'finding.opened', 'finding.reopened', 'finding.regressed', 'finding.resolved',
  'finding.severity_changed',
  'cluster.unreachable',
  'policy.changed',
  'benchmark.completed', 'benchmark.item_regressed',
  'attestation.created', 'attestation.revoked', 'attestation.expiring',
  'enrolment_key.created', 'enrolment_key.revoked',
  'webhook.endpoint_disabled',
] as const;
export type EventType = (typeof eventTypes)[number];

/** One thing that happened, as the feed and every webhook tell it. Never changed once written. */
export interface Event {
  readonly tenantId: string;
  /** 1, 2, 3 … without gaps within the organisation, in the order in which they became visible. */
  readonly position: number;
  /** Derived from what happened, so the same happening cannot be told under two ids. */
  readonly id: string;
  readonly type: EventType;
  readonly clusterId: string | null;
  readonly scanId: string | null;
  readonly findingId: string | null;
  readonly severity: Severity | null;
  /** Belongs to the cluster's first complete scan. */
  readonly isBaseline: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

export interface NewEvent extends Omit<Event, 'tenantId' | 'position' | 'createdAt'> {
  /** What its data begins with and many others' begins with too: told once for all that come one after the other. */
  readonly about?: Readonly<Record<string, unknown>>;
  /** The rest of its data. */
  readonly data: Event['data'];
}
