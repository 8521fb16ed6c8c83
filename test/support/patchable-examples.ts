import { catalogue } from '#controls/catalogue.js';
import { severities, type Control } from '#controls/engine/control.js';
import type { Evaluation, Failure } from '#controls/engine/evaluation.js';
import { evaluate } from '#controls/engine/evaluate.js';
import { hasKey } from '#controls/engine/key-set.js';
import type { ReadOutcome } from '#inventory/observed.js';
import { resourceType, type ResourceKey } from '#inventory/resources.js';
import { objectsOf } from './example-inventory.js';
import { entriesOf, inventoryOfCollected, type Collected, type Entry } from './faulty-cluster.js';

/** Examples are judged as of this day, so that support windows do not age them. */
const TODAY = Date.parse('2026-11-24T12:00:00Z');

interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object; readonly annotations?: Readonly<Record<string, string>>; readonly ownerReferences?: unknown };
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** A failing example, one of its failures and the patch that is to mend it. */
export interface PatchableExample {
  readonly title: string;
  readonly control: Control;
  readonly failure: Failure;
  readonly key: ResourceKey;
  readonly object: KubeObject;
  /** Whether the finding resolves with this in the place of the object, and none that is as severe opens for it. */
  readonly isMendedBy: (object: unknown) => boolean;
}

/** Every failure of the catalogue's failing examples for which its control has a patch; examples of bare pods, which nobody can patch, once more as Deployments. */
export function patchableExamples(): readonly PatchableExample[] {
  const known = new Set<string>();
  return catalogue.flatMap((control) => control.examples.fails.flatMap((example, at) => {
    const { manifests, missing = {}, version, kubelets, policy } = example;
    const outcomes = Object.fromEntries(Object.entries(missing).map(([key, reason]) => [key, { state: 'missing', reason, detail: `list ${key}: ${reason}` } satisfies ReadOutcome]));
    const written: Collected = { entries: entriesOf(objectsOf(manifests)), outcomes, ...(version !== undefined && { version }), ...(kubelets && { kubelets }), ...(policy && { policy }) };
    return [written, { ...written, entries: written.entries.map(asDeployment) }].flatMap((collected) => patchesOf(control, collected)).flatMap((found): readonly PatchableExample[] => {
      const identity = JSON.stringify([control.id, found.object, found.failure.patch]);
      if (known.has(identity)) return [];
      known.add(identity);
      return [{ ...found, title: `${control.id}, failing example ${at}: ${found.failure.resource.kind} ${found.failure.resource.name} ${found.failure.part}`.trimEnd() }];
    });
  }));
}

function patchesOf(control: Control, collected: Collected): readonly Omit<PatchableExample, 'title'>[] {
  const judge = (entries: readonly Entry[]): Evaluation => evaluate([control], inventoryOfCollected({ ...collected, entries }), collected.policy ?? {}, TODAY)[0]!;
  const { failures } = judge(collected.entries);
  const known = new Set(failures.map(({ key }) => key));
  return failures.filter(({ patch }) => patch !== undefined).map((failure) => {
    const { group, kind, namespace, name } = failure.resource;
    const entry = collected.entries.find(({ key, object }) => {
      const { metadata } = object as KubeObject;
      return resourceType(key).kind === kind && resourceType(key).group === group && metadata.name === name && (!resourceType(key).namespaced || (metadata.namespace || 'default') === namespace);
    });
    if (!entry) throw new Error(`${control.id} has a patch for ${kind} ${namespace}/${name}, which is not in its example`);
    return {
      control, failure, key: entry.key, object: { ...apiOf(entry), ...(entry.object as KubeObject) },
      isMendedBy: (object: unknown) => {
        const after = judge(collected.entries.map((each) => (each === entry ? { key: entry.key, object } : each)));
        return after.complete && !hasKey(after.heldKeys, failure.key) && after.failures.every(({ key, severity }) => key !== failure.key && (known.has(key) || severities.indexOf(severity) > severities.indexOf(failure.severity)));
      },
    };
  });
}

const apiOf = ({ key }: Entry): Pick<KubeObject, 'apiVersion' | 'kind'> => {
  const { group, versions, kind } = resourceType(key);
  return { apiVersion: group === '' ? versions[0]! : `${group}/${versions[0]!}`, kind };
};

/** The Deployment that would make such a pod; what a template cannot hold stays as it is. */
function asDeployment(entry: Entry): Entry {
  const { metadata, spec } = entry.object as KubeObject;
  if (entry.key !== 'pods' || !spec || 'ephemeralContainers' in spec || metadata.ownerReferences !== undefined || metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return entry;
  const { name, namespace, labels, annotations } = metadata;
  const { nodeName: _bound, ...template } = spec;
  const object: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, ...(namespace !== undefined && { namespace }) }, spec: { template: { metadata: { ...(labels && { labels }), ...(annotations && { annotations }) }, spec: template } } };
  return { key: 'deployments.apps', object };
}
