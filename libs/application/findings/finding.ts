import type { Layer, Severity } from '#controls/engine/control.js';
import type { FindingState, Transition } from '#findings/known-finding.js';

export interface Finding {
  readonly id: string;
  readonly tenantId: string;
  readonly clusterId: string;
  /** `controlId|Kind/namespace/name|part` */
  readonly key: string;
  readonly controlId: string;
  readonly layer: Layer;
  readonly severity: Severity;
  /** 0 to 100: how soon it is to be mended. */
  readonly risk: number;
  /** What that is made of beside severity and layer; see `surroundingsText`. */
  readonly surroundings: string;
  readonly state: FindingState;
  /** How it came into its state. */
  readonly transition: Transition;
  /** Number of transitions so far. */
  readonly sequence: number;
  readonly resourceGroup: string;
  readonly kind: string;
  /** '' for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly part: string;
  readonly message: string;
  readonly detail: Readonly<Record<string, unknown>> | null;
  readonly patch: unknown;
  readonly basis: 'cluster' | 'objects-given';
  readonly isBaseline: boolean;
  readonly firstSeenAt: Date;
  /** Last transition, or last rewrite of what it says. */
  readonly changedAt: Date;
  readonly resolvedAt: Date | null;
  readonly openedScanId: string;
  /** Scan that last changed this finding; one that finds it unchanged writes nothing. */
  readonly lastScanId: string;
}

/** A finding beside what the organisation's policy says of its control today. */
export interface ShownFinding extends Finding {
  /** Why its control is switched off, which is why nothing new is known of it; null where it is judged. */
  readonly switchedOff: string | null;
}

export interface FindingFilter {
  readonly state?: FindingState;
  readonly minSeverity?: Severity;
  readonly minRisk?: number;
  readonly layer?: Layer;
  readonly controlId?: string;
  /** Of a container, say, only this part of it or the same of any. */
  readonly part?: string;
  readonly clusterId?: string;
  readonly namespace?: string;
  readonly kind?: string;
  /** Part of the resource's name, any case. */
  readonly search?: string;
}

/** What worst means in a list: the highest risk, or the severity and of one severity the highest risk. */
export type FindingOrder = 'risk' | 'severity';

/** Place in the list of findings: worst first, then latest change first. */
export interface FindingKey {
  readonly severityRank: number;
  readonly risk: number;
  readonly at: Date;
  readonly id: string;
}

/** As stored in `severity_rank`; higher is worse. */
export const severityRank: Readonly<Record<Severity, number>> = { critical: 4, high: 3, medium: 2, low: 1, info: 0 };
