import { z } from 'zod';
import { inLanes } from './in-lanes.js';
import type { KubeCluster } from './kube-cluster.js';
import { until } from './until.js';

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string().optional(), namespace: z.string().optional() }),
});
export type LoadedObject = z.infer<typeof objectSchema>;

/** How the objects fared. */
export interface Loaded {
  readonly created: readonly LoadedObject[];
  /** Another of that kind and name came first. */
  readonly present: number;
  /** With what the server said. */
  readonly refused: readonly string[];
}

type Fate = { readonly outcome: 'created' | 'present' } | { readonly outcome: 'refused'; readonly reason: string };

const resourceListSchema = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })) });
const statusSchema = z.object({ reason: z.string().optional(), message: z.string().optional() });
const definitionSchema = z.object({
  spec: z.object({ group: z.string(), names: z.object({ kind: z.string() }), versions: z.array(z.object({ name: z.string(), served: z.boolean() })) }),
});

const LANES = 12;
/** They call services that do not run here, so all else goes before them. */
const interfering = new Set(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'APIService']);

export const objectOf = (value: unknown): LoadedObject => objectSchema.parse(value);

/** Creates what the server takes of many objects, with the namespaces they name; of two with one name the first. */
export async function loadObjects(cluster: KubeCluster, objects: readonly LoadedObject[]): Promise<Loaded> {
  const served = new Map<string, ReturnType<typeof discover>>();
  const discover = async (apiVersion: string): Promise<z.infer<typeof resourceListSchema>['resources']> => {
    const { status, body } = await cluster.request('GET', apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`);
    return status === 200 ? resourceListSchema.parse(body).resources : [];
  };

  const create = async (object: LoadedObject): Promise<Fate> => {
    const { apiVersion, kind, metadata } = object;
    if (!served.has(apiVersion)) served.set(apiVersion, discover(apiVersion));
    const resource = (await served.get(apiVersion))?.find((candidate) => candidate.kind === kind && !candidate.name.includes('/'));
    if (!resource) return { outcome: 'refused', reason: 'not served' };
    const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
    const place = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    const { status, body } = await cluster.request('POST', `${root}${place}/${resource.name}`, object);
    if (status === 201) return { outcome: 'created' };
    const { reason, message } = statusSchema.parse(body);
    return reason === 'AlreadyExists' ? { outcome: 'present' } : { outcome: 'refused', reason: `${status} ${message ?? ''}` };
  };

  const fates = new Map<LoadedObject, Fate>();
  const createAll = async (some: readonly LoadedObject[]): Promise<void> => {
    const results = await inLanes(LANES, some, create);
    some.forEach((object, at) => fates.set(object, results[at]!));
  };
  const isRefused = (object: LoadedObject): boolean => fates.get(object)?.outcome === 'refused';

  const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
  const webhooks = objects.filter(({ kind }) => interfering.has(kind));
  const first = new Set([...definitions, ...namespaces, ...webhooks]);
  const rest = objects.filter((object) => !first.has(object));

  await createAll(definitions);
  await createAll(namespaces);
  const named = new Set(rest.flatMap(({ metadata }) => metadata.namespace ?? []));
  await inLanes(LANES, [...named], (name) => create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  await inLanes(LANES, definitions.filter((definition) => !isRefused(definition)), async (definition) => {
    const { group, names, versions } = definitionSchema.parse(definition).spec;
    for (const { name } of versions.filter((version) => version.served)) {
      await until(`${group}/${name}/${names.kind} to be served`, async () => (await discover(`${group}/${name}`)).some(({ kind }) => kind === names.kind), { timeoutMs: 60_000 });
    }
  });
  served.clear();
  await createAll(rest);
  // What one object needs may have come after it.
  await createAll(rest.filter(isRefused));
  await createAll(webhooks);

  const ends = objects.map((object) => ({ object, fate: fates.get(object)! }));
  return {
    created: ends.filter(({ fate }) => fate.outcome === 'created').map(({ object }) => object),
    present: ends.filter(({ fate }) => fate.outcome === 'present').length,
    refused: ends.flatMap(({ object: { apiVersion, kind, metadata }, fate }) => (fate.outcome === 'refused' ? [`${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name ?? ''}: ${fate.reason}`] : [])),
  };
}
