import { isWorkloadKey } from '#inventory/inventory.js';
import { resourceKeys, resourceType, type ResourceKey } from '#inventory/resources.js';
import type { Collected, Entry } from './faulty-cluster.js';
import { objectsOf } from './example-inventory.js';
import { entriesOf } from './faulty-cluster.js';
import { randomNumbers } from './random-numbers.js';

/** Ways to change a cluster after which it is known what must have become of the verdicts. */

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}
interface KubeObject {
  readonly metadata: Metadata;
  readonly spec?: { readonly replicas?: number; readonly template?: { readonly metadata?: Partial<Metadata>; readonly spec?: object } };
}

const objectOf = ({ object }: Entry): KubeObject => object as KubeObject;
export const namespaceOf = (entry: Entry): string | undefined => (resourceType(entry.key).namespaced ? objectOf(entry).metadata.namespace || 'default' : undefined);
export const namespacesOf = ({ entries }: Collected): readonly string[] => [...new Set(entries.flatMap((entry) => (entry.key === 'namespaces' ? [objectOf(entry).metadata.name] : [])))];

/** As if a kind could not be read. */
export const withoutRightTo = (collected: Collected, keys: readonly ResourceKey[]): Collected => ({
  ...collected,
  outcomes: { ...collected.outcomes, ...Object.fromEntries(keys.map((key) => [key, { state: 'missing', reason: 'forbidden', detail: `list ${key}: forbidden` }])) },
});

/** As if a kind could be read in some namespaces alone. */
export function readOnlyIn(collected: Collected, namespaces: readonly string[], keys: readonly ResourceKey[]): Collected {
  const entries = collected.entries.filter((entry) => !keys.includes(entry.key) || namespaces.includes(namespaceOf(entry) ?? ''));
  const outcomes = Object.fromEntries(keys.map((key) => [key, { state: 'partial', count: entries.filter((entry) => entry.key === key).length, reason: 'forbidden', detail: `list ${key} of every namespace: forbidden` }]));
  return { ...collected, entries, outcomes: { ...collected.outcomes, ...outcomes } };
}

export const namespacedKeys: readonly ResourceKey[] = resourceKeys.filter((key) => resourceType(key).namespaced);
export const clusterKeys: readonly ResourceKey[] = resourceKeys.filter((key) => !resourceType(key).namespaced);

/** With objects in a namespace of the cluster that have nothing to do with anything. */
export function withUnrelated(collected: Collected, namespace: string): Collected {
  const unrelated = objectsOf(`
apiVersion: v1
kind: ConfigMap
metadata: {name: unrelated, namespace: ${namespace}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: unrelated, namespace: ${namespace}}
automountServiceAccountToken: false
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: unrelated}
value: 7
---
apiVersion: shop.example/v1
kind: Discount
metadata: {name: unrelated, namespace: ${namespace}}
spec: {percent: 20}`);
  return { ...collected, entries: [...collected.entries, ...entriesOf(unrelated).filter(({ key }) => key !== 'namespaces')] };
}

export function inAnotherOrder(collected: Collected, seed: number): Collected {
  const next = randomNumbers(seed);
  const entries = [...collected.entries];
  for (let i = entries.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [entries[i], entries[j]] = [entries[j]!, entries[i]!];
  }
  return { ...collected, entries };
}

/** With other names for namespaces, wherever an object says one. */
export function withNamespacesRenamed(collected: Collected, names: ReadonlyMap<string, string>): Collected {
  const text = (value: string, key: string | undefined): string => {
    if (key === 'namespace' || key === 'namespaces' || key === 'kubernetes.io/metadata.name') return names.get(value) ?? value;
    const account = /^system:serviceaccount(s?):([^:]+)(.*)$/s.exec(value);
    if (account) return `system:serviceaccount${account[1]}:${names.get(account[2]!) ?? account[2]}${account[3]}`;
    return value.replace(/(?<=\.)[a-z0-9-]+(?=\.svc\b)/g, (name) => names.get(name) ?? name);
  };
  const renamed = (value: unknown, key: string | undefined): unknown => {
    if (typeof value === 'string') return text(value, key);
    if (Array.isArray(value)) return value.map((item) => renamed(item, key));
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, renamed(inner, name)])) : value;
  };
  return {
    ...collected,
    entries: collected.entries.map(({ key, object }) => {
      const moved = renamed(object, undefined) as KubeObject;
      return { key, object: key === 'namespaces' ? { ...moved, metadata: { ...moved.metadata, name: names.get(moved.metadata.name) ?? moved.metadata.name } } : moved };
    }),
  };
}

/** With what the controllers of a running cluster make of its Deployments: a ReplicaSet of this revision each, and its pods. */
export function rolledOut(collected: Collected, revision: string): Collected {
  const made = collected.entries.filter(({ key }) => key === 'deployments.apps').flatMap((entry): readonly Entry[] => {
    const { metadata, spec } = objectOf(entry);
    if (!spec?.template?.spec) return [];
    const { name } = metadata;
    const namespace = namespaceOf(entry)!;
    const labels = { ...spec.template.metadata?.labels, 'pod-template-hash': revision };
    const template = { metadata: { ...spec.template.metadata, labels }, spec: spec.template.spec };
    const owner = (kind: string, of: string) => ({ ownerReferences: [{ apiVersion: 'apps/v1', kind, name: of, uid: `${kind}-${of}`, controller: true }] });
    const replicaSet = `${name}-${revision}`;
    return [
      { key: 'replicasets.apps', object: { metadata: { name: replicaSet, namespace, labels, ...owner('Deployment', name) }, spec: { replicas: spec.replicas ?? 1, template } } },
      ...Array.from({ length: spec.replicas ?? 1 }, (_, i): Entry => ({
        key: 'pods',
        object: { metadata: { ...template.metadata, name: `${replicaSet}-${revision.slice(0, 2)}${i}xx`, namespace, ...owner('ReplicaSet', replicaSet) }, spec: { ...spec.template!.spec, nodeName: 'node-a' }, status: { phase: 'Running' } },
      })),
    ];
  });
  return { ...collected, entries: [...collected.entries, ...made].toSorted((a, b) => Number(isWorkloadKey(a.key)) - Number(isWorkloadKey(b.key))) };
}
