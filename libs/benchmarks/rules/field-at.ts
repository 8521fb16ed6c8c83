import { isRecord } from '#inventory/readers/unknown-record.js';
import type { FieldPath } from './rule.js';

/** A field by its path; undefined where it, or what it is in, is not there or is null. */
export function fieldAt(value: unknown, path: FieldPath): unknown {
  let found = value;
  for (const key of path) {
    if (!isRecord(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
  }
  return found ?? undefined;
}
