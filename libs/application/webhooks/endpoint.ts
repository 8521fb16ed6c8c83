import type { Severity } from '#controls/engine/control.js';
import type { Labels } from '../clusters/cluster.js';
import type { EventType } from '../events/event.js';

export interface Endpoint {
  readonly id: string;
  readonly tenantId: string;
  readonly url: string;
  readonly description: string;
  /** null: every type. */
  readonly eventTypes: readonly EventType[] | null;
  readonly minSeverity: Severity | null;
  /** Only events of clusters that carry all of these; null: of all clusters. */
  readonly clusterLabels: Labels | null;
  readonly payload: 'thin' | 'full';
  readonly mode: 'each' | 'batch';
  readonly includeBaseline: boolean;
  /** One or two signing secrets with their times of creation, sealed. */
  readonly sealedSecrets: Uint8Array;
  readonly isEnabled: boolean;
  /** Plain http, which only an operator's setting allows. */
  readonly isInsecure: boolean;
  readonly disabledReason: string | null;
  /** Feed position up to which deliveries were made. */
  readonly position: number;
  readonly failingSince: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type NewEndpoint = Omit<Endpoint, 'tenantId' | 'createdAt' | 'updatedAt'>;
export type EndpointChange = Partial<Omit<Endpoint, 'id' | 'tenantId' | 'createdAt' | 'updatedAt'>>;
