import type { InventoryBuilder } from '#inventory/inventory-builder.js';

/** Where what was read goes: the inventory builder, as far as a collector needs it. */
export type FactSink = Pick<InventoryBuilder, 'add' | 'countOf' | 'end' | 'endMissing' | 'setServer' | 'addKubelet' | 'addKubeletFlags' | 'setFlagz' | 'setApiServers' | 'nodeNames' | 'kubeletVersions' | 'restart'>;
