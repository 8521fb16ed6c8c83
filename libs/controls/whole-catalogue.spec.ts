import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resourceKeys } from '#inventory/resources.js';
import { inventoryOf, objectsOf, type InventoryOptions } from '#test/support/example-inventory.js';
import { judge as judgeCollected, onlyUnknown, type Judged } from '#test/support/fault-oracle.js';
import { entriesOf, type Collected } from '#test/support/faulty-cluster.js';
import { clusterKeys, inAnotherOrder, namespacedKeys, namespacesOf, readOnlyIn, rolledOut, withNamespacesRenamed, withoutRightTo, withUnrelated } from '#test/support/metamorphoses.js';
import { readRealistic, realisticFiles } from '#test/support/realistic.js';
import { catalogue } from './catalogue.js';
import type { Evaluation } from './engine/evaluation.js';
import { evaluate } from './engine/evaluate.js';

/** Relations that must hold for every control, whatever it checks: shown on the bundled sample, which has good and bad of everything. */
const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'apps/standalone/sample/shop.yaml'), 'utf8');
const TODAY = Date.parse('2026-11-24T12:00:00Z');

type Json = Readonly<Record<string, unknown>>;

const judge = (objects: readonly unknown[], options: InventoryOptions = {}): ReadonlyMap<string, Evaluation> =>
  new Map(evaluate(catalogue, inventoryOf(objects, options), {}, TODAY).map((evaluation) => [evaluation.controlId, evaluation]));

const byKey = <T extends { readonly key: string }>(items: readonly T[]): readonly T[] => [...items].sort((a, b) => (a.key < b.key ? -1 : 1));

/** What must not depend on how the same cluster was written down: everything but which subjects stand as examples of a group. */
const essence = (evaluations: ReadonlyMap<string, Evaluation>): readonly unknown[] => essenceOf({ evaluations: [...evaluations.values()] });

const essenceOf = ({ evaluations }: Pick<Judged, 'evaluations'>): readonly unknown[] =>
  evaluations.map(({ failures, unknowns, notApplicables, ...rest }) => ({
    ...rest,
    failures: byKey(failures),
    unknowns: unknowns.map(({ missing, count }) => `${missing.fact} ${missing.reason} ${missing.detail} ${count}`).sort(),
    notApplicables: notApplicables.map(({ reason, count }) => `${reason} ${count}`).sort(),
  }));

const sample = objectsOf(text);
const whole = judge(sample);

const backwards = (word: string): string => word.split('').reverse().join('');

describe('the whole catalogue on the sample', () => {
  it('breaks nowhere', () => {
    expect([...whole.values()].filter(({ error }) => error !== undefined).map(({ controlId, error }) => `${controlId}: ${error}`)).toEqual([]);
  });

  it('names objects, and carries nothing of them along', () => {
    const kept = new Set([...whole.values()].flatMap(({ failures }) => failures.flatMap(({ resource }) => Object.keys(resource))));
    expect([...kept].sort()).toEqual(['group', 'kind', 'name', 'namespace']);
  });

  it('says what it said before', async () => {
    const said = Object.fromEntries([...whole].map(([id, { outcome, complete, passed, failed, unknown, notApplicable, failures, unknowns, notApplicables }]) => [id, {
      outcome, complete, passed, failed, unknown, notApplicable,
      failures: byKey(failures).map(({ key, severity, message }) => `${severity} ${key.slice(id.length + 1)} ${message}`),
      unknowns: unknowns.map(({ missing, count }) => `${count} × ${missing.fact}: ${missing.detail}`),
      notApplicables: notApplicables.map(({ reason, count, expected }) => `${count} × ${expected ? 'expected: ' : ''}${reason}`),
    }]));
    // When this changes on purpose: npx vitest run libs/controls/whole-catalogue.spec.ts -u, and read the difference.
    await expect(`${JSON.stringify(said, null, 1)}\n`).toMatchFileSnapshot(join(root, 'test/fixtures/sample-verdicts.json'));
  });

  const collected: Collected = { entries: entriesOf(sample) };
  const before = judgeCollected(collected);

  it.each(resourceKeys)('turns verdicts only to unknown where %s could not be read', (key) => {
    expect(onlyUnknown(before, judgeCollected(withoutRightTo(collected, [key])), [key])).toEqual([]);
  });

  it.each(namespacedKeys)('turns verdicts only to unknown where %s could be read in some namespaces alone', (key) => {
    for (const namespaces of [[], ['shop'], ['kube-system', 'payments']]) {
      expect(onlyUnknown(before, judgeCollected(readOnlyIn(collected, namespaces, [key])), [key]), namespaces.join()).toEqual([]);
    }
  });

  it('turns verdicts only to unknown for whoever may read one namespace and nothing of the cluster', () => {
    for (const namespace of namespacesOf(collected)) {
      const narrow = withoutRightTo(readOnlyIn(collected, [namespace], namespacedKeys), clusterKeys);
      expect(onlyUnknown(before, judgeCollected(narrow), resourceKeys), namespace).toEqual([]);
    }
  });

  it('is not moved by objects that have nothing to do with it', () => {
    expect(essenceOf(judgeCollected(withUnrelated(collected, 'search')))).toEqual(essenceOf(before));
  });


  it.each(['security-tools', 'shop-orders'])('moves its findings along with namespace %s', (namespace) => {
    const renamed = 'some-other-name';
    const moved = essence(judge(objectsOf(text.replaceAll(namespace, renamed))));
    const strip = (evaluations: readonly unknown[]): string => JSON.stringify(evaluations, (name, value: unknown) => (name === 'passedKeys' || name === 'heldKeys' || name === 'keys' ? undefined : value));
    // Lists of names are in the order of the names.
    const withSortedNames = (_name: string, value: unknown): unknown => (Array.isArray(value) && value.every((item) => typeof item === 'string') ? value.toSorted() : value);
    const sorted = (json: string): readonly unknown[] => (JSON.parse(json, withSortedNames) as readonly { readonly failures: readonly { readonly key: string }[] }[]).map((evaluation) => ({ ...evaluation, failures: byKey(evaluation.failures) }));
    expect(sorted(strip(moved))).toEqual(sorted(strip(essence(whole)).replaceAll(namespace, renamed)));
  });

  it.each([1, 2, 3])('does not depend on the order of objects (%i)', (seed) => {
    expect(essenceOf(judgeCollected(inAnotherOrder(collected, seed)))).toEqual(essenceOf(before));
  });

  it('does not see a roll-out', () => {
    const rolled = sample.map((object) => {
      const { kind, metadata } = object as { readonly kind: string; readonly metadata: Json & { readonly name: string; readonly ownerReferences?: readonly (Json & { readonly kind: string; readonly name: string })[] } };
      const owner = metadata.ownerReferences?.[0];
      const isReplicaSet = kind === 'ReplicaSet' && owner?.kind === 'Deployment';
      const isPod = kind === 'Pod' && owner?.kind === 'ReplicaSet';
      if (!isReplicaSet && !isPod) return object;
      const next = JSON.parse(JSON.stringify(object)) as { metadata: { name: string; uid: string; labels?: Record<string, string>; ownerReferences: { name: string; uid: string }[] } };
      const hash = next.metadata.labels?.['pod-template-hash'];
      if (hash === undefined) return object;
      const newHash = backwards(hash);
      next.metadata.labels!['pod-template-hash'] = newHash;
      next.metadata.uid = `rolled-${next.metadata.uid}`;
      next.metadata.name = isPod ? next.metadata.name.replace(`-${hash}-`, `-${newHash}-`).replace(/.{5}$/, backwards) : next.metadata.name.replace(hash, newHash);
      if (isPod) next.metadata.ownerReferences[0]!.name = next.metadata.ownerReferences[0]!.name.replace(hash, newHash);
      return next;
    });
    expect(rolled.filter((object, i) => object !== sample[i]).length).toBeGreaterThan(40);
    expect(essence(judge(rolled))).toEqual(essence(whole));
  });
});

