import { workloadKeys } from '#inventory/inventory.js';
import { defineTemplateFact } from '#inventory/template-facts.js';
import { defineIndex } from '../engine/world.js';

/** Volumes of this driver hold secrets of a store. */
const csiDriver = 'secrets-store.csi.k8s.io';

/** Containers that an injector puts beside others, by name and a piece of their image. */
const injected: readonly { readonly product: string; readonly names: readonly string[]; readonly image: string }[] = [
  { product: 'Vault Agent Injector', names: ['vault-agent', 'vault-agent-init'], image: 'vault' },
  { product: 'Bank-Vaults', names: ['copy-vault-env'], image: 'vault-env' },
  { product: 'Conjur', names: ['conjur-secrets-provider', 'cyberark-secrets-provider-for-k8s'], image: 'secrets-provider' },
];

const productIn = defineTemplateFact(({ containers, volumes }): string | undefined => {
  if (volumes.some(({ source, of }) => source === 'csi' && of === csiDriver)) return 'Secrets Store CSI driver';
  return injected.find(({ names, image }) => containers.some((container) => names.includes(container.name) && container.image.includes(image)))?.product;
});

/** Products by which running pods get secrets of a store past the Secrets of the cluster. */
export const storesOfPods = defineIndex(workloadKeys, (world): ReadonlySet<string> => {
  const products = new Set<string>();
  for (const { templates } of world.workloads()) {
    for (const id of templates) {
      const product = world.tells(productIn, id);
      if (product !== undefined) products.add(product);
    }
  }
  return products;
});
