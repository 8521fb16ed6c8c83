import type { ConfigDocument } from './readable.js';

export interface Leaf {
  /** Path with dots: `authentication.anonymous.enabled`. */
  readonly key: string;
  readonly value: unknown;
}

/**
 * A document again from the leaves that were kept of it, for readers of documents. Two leaves of which one lies in
 * the other cannot be of one document, which is told instead.
 */
export function documentOfLeaves(path: string, kind: string | undefined, apiVersion: string | undefined, leaves: readonly Leaf[]): ConfigDocument {
  const content = newMap();
  if (apiVersion !== undefined) content['apiVersion'] = apiVersion;
  if (kind !== undefined) content['kind'] = kind;
  for (const { key, value } of leaves) {
    const names = key.split('.');
    const last = names.pop()!;
    let map = content;
    for (const name of names) {
      const next = (map[name] ??= newMap());
      if (!isMap(next)) return { path, unreadable: 'what was kept of it contradicts itself' };
      map = next;
    }
    if (map[last] !== undefined) return { path, unreadable: 'what was kept of it names a key twice' };
    map[last] = value;
  }
  return { path, content };
}

/** Without a prototype, so that every name is a name. */
const newMap = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;
const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
