import type { AccessBasis } from '#application/rbac/access-questions.js';
import { AccessIndex } from '#inventory/access/access-index.js';
import { accessFactsOf } from '#inventory/access/access-of-inventory.js';
import type { Inventory } from '#inventory/inventory.js';

/** What manifests aggregate no controller has written into their rules yet; a server has. */
export const accessIndexOf = (inventory: Inventory): AccessIndex =>
  new AccessIndex(accessFactsOf(inventory), inventory.basis === 'objects-given' ? 'computed' : 'as-served');

export const basisOf = ({ facts, unresolved }: AccessIndex): AccessBasis => ({ incomplete: facts.incomplete ?? [], unresolved });
