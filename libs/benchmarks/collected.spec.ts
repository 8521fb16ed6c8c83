import { describe, expect, it } from 'vitest';
import { configurationFields, isConfigurationKey, operatorFields } from '#inventory/projection/configuration.js';
import { resourceKeyOf, resourceType, type ResourceKey } from '#inventory/resources.js';
import { itemsOf, type Item } from './benchmark.js';
import { benchmarks } from './benchmarks.js';
import { listOfResource } from './judge/cluster/cluster-view.js';
import { isDecidable, rulesWithin, type FieldPath, type Rule } from './rules/rule.js';

const items = Object.values(benchmarks).flatMap((benchmark) => itemsOf(benchmark).map((item) => [`${benchmark.id} ${item.id}`, item] as const));
const rulesOf = ({ rule, otherwise }: Item): readonly Rule[] => [rule, otherwise].flatMap((one) => (one ? rulesWithin(one) : []));
const resourcesOf = ({ evidence }: Item): readonly string[] => evidence.flatMap((one) => (one.class === 'api' ? one.resources : []));

/** Of items that a person decides: what they are shown may be read by them alone. */
const notCollected: Readonly<Record<string, string>> = { 'gke-1.9.0 5.10.3': 'runtimeclasses.node.k8s.io' };

describe('what an item names as evidence', () => {
  it('is what scans and snapshots read', () => {
    const unread = items.flatMap(([name, item]) => resourcesOf(item).filter((resource) => listOfResource(resource) === undefined).map((resource) => [name, resource]));
    expect(Object.fromEntries(unread)).toEqual(notCollected);
    for (const name of Object.keys(notCollected)) expect(isDecidable(items.find(([each]) => each === name)![1].rule!)).toBe(false);
  });

  it('is told by its group and kind in an upload', () => {
    const keys = new Set(items.flatMap(([, item]) => resourcesOf(item).flatMap((resource) => listOfResource(resource) ?? [])));
    expect(keys.size).toBeGreaterThan(20);
    for (const key of keys) {
      const { group, kind, versions } = resourceType(key);
      expect(resourceKeyOf(group === '' ? versions[0]! : `${group}/${versions[0]!}`, kind)).toBe(key);
    }
  });
});

describe('a field that a rule asks', () => {
  const isKept = (kept: readonly { readonly path: FieldPath }[], asked: FieldPath): boolean => kept.some(({ path }) => path.every((name, index) => asked[index] === name));
  const keptOf = (key: ResourceKey): readonly { readonly path: FieldPath }[] => (isConfigurationKey(key) ? configurationFields[key] : [{ path: ['metadata', 'labels'] }, { path: ['status', 'nodeInfo'] }]);

  it('is kept of the object', () => {
    const lost = items.flatMap(([name, item]) => rulesOf(item).flatMap((rule): readonly string[] => {
      const asked = askedBy(rule);
      if (!asked) return [];
      return asked.paths.filter((path) => !isKept(keptOf(listOfResource(asked.resource)!), path)).map((path) => `${name}: ${path.join('.')} of ${asked.resource}`);
    }));
    expect(lost).toEqual([]);
  });

  it('is kept of what an operator gave its server', () => {
    const asked = items.flatMap(([name, item]) => rulesOf(item).flatMap((rule) => (rule.kind === 'operator-config' ? [[name, rule] as const] : [])));
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter(([, { namespace, path }]) => !isKept(operatorFields[namespace], path)).map(([name, { path }]) => `${name}: ${path.join('.')}`)).toEqual([]);
  });
});

function askedBy(rule: Rule): { readonly resource: string; readonly paths: readonly FieldPath[] } | undefined {
  switch (rule.kind) {
    case 'object': return { resource: rule.object.resource, paths: [rule.path] };
    case 'condition': return { resource: rule.object.resource, paths: [['status', 'conditions']] };
    case 'constraints': return { resource: 'securitycontextconstraints.security.openshift.io', paths: [...rule.strict.map(({ path }) => path), ['users'], ['groups']] };
    case 'tls-profile': return { resource: rule.object.resource, paths: ['type', 'custom.ciphers', 'custom.minTLSVersion'].map((field) => ['spec', 'tlsSecurityProfile', ...field.split('.')]) };
    default: return undefined;
  }
}
