import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resourceKeys } from '#inventory/resources.js';
import { inventoryOf, objectsOf, type InventoryOptions } from '#test/support/example-inventory.js';
import { randomNumbers } from '#test/support/random-numbers.js';
import { catalogue } from './catalogue.js';
import type { Evaluation } from './engine/evaluation.js';
import { evaluate } from './engine/evaluate.js';
import { hasKey } from './engine/key-set.js';

/** Relations that must hold for every control, whatever it checks: shown on the bundled sample, which has good and bad of everything. */
const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'apps/standalone/sample/shop.yaml'), 'utf8');
const TODAY = Date.parse('2026-11-24T12:00:00Z');

type Json = Readonly<Record<string, unknown>>;

const judge = (objects: readonly unknown[], options: InventoryOptions = {}): ReadonlyMap<string, Evaluation> =>
  new Map(evaluate(catalogue, inventoryOf(objects, options), {}, TODAY).map((evaluation) => [evaluation.controlId, evaluation]));

const byKey = <T extends { readonly key: string }>(items: readonly T[]): readonly T[] => [...items].sort((a, b) => (a.key < b.key ? -1 : 1));

/** What must not depend on how the same cluster was written down: everything but which subjects stand as examples of a group. */
const essence = (evaluations: ReadonlyMap<string, Evaluation>): readonly unknown[] =>
  [...evaluations.values()].map(({ failures, unknowns, notApplicables, ...rest }) => ({
    ...rest,
    failures: byKey(failures),
    unknowns: unknowns.map(({ missing, count }) => `${missing.fact} ${missing.reason} ${missing.detail} ${count}`).sort(),
    notApplicables: notApplicables.map(({ reason, count }) => `${reason} ${count}`).sort(),
  }));

const sample = objectsOf(text);
const whole = judge(sample);

function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const next = randomNumbers(seed);
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

const backwards = (word: string): string => word.split('').reverse().join('');

describe('the whole catalogue on the sample', () => {
  it('breaks nowhere', () => {
    expect([...whole.values()].filter(({ error }) => error !== undefined).map(({ controlId, error }) => `${controlId}: ${error}`)).toEqual([]);
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

  it.each(resourceKeys)('turns verdicts only to unknown where %s could not be read', (key) => {
    const blind = judge(sample, { outcomes: { [key]: { state: 'missing', reason: 'forbidden', detail: `list ${key}: forbidden` } } });
    for (const [id, evaluation] of blind) {
      const before = whole.get(id)!;
      expect(evaluation.error).toBeUndefined();
      const known = new Set(before.failures.map((failure) => failure.key));
      const failing = new Set(evaluation.failures.map((failure) => failure.key));
      expect([...failing].filter((failure) => !known.has(failure)), `${id} finds more`).toEqual([]);
      if (evaluation.outcome === 'pass') expect(before.outcome, `${id} passes only now`).toBe('pass');
      const resolved = [...known].filter((failure) => !failing.has(failure) && evaluation.complete && !hasKey(evaluation.heldKeys, failure));
      expect(resolved, `${id} would resolve these`).toEqual([]);
      if (catalogue.find((control) => control.id === id)!.scope.needs.includes(key)) expect(evaluation.complete, `${id} is complete`).toBe(false);
    }
  });

  it('is not moved by objects that have nothing to do with it', () => {
    const unrelated = objectsOf(`
apiVersion: v1
kind: ConfigMap
metadata: {name: unrelated, namespace: search}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: unrelated, namespace: search}
automountServiceAccountToken: false
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: unrelated}
value: 7
---
apiVersion: shop.example/v1
kind: Discount
metadata: {name: unrelated, namespace: search}
spec: {percent: 20}`);
    expect(essence(judge([...sample, ...unrelated]))).toEqual(essence(whole));
  });

  it.each(['security-tools', 'shop-orders'])('moves its findings along with namespace %s', (namespace) => {
    const renamed = 'some-other-name';
    const moved = essence(judge(objectsOf(text.replaceAll(namespace, renamed))));
    const strip = (evaluations: readonly unknown[]): string => JSON.stringify(evaluations, (name, value: unknown) => (name === 'passedKeys' || name === 'heldKeys' ? undefined : value));
    // Lists of names are in the order of the names.
    const withSortedNames = (_name: string, value: unknown): unknown => (Array.isArray(value) && value.every((item) => typeof item === 'string') ? value.toSorted() : value);
    const sorted = (json: string): readonly unknown[] => (JSON.parse(json, withSortedNames) as readonly { readonly failures: readonly { readonly key: string }[] }[]).map((evaluation) => ({ ...evaluation, failures: byKey(evaluation.failures) }));
    expect(sorted(strip(moved))).toEqual(sorted(strip(essence(whole)).replaceAll(namespace, renamed)));
  });

  it.each([1, 2, 3])('does not depend on the order of objects (%i)', (seed) => {
    expect(essence(judge(shuffled(sample, seed)))).toEqual(essence(whole));
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
