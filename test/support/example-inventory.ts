import { parseAllDocuments } from 'yaml';
import type { Example } from '#controls/engine/example.js';
import type { ProbeFacts } from '#inventory/facts.js';
import type { Inventory } from '#inventory/inventory.js';
import { InventoryBuilder } from '#inventory/inventory-builder.js';
import type { ReadOutcome } from '#inventory/observed.js';
import { resourceKeyOf, resourceKeys, resourceType, type ResourceKey } from '#inventory/resources.js';
import { nodeFactsOf } from '#nodes/facts/node-facts-of.js';
import type { NodeSketch } from '#controls/engine/node-sketch.js';
import { evidenceOfSketch } from './node-sketch.js';
import { nodeCodec } from './node-codec.js';

export interface InventoryOptions {
  readonly outcomes?: Partial<Record<ResourceKey, ReadOutcome>>;
  /** Outcome of every kind that is not named. Default: read whole, custom kinds without objects not served. */
  readonly otherwise?: (key: ResourceKey, count: number) => ReadOutcome;
  readonly version?: string;
  readonly kubelets?: Readonly<Record<string, unknown>>;
  /** Answers of kubelets at /flagz, by node. */
  readonly kubeletFlagz?: Readonly<Record<string, string>>;
  readonly probe?: ProbeFacts;
  /** Answer of the API server at /flagz. */
  readonly flagz?: string;
  /** Addresses that API servers name as their own. */
  readonly apiServers?: readonly string[];
  /** What collectors saw on nodes. */
  readonly nodes?: Readonly<Record<string, NodeSketch>>;
}

const whole = (key: ResourceKey, count: number): ReadOutcome =>
  count === 0 && resourceType(key).custom ? { state: 'not-served' } : { state: 'observed', count };

/** An inventory of raw objects, as a collector that read everything would have built it. */
export function inventoryOf(objects: readonly unknown[], options: InventoryOptions = {}): Inventory {
  const builder = new InventoryBuilder(nodeCodec);
  for (const object of objects) {
    const { apiVersion, kind } = object as { apiVersion: string; kind: string };
    const key = resourceKeyOf(apiVersion, kind);
    if (key && options.outcomes?.[key]?.state !== 'missing') builder.add(key, object);
  }
  for (const key of resourceKeys) builder.end(key, options.outcomes?.[key] ?? (options.otherwise ?? whole)(key, builder.countOf(key)));
  if (options.version !== undefined) builder.setServer(options.version, false);
  for (const [node, answer] of Object.entries(options.kubelets ?? {})) builder.addKubelet(node, { state: 'observed', value: answer });
  if (options.flagz !== undefined) builder.setFlagz({ state: 'observed', value: options.flagz });
  if (options.apiServers) builder.setApiServers({ state: 'observed', value: options.apiServers });
  if (options.probe) builder.setProbe({ state: 'observed', value: options.probe });
  const versions = builder.kubeletVersions();
  for (const [node, value] of Object.entries(options.kubeletFlagz ?? {})) builder.addKubeletFlags(node, { state: 'observed', value }, versions.get(node) ?? '');
  for (const [node, sketch] of Object.entries(options.nodes ?? {})) builder.addNodeEvidence(nodeFactsOf(node, evidenceOfSketch(sketch), versions.get(node)));
  return builder.finish();
}

export const objectsOf = (yaml: string): readonly unknown[] =>
  parseAllDocuments(yaml).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]!;
    return document.toJS() as unknown;
  });

export function inventoryOfExample(example: Example): Inventory {
  const outcomes = Object.fromEntries(
    Object.entries(example.missing ?? {}).map(([key, reason]) => [key, { state: 'missing', reason, detail: `list ${key}: ${reason}` } satisfies ReadOutcome]),
  );
  return inventoryOf(objectsOf(example.manifests), { outcomes, ...(example.version !== undefined && { version: example.version }), ...(example.kubelets && { kubelets: example.kubelets }), ...(example.probe && { probe: example.probe }), ...(example.nodes && { nodes: example.nodes }) });
}
