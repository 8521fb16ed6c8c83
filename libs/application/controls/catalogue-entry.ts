import { itemControlById, type ItemControl } from '#benchmarks/findings/item-control.js';
import { controlById } from '#controls/catalogue.js';
import type { Control } from '#controls/engine/control.js';

/** What findings may be of: a control by its id or an earlier name, or an item of a benchmark that no control covers. Undefined for what this release no longer has. */
export const catalogueEntry = (id: string): Control | ItemControl | undefined => controlById.get(id) ?? itemControlById.get(id);
