import { workloadKeys } from '#inventory/inventory.js';
import { parseImage, type ImageReference } from '#inventory/image-reference.js';
import type { ContainerSubject, TemplateScope } from '../engine/scope.js';

export interface ImageSubject extends ContainerSubject {
  /** Undefined where the reference breaks the grammar or is empty. */
  readonly image: ImageReference | undefined;
}

/** The image of every container; the result names the workload and the container. */
export const eachImage: TemplateScope<ImageSubject> = {
  name: 'image',
  family: 'template',
  needs: workloadKeys,
  expand(subject, visit) {
    const { workload, template, isOwn } = subject;
    for (const container of template.containers) {
      visit({ workload, template, isOwn, container, image: parseImage(container.image) }, container.name);
    }
  },
};
