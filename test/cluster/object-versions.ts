import { z } from 'zod';
import type { KubeCluster } from './kube-cluster.js';

const discoverySchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string().optional() }).default({}),
      // A group whose own server does not answer has no resources.
      versions: z.array(z.object({ version: z.string(), resources: z.array(z.object({ resource: z.string(), verbs: z.array(z.string()) })).default([]) })),
    }),
  ),
});
const itemSchema = z.object({ metadata: z.object({ name: z.string(), namespace: z.string().default(''), uid: z.string().default(''), resourceVersion: z.string().default('') }) });
// Go writes an empty list as null.
const listSchema = z.object({ items: z.array(itemSchema).nullish() });

/** Renewed or written all the time, by the servers themselves. */
const restless = new Set(['events', 'events.events.k8s.io', 'leases.coordination.k8s.io', 'componentstatuses']);

/** The version of every object of every kind that a cluster can list: two that are equal saw no write in between. */
export async function objectVersions(cluster: KubeCluster): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  for (const root of ['/api', '/apis']) {
    const { body } = await cluster.request('GET', root, undefined, { headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' } });
    for (const { metadata: { name: group = '' }, versions: [preferred] } of discoverySchema.parse(body).items) {
      for (const { resource, verbs } of preferred?.resources ?? []) {
        const key = group === '' ? resource : `${resource}.${group}`;
        if (!verbs.includes('list') || restless.has(key)) continue;
        const path = `${group === '' ? root : `${root}/${group}`}/${preferred!.version}/${resource}`;
        const list = await cluster.request('GET', path, undefined, { headers: { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' } });
        for (const { metadata } of listSchema.parse(list.body).items ?? []) versions.set(`${key} ${metadata.namespace}/${metadata.name}`, `${metadata.uid} ${metadata.resourceVersion}`);
      }
    }
  }
  return versions;
}

/** Objects that are in only one of the two, or in both in different versions. */
export const changedObjects = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key)).sort();
