import type { Fields } from '#inventory/facts.js';
import type { FieldPath } from './rule.js';

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field by its path; undefined where it, or what it is in, is not there or is null. */
export function fieldAt(value: unknown, path: FieldPath): unknown {
  let found = value;
  for (const key of path) {
    if (!isFields(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
  }
  return found ?? undefined;
}
