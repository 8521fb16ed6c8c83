import { workloadKeys } from '#inventory/inventory.js';
import type { ContainerSubject, TemplateScope } from '../engine/scope.js';

/** Every container of every workload: ordinary, init and ephemeral. The result's part is the container's name. */
export const eachContainer: TemplateScope<ContainerSubject> = {
  name: 'container',
  family: 'template',
  needs: workloadKeys,
  expand(subject, visit) {
    const { workload, template, isOwn } = subject;
    for (const container of template.containers) visit({ workload, template, isOwn, container }, container.name);
  },
};
