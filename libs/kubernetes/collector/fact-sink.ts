import type { InventoryBuilder } from '#inventory/inventory-builder.js';
import type { ResourceKey } from '#inventory/resources.js';

/** Where what was read goes: the inventory builder, as far as a collector needs it. */
export type FactSink = Pick<InventoryBuilder, 'add' | 'countOf' | 'end' | 'endMissing' | 'setServer' | 'addKubelet' | 'nodeNames'> & {
  /** Forgets what was added of a kind. Without it a list that changed half-way ends as partial. */
  restart?(key: ResourceKey): void;
};
