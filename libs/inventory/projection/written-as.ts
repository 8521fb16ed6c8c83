import { hasRemovedVersion, removedVersionOf } from '../removed-api-versions.js';
import { mapAt, objectAt, textAt, type Raw } from './raw.js';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** kubectl writes the fields in the order of their names, so that this one comes first. */
const firstField = /^\s*\{\s*"apiVersion"\s*:\s*"([\w./-]{1,100})"/;

/**
 * The `group/version` by which an object was written, where servers are to serve that no longer. A manifest says so itself; a
 * server converts what it was given, and what tells is the copy of the manifest that kubectl leaves.
 */
export function writtenAs(raw: Raw, kind: string): string | undefined {
  if (!hasRemovedVersion(kind)) return undefined;
  const own = textAt(raw, 'apiVersion');
  if (own !== undefined && removedVersionOf(own, kind)) return own;
  const applied = mapAt(objectAt(raw, 'metadata'), 'annotations', (name) => name === lastApplied)[lastApplied];
  const version = applied === undefined ? undefined : firstField.exec(applied)?.[1];
  return version !== undefined && removedVersionOf(version, kind) ? version : undefined;
}
