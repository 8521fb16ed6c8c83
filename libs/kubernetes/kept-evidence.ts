import { hash } from 'node:crypto';
import type { FreshEvidence } from '#application/scans/evidence.js';
import { recordEvidence } from '#inventory/evidence/record-evidence.js';
import type { Inventory } from '#inventory/inventory.js';
import { codec } from './codec.js';

/** An inventory as it is to be kept; what is known is named and not compressed once more. */
export function keptEvidence(inventory: Inventory, known: ReadonlySet<string>): readonly FreshEvidence[] {
  return Array.from(recordEvidence(inventory), ({ sort, items, text }): FreshEvidence => {
    const digest = digestOf(text);
    return { sort, items, digest, ...(!known.has(digest) && { bytes: codec.compress(text) }) };
  });
}

/** 128 bits, in the form of a UUID. */
function digestOf(text: string): string {
  const hex = hash('sha256', text, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
