export const deliveryStates = ['pending', 'delivered', 'failed', 'abandoned'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One message to one endpoint; its id is the `webhook-id`. */
export interface Delivery {
  readonly id: string;
  readonly tenantId: string;
  readonly endpointId: string;
  /** Type of its one event, or of the batch. */
  readonly eventType: string;
  readonly eventCount: number;
  /** Feed positions it covers; null for a test message, which is in no feed. */
  readonly firstPosition: number | null;
  readonly lastPosition: number | null;
  /** The exact bytes that are signed and sent, every time. */
  readonly body: Uint8Array;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
}

export type NewDelivery = Omit<Delivery, 'tenantId' | 'createdAt'>;
export type DeliveryChange = Partial<Pick<Delivery, 'state' | 'attempts' | 'nextAttemptAt' | 'finishedAt' | 'lastStatus' | 'lastError'>>;

export interface DeliveryAttempt {
  readonly deliveryId: string;
  readonly tenantId: string;
  /** 1, 2, 3 … */
  readonly number: number;
  readonly at: Date;
  readonly durationMs: number;
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
  readonly error: string | null;
}
