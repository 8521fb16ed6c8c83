import type { NewEvent } from '../events/event.js';
import { uuidFrom } from '../uuid-from.js';
import type { Policy, PolicyVersion } from './policy.js';

/** Who decided what, told to everybody who listens: what a policy silences must not pass for mended. */
export function policyChanged(tenantId: string, before: PolicyVersion, after: PolicyVersion, changed: readonly (keyof Policy)[]): NewEvent {
  return {
    type: 'policy.changed',
    id: uuidFrom('event', tenantId, 'policy.changed', after.version),
    clusterId: null, scanId: null, findingId: null, severity: null, isBaseline: false,
    data: {
      version: after.version,
      decidedBy: after.decidedBy,
      changes: changed.map((field) => ({ field, before: before[field], after: after[field] })),
    },
  };
}
