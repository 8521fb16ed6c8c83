import { workloadKeys } from '#inventory/inventory.js';
import type { TemplateScope, WorkloadSubject } from '../engine/scope.js';

/** Every distinct pod template of every workload: settings of the pod as a whole. */
export const eachPodTemplate: TemplateScope<WorkloadSubject> = {
  name: 'pod template',
  family: 'template',
  needs: workloadKeys,
  expand(subject, visit) {
    visit(subject, '');
  },
};
