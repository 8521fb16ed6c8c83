import { z } from 'zod';
import type { ApiClient } from './api-client.js';
import { until } from './until.js';

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string().optional(), generateName: z.string().optional(), namespace: z.string().optional() }).default({}),
  items: z.array(z.unknown()).optional(),
  status: z.unknown().optional(),
});
type Manifest = z.infer<typeof manifestSchema>;

const resourceListSchema = z.object({
  resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});
const definitionSchema = z.object({
  spec: z.object({
    group: z.string(),
    names: z.object({ kind: z.string() }),
    versions: z.array(z.object({ name: z.string(), served: z.boolean() })),
  }),
});
type Resource = { readonly path: (namespace: string) => string; readonly hasStatus: boolean };

const fieldManager = 'fieldManager=cluster-test&force=true';

/** Puts manifests into a cluster: namespaces and CRDs first, the rest in the order given. */
export function createApply(client: ApiClient): (manifests: readonly object[]) => Promise<void> {
  const served = new Map<string, Resource>();

  return async (manifests) => {
    const objects = manifests.flatMap(flatten);
    for (const object of objects.toSorted((a, b) => rank(a) - rank(b))) await applyOne(object);
  };

  async function applyOne(object: Manifest): Promise<void> {
    const resource = await resourceOf(object);
    const collection = resource.path(object.metadata.namespace ?? 'default');
    const { status, ...withoutStatus } = object;
    if (object.metadata.name === undefined) {
      // Server-side apply needs a name; generateName is a matter of create.
      await expectSuccess(object, client.request('POST', collection, object));
      return;
    }
    const path = `${collection}/${encodeURIComponent(object.metadata.name)}`;
    const apply = (to: string, body: object) =>
      expectSuccess(object, client.request('PATCH', `${to}?${fieldManager}`, body, { contentType: 'application/apply-patch+yaml' }));
    await apply(path, withoutStatus);
    if (status !== undefined && resource.hasStatus) await apply(`${path}/status`, object);
    if (object.kind === 'CustomResourceDefinition') await definitionServed(object);
  }

  async function resourceOf({ apiVersion, kind }: Manifest): Promise<Resource> {
    const key = `${apiVersion}/${kind}`;
    const resource = served.get(key) ?? (await discover(apiVersion, kind));
    if (!resource) throw new Error(`the server does not serve ${key}`);
    served.set(key, resource);
    return resource;
  }

  async function discover(apiVersion: string, kind: string): Promise<Resource | undefined> {
    const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
    const { status, body } = await client.request('GET', root);
    if (status !== 200) return undefined;
    const { resources } = resourceListSchema.parse(body);
    const match = resources.find((resource) => resource.kind === kind && !resource.name.includes('/'));
    if (!match) return undefined;
    return {
      path: (namespace) => (match.namespaced ? `${root}/namespaces/${namespace}/${match.name}` : `${root}/${match.name}`),
      hasStatus: resources.some(({ name }) => name === `${match.name}/status`),
    };
  }

  /** A definition is served a moment after it was accepted, or never if its names clash with another's. */
  async function definitionServed(manifest: Manifest): Promise<void> {
    const { group, names, versions } = definitionSchema.parse(manifest).spec;
    for (const { name } of versions.filter((version) => version.served)) {
      await until(`${group}/${name}/${names.kind} to be served`, () => discover(`${group}/${name}`, names.kind));
    }
  }
}

function flatten(manifest: unknown): Manifest[] {
  const object = manifestSchema.parse(manifest);
  return object.items ? object.items.flatMap(flatten) : [object];
}

function rank({ kind }: Manifest): number {
  return kind === 'Namespace' ? 0 : kind === 'CustomResourceDefinition' ? 1 : 2;
}

async function expectSuccess(object: Manifest, answer: ReturnType<ApiClient['request']>): Promise<void> {
  const { status, body } = await answer;
  if (status >= 200 && status < 300) return;
  const { namespace, name, generateName } = object.metadata;
  throw new Error(`applying ${object.kind} ${namespace ? `${namespace}/` : ''}${name ?? generateName}: ${status} ${messageOf(body)}`);
}

function messageOf(body: unknown): string {
  const parsed = z.object({ message: z.string() }).safeParse(body);
  return parsed.success ? parsed.data.message : JSON.stringify(body);
}