/** Namespaces that mean something by their names. */
const named: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease', 'calico-system', 'kube-flannel']);

describe.skipIf(realisticFiles.length === 0)('the whole catalogue on realistic manifests (needs BULWARK_TRUTH_DIR)', () => {
  describe.each(realisticFiles)('%s', (file) => {
    const collected: Collected = { entries: entriesOf(readRealistic(file)) };
    const before = judgeCollected(collected);
    const namespaces = namespacesOf(collected);
    const there = resourceKeys.filter((key) => collected.entries.some((entry) => entry.key === key));

    it('turns verdicts only to unknown where a kind could not be read, or in one namespace alone', () => {
      for (const key of there) expect(onlyUnknown(before, judgeCollected(withoutRightTo(collected, [key])), [key]), key).toEqual([]);
      const absent = resourceKeys.filter((key) => !there.includes(key));
      expect(onlyUnknown(before, judgeCollected(withoutRightTo(collected, absent)), absent)).toEqual([]);
      for (const namespace of namespaces) {
        for (const key of there.filter((each) => namespacedKeys.includes(each))) expect(onlyUnknown(before, judgeCollected(readOnlyIn(collected, [namespace], [key])), [key]), `${key} in ${namespace}`).toEqual([]);
        const narrow = withoutRightTo(readOnlyIn(collected, [namespace], namespacedKeys), clusterKeys);
        expect(onlyUnknown(before, judgeCollected(narrow), resourceKeys), namespace).toEqual([]);
      }
    });

    it('is not moved by objects that have nothing to do with it, nor by their order', () => {
      if (namespaces.length > 0) expect(essenceOf(judgeCollected(withUnrelated(collected, namespaces[0]!)))).toEqual(essenceOf(before));
      expect(essenceOf(judgeCollected(inAnotherOrder(collected, 5)))).toEqual(essenceOf(before));
    });

    it('moves its findings along with its namespaces', () => {
      const names = new Map(namespaces.filter((name) => !named.has(name)).map((name, i) => [name, `moved-${i}-x`]));
      const after = judgeCollected(withNamespacesRenamed(collected, names));
      const back = (key: string): string => [...names].reduce((text, [name, moved]) => text.replaceAll(moved, name), key);
      const told = ({ evaluations }: Judged, keyOf: (key: string) => string): readonly string[] => evaluations.flatMap(({ controlId, passed, failed, unknown, notApplicable, failures }) => [
        `${controlId}: ${passed} passed, ${failed} failed, ${unknown} unknown, ${notApplicable} not applicable`, ...failures.map(({ key, severity }) => `${severity} ${keyOf(key)}`).sort(),
      ]);
      expect(told(after, back)).toEqual(told(before, (key) => key));
    });

    it('does not see a roll-out', () => {
      expect(essenceOf(judgeCollected(rolledOut(collected, '6b7f9d5c8')))).toEqual(essenceOf(judgeCollected(rolledOut(collected, '549cdbf7f'))));
    });
  });
});
