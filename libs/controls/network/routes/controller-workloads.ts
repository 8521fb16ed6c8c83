import type { PodTemplate, Workload } from '#inventory/facts.js';
import { defineTemplateFact } from '#inventory/template-facts.js';
import { defineIndex } from '../../engine/world.js';
import { productOfTemplate, type Product } from './controllers.js';

export interface ControllerWorkload {
  readonly workload: Workload;
  readonly product: Product;
  /** Images by which it is told, of all its templates. */
  readonly images: readonly string[];
  readonly templates: readonly PodTemplate[];
}

const productIn = defineTemplateFact(productOfTemplate);

/** Workloads that take in requests for a known controller, as far as workloads were read. Rests on nothing. */
export const controllerWorkloads = defineIndex([], (world): readonly ControllerWorkload[] => {
  const found: ControllerWorkload[] = [];
  for (const workload of world.seenWorkloads()) {
    const images = new Set<string>();
    const templates: PodTemplate[] = [];
    let product: Product | undefined;
    for (const id of workload.templates) {
      const known = world.tells(productIn, id);
      if (!known) continue;
      product ??= known.product;
      images.add(known.image);
      templates.push(world.template(id));
    }
    if (product) found.push({ workload, product, images: [...images], templates });
  }
  return found;
});
