import type { ControlPolicy } from '#controls/engine/world.js';
import { InventoryBuilder } from '#inventory/inventory-builder.js';
import type { Inventory } from '#inventory/inventory.js';
import type { ReadOutcome } from '#inventory/observed.js';
import { resourceKeyOf, resourceKeys, resourceType, type ResourceKey } from '#inventory/resources.js';
import type { NodeSketch } from '#controls/engine/node-sketch.js';
import { nodeFactsOf } from '#nodes/facts/node-facts-of.js';
import { evidenceOfSketch } from './node-sketch.js';
import { nodeCodec } from './node-codec.js';

/** An object as a collector hands it on: whatever it says, the list that it came in is known. */
export interface Entry {
  readonly key: ResourceKey;
  readonly object: unknown;
}

/** What a collector hands on, and how its reading ended. */
export interface Collected {
  readonly entries: readonly Entry[];
  /** Of kinds that were not read to their end. */
  readonly outcomes?: Partial<Record<ResourceKey, ReadOutcome>>;
  readonly version?: string;
  readonly kubelets?: Readonly<Record<string, unknown>>;
  /** What collectors saw on nodes. */
  readonly nodes?: Readonly<Record<string, NodeSketch>>;
  readonly policy?: ControlPolicy;
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name: string };
}

/** Objects as the lists of a cluster that has them, of two with one name the first, and every namespace that they are in. */
export function entriesOf(objects: readonly unknown[]): readonly Entry[] {
  const known = new Set<string>();
  const entries = (objects as readonly Manifest[]).flatMap((object): readonly (Entry & { readonly object: Manifest })[] => {
    const key = resourceKeyOf(object.apiVersion, object.kind);
    if (key === undefined) return [];
    const identity = `${key} ${resourceType(key).namespaced ? object.metadata.namespace || 'default' : ''}/${object.metadata.name}`;
    if (known.has(identity)) return [];
    known.add(identity);
    return [{ key, object }];
  });
  const there = new Set(entries.flatMap(({ key, object }) => (key === 'namespaces' ? [object.metadata.name] : [])));
  const used = new Set(entries.flatMap(({ key, object }) => (resourceType(key).namespaced ? [object.metadata.namespace || 'default'] : [])));
  const implied = [...used].filter((name) => !there.has(name)).map((name): Entry => ({ key: 'namespaces', object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } }));
  return [...implied, ...entries];
}

/** Kinds of which not all fields have a shape that is known. */
export const isReadLoosely = (key: ResourceKey): boolean => resourceType(key).custom === true || loosely.has(key);
const loosely: ReadonlySet<ResourceKey> = new Set(['ingressclasses.networking.k8s.io']);

export function inventoryOfCollected({ entries, outcomes = {}, version, kubelets = {}, nodes = {} }: Collected): Inventory {
  const builder = new InventoryBuilder(nodeCodec);
  for (const { key, object } of entries) if (outcomes[key]?.state !== 'missing') builder.add(key, object);
  for (const key of resourceKeys) {
    const count = builder.countOf(key);
    const isThere = count > 0 || !resourceType(key).custom || entries.some((entry) => entry.key === key);
    builder.end(key, outcomes[key] ?? (isThere ? { state: 'observed', count } : { state: 'not-served' }));
  }
  if (version !== undefined) builder.setServer(version, false);
  const versions = builder.kubeletVersions();
  for (const [node, sketch] of Object.entries(nodes)) builder.addNodeEvidence(nodeFactsOf(node, evidenceOfSketch(sketch), versions.get(node)));
  for (const [node, value] of Object.entries(kubelets)) builder.addKubelet(node, { state: 'observed', value });
  return builder.finish();
}
