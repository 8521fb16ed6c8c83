import type { NewEvent } from '../events/event.js';
import { uuidFrom } from '../uuid-from.js';
import type { StoredEnrolmentKey } from './enrolment-key.js';

/** Who let a cluster's nodes in, or no longer: told to everybody who listens, for the key speaks for the whole cluster. */
export const enrolmentKeyChanged = (type: 'enrolment_key.created' | 'enrolment_key.revoked', { tenantId, id, clusterId, name, prefix, expiresAt }: StoredEnrolmentKey, by: string): NewEvent => ({
  type,
  id: uuidFrom('event', tenantId, type, id),
  clusterId, scanId: null, findingId: null, severity: null, isBaseline: false,
  data: { enrolmentKey: { id, name, prefix, expiresAt: expiresAt?.toISOString() ?? null }, by },
});
