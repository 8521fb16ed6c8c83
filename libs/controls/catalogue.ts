import { controlPlaneControls } from './control-plane/index.js';
import type { Control } from './engine/control.js';
import { governanceControls } from './governance/index.js';
import { networkControls } from './network/index.js';
import { runtimeControls } from './runtime/index.js';
import { supplyChainControls } from './supply-chain/index.js';
import { workloadsControls } from './workloads/index.js';

/** Every control, ordered by layer. Two of one id, or an alias that is taken, stop the process at once. */
export const catalogue: readonly Control[] = distinct([
  ...controlPlaneControls, ...workloadsControls, ...networkControls, ...supplyChainControls, ...runtimeControls, ...governanceControls,
]);

export const controlById: ReadonlyMap<string, Control> = new Map(catalogue.flatMap((control) => [control.id, ...(control.aliases ?? [])].map((id) => [id, control])));

function distinct(controls: readonly Control[]): readonly Control[] {
  const ids = new Set<string>();
  for (const control of controls) {
    for (const id of [control.id, ...(control.aliases ?? [])]) {
      if (ids.has(id)) throw new Error(`two controls claim the id ${id}`);
      ids.add(id);
    }
  }
  return controls;
}
