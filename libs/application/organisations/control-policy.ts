import type { ControlPolicy } from '#controls/engine/world.js';
import type { Policy } from './policy.js';

/** What judging reads of a policy. */
export function controlPolicyOf({ trustedRegistries, requiredLabels, requiredAnnotations, approvedSensors, approvedNodeImages, secretMaxAgeDays, nodeEvidenceMaxAgeDays, controls }: Policy): ControlPolicy {
  return {
    ...(trustedRegistries && { trustedRegistries }),
    ...(requiredLabels.length > 0 && { requiredLabels }),
    ...(requiredAnnotations.length > 0 && { requiredAnnotations }),
    ...(approvedSensors && { approvedSensors }),
    ...(approvedNodeImages && { approvedNodeImages }),
    ...(secretMaxAgeDays !== null && { secretMaxAgeDays }),
    nodeEvidenceMaxAgeDays,
    ...(controls.length > 0 && {
      controls: Object.fromEntries(controls.map(({ controlId, severity, isOff, reason }) => [controlId, { ...(severity && { severity }), ...(isOff && { off: reason }) }])),
    }),
  };
}
