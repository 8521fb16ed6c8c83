import type { NewEvent } from '../events/event.js';
import type { TenantTransaction } from '../ports/store.js';
import { uuidFrom } from '../uuid-from.js';
import type { Endpoint } from './endpoint.js';

/** Why we stopped sending by ourselves: it answered 410, or it failed for days. */
export type DisabledReason = 'gone' | 'failing';

/**
 * Disables a locked endpoint: nothing is sent to it any more, and the organisation's other endpoints and its feed are
 * told. To be the last writes of a transaction.
 */
export async function disableEndpoint(
  tx: TenantTransaction,
  endpoint: Endpoint,
  reason: DisabledReason,
  cause: { readonly deliveryId: string; readonly attempt: number },
): Promise<void> {
  await tx.endpoints.update(endpoint.id, { isEnabled: false, disabledReason: reason });
  await tx.deliveries.abandon(endpoint.id, 'endpoint-disabled');
  await tx.events.append([endpointDisabled(endpoint, reason, cause)]);
}

function endpointDisabled(endpoint: Endpoint, reason: DisabledReason, { deliveryId, attempt }: { readonly deliveryId: string; readonly attempt: number }): NewEvent {
  return {
    id: uuidFrom('event', endpoint.tenantId, endpoint.id, 'webhook.endpoint_disabled', deliveryId, attempt),
    type: 'webhook.endpoint_disabled',
    clusterId: null,
    scanId: null,
    findingId: null,
    severity: null,
    isBaseline: false,
    // The host alone: the path of a webhook often is its password.
    data: { endpointId: endpoint.id, host: new URL(endpoint.url).host, description: endpoint.description, reason, failingSince: endpoint.failingSince },
  };
}
