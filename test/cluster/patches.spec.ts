import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { resourceType } from '#inventory/resources.js';
import { patchableExamples, type PatchableExample } from '../support/patchable-examples.js';
import { clusterBinaries } from './binaries.js';
import { startKubeCluster, type KubeCluster } from './kube-cluster.js';

const binaries = await clusterBinaries();

type Json = Readonly<Record<string, unknown>>;
interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly template?: { readonly metadata?: { readonly labels?: Json }; readonly spec?: Json }; readonly jobTemplate?: { readonly spec?: { readonly template?: { readonly spec?: Json } } } } & Json;
}

/** With what an API server wants of a workload and examples leave out: that it selects its own pods, and when a job runs. */
function completed(object: PatchableExample['object']): object {
  const { kind, spec } = object as Workload;
  const template = spec?.template;
  if (kind === 'CronJob') {
    const job = spec?.jobTemplate?.spec;
    return { ...object, spec: { schedule: '@daily', ...spec, jobTemplate: { ...spec?.jobTemplate, spec: { ...job, template: { ...job?.template, spec: { restartPolicy: 'Never', ...job?.template?.spec } } } } } };
  }
  if (!template) return object;
  const labels = { example: 'patched', ...template.metadata?.labels };
  return { ...object, spec: { selector: { matchLabels: labels }, ...spec, template: { ...template, metadata: { ...template.metadata, labels } } } };
}

const answerSchema = z.looseObject({ message: z.string().optional() });

describe.skipIf(binaries.kind === 'unavailable')('patches of the catalogue, sent to a real API server', () => {
  let cluster: KubeCluster;
  const examples = patchableExamples();

  beforeAll(async () => {
    cluster = await startKubeCluster();
    const namespaces = new Set(examples.flatMap(({ object }) => object.metadata.namespace ?? []));
    await cluster.apply([...namespaces].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
  });
  afterAll(() => cluster?.stop());

  const pathOf = ({ key, object: { apiVersion, metadata } }: PatchableExample): string => {
    const { resource, namespaced } = resourceType(key);
    return [apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`, ...(namespaced ? ['namespaces', metadata.namespace || 'default'] : []), resource, metadata.name].join('/');
  };

  /** What became of one: undefined where the patched object is mended. */
  async function tryOut(example: PatchableExample): Promise<{ readonly of: 'object' | 'patch' | 'verdict'; readonly text: string } | undefined> {
    const { title, object, failure, isMendedBy } = example;
    const path = pathOf(example);
    try {
      await cluster.apply([completed(object)]);
    } catch (error) {
      return { of: 'object', text: `${title}: ${String(error)}` };
    }
    try {
      const { status, body } = await cluster.request('PATCH', `${path}?dryRun=All&fieldValidation=Strict`, failure.patch, { contentType: 'application/strategic-merge-patch+json' });
      if (status !== 200) return { of: 'patch', text: `${title}: ${status} ${answerSchema.parse(body).message ?? ''}: ${JSON.stringify(failure.patch)}` };
      return isMendedBy(body) ? undefined : { of: 'verdict', text: `${title}: ${JSON.stringify(failure.patch)}` };
    } finally {
      if (example.key !== 'namespaces') await cluster.request('DELETE', path);
    }
  }

  it('are taken, and mend what they are for', async () => {
    const ends = [];
    for (const example of examples) ends.push(await tryOut(example));
    const refused = ends.filter((end) => end !== undefined);
    const objects = refused.filter(({ of }) => of === 'object').map(({ text }) => text);
    console.info(`${examples.length} patches: ${examples.length - refused.length} taken, objects of ${objects.length} refused${objects.length > 0 ? `:\n${objects.join('\n')}` : ''}`);
    expect(refused.filter(({ of }) => of !== 'object').map(({ text }) => text)).toEqual([]);
    expect(objects.length).toBeLessThan(examples.length / 10);
  });
});
