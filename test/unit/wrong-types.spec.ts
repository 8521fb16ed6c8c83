import { describe, expect, it } from 'vitest';
import { catalogue } from '#controls/catalogue.js';
import type { Control } from '#controls/engine/control.js';
import { evaluate } from '#controls/engine/evaluate.js';
import { recordEvidence } from '#inventory/evidence/record-evidence.js';
import type { CustomFacts } from '#inventory/facts.js';
import type { Inventory, ListedKey } from '#inventory/inventory.js';
import { customShapes } from '#inventory/readers/custom-shapes.js';
import { policyShapes } from '#inventory/readers/policy-shape.js';
import type { Shape } from '#inventory/readers/shape.js';
import { resourceKeys, resourceType, type ResourceKey } from '#inventory/resources.js';
import { objectsOf } from '../support/example-inventory.js';
import { judge, noBetter } from '../support/fault-oracle.js';
import { entriesOf, inventoryOfCollected, type Collected, type Entry } from '../support/faulty-cluster.js';
import { nodesOf, withoutValueAt, withValueAt, type JsonPath } from '../support/json-paths.js';

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);
const samples: readonly unknown[] = [null, 'x', 7, true, ['x'], { x: 'x' }];
const isScalar = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const mapsOfTexts: ReadonlySet<unknown> = new Set(['annotations', 'data', 'hard', 'labels', 'limits', 'max', 'matchLabels', 'nodeSelector', 'requests', 'selector']);

interface Exemption {
  readonly because: string;
  readonly isMeant: (key: ResourceKey, path: JsonPath, sample: unknown, value: unknown) => boolean;
  /** What it is to be read as, to be exempt; anything where this is left out. */
  readonly as?: (sample: unknown) => unknown;
}

/** Whether a server leaves null out of maps there, as by the schema of a custom resource. */
const isPruned = (key: ResourceKey, path: JsonPath): boolean => path[0] !== 'metadata' && resourceType(key).custom === true && !resourceType(key).group.startsWith('admissionregistration.');

/** Where a value of another type may rightly be told from the one that was there. */
const exemptions: readonly Exemption[] = [
  { because: 'what YAML reads as a number in a map of texts is its text, which nobody quoted', isMeant: (_key, path, sample) => isScalar(sample) && mapsOfTexts.has(path.at(-2)), as: String },
  { because: 'and null is the empty text, as servers decode it in maps of the API\'s own', isMeant: (_key, path, sample, value) => sample === null && isScalar(value) && mapsOfTexts.has(path.at(-2)), as: () => '' },
  { because: 'the same of a variable\'s value', isMeant: (_key, path, sample) => isScalar(sample) && path.at(-3) === 'env' && path.at(-1) === 'value', as: String },
  { because: 'a port is a number or a name', isMeant: (key, path, sample) => key === 'networkpolicies.networking.k8s.io' && path.at(-1) === 'port' && (typeof sample === 'string' || typeof sample === 'number') },
  { because: 'a chart takes values of any type', isMeant: (key, path) => key === 'helmreleases.helm.toolkit.fluxcd.io' && path[1] === 'values' },
  { because: 'the example itself has another type there', isMeant: (_key, path, _sample, value) => path.at(-2) === 'enableDefaultDeny' && typeof value !== 'boolean' },
];

interface Ground extends Collected {
  readonly control: Control;
}

const grounds: readonly Ground[] = catalogue.flatMap((control): readonly Ground[] => {
  const { passes, fails, unknown = [], notApplicable = [] } = control.examples;
  return [...passes, ...fails, ...unknown, ...notApplicable].filter(({ missing }) => !missing).map(({ manifests, version, kubelets, nodes, policy }) =>
    ({ control, entries: entriesOf(objectsOf(manifests)), ...(version !== undefined && { version }), ...(kubelets && { kubelets }), ...(nodes && { nodes }), ...(policy && { policy }) }));
});

/** All that is read of one object. */
const factsOf = (entry: Entry): string => Array.from(recordEvidence(inventoryOfCollected({ entries: [entry] })), ({ text }) => text).join('\n');
const isRefused = (entry: Entry): boolean => inventoryOfCollected({ entries: [entry] }).outcome(entry.key).state === 'partial';

let tried = 0;

/** What the control takes for better in one of its own examples because one field of one object is of another type. */
function* mistaken(ground: Ground): Generator<string> {
  const { control, entries } = ground;
  const before = judge(ground, [control]);
  const judgedWith = (changed: Entry, entry: Entry): readonly string[] => noBetter(before, judge({ ...ground, entries: entries.map((each) => (each === entry ? changed : each)) }, [control]));
  for (const entry of entries) {
    const { key } = entry;
    const changedAt = (path: JsonPath, value: unknown): Entry => ({ key, object: withValueAt(entry.object, path, value) });
    const facts = factsOf(entry);
    let ofRefused: readonly string[] | undefined;
    for (const { path, value } of nodesOf(entry.object as object)) {
      if (path[0] === 'apiVersion' || path[0] === 'kind') continue;
      for (const sample of samples) {
        if (typeOf(sample) === typeOf(value)) continue;
        tried++;
        const changed = changedAt(path, sample);
        const title = `${control.id}: ${key} ${path.join('.')} is ${typeOf(sample)}`;
        if (isRefused(changed)) {
          // Whatever was wrong with it, nothing of it is kept.
          const [broken] = (ofRefused ??= judgedWith(changed, entry));
          if (broken !== undefined) yield `${title}: ${broken}`;
          continue;
        }
        const read = factsOf(changed);
        if (read === facts) continue;
        if (exemptions.some(({ isMeant, as }) => isMeant(key, path, sample, value) && (!as || read === factsOf(changedAt(path, as(sample)))))) continue;
        // Null is absent, as servers have it, but for labels of their own kinds.
        if (sample === null && typeof path.at(-1) === 'string' && !(isScalar(value) && mapsOfTexts.has(path.at(-2)) && !isPruned(key, path)) && read === factsOf({ key, object: withoutValueAt(entry.object, path) })) continue;
        const [broken] = judgedWith(changed, entry);
        if (broken !== undefined) yield `${title}: ${broken}`;
      }
    }
  }
}

describe('a field of the wrong type', () => {
  it('makes no verdict better, of any object of any example', () => {
    expect(grounds.flatMap((ground) => [...mistaken(ground)])).toEqual([]);
    expect(tried).toBeGreaterThan(130_000);
  }, 600_000);
});

/** Kinds whose specs are put together by their own readers, field by field. */
const projected: ReadonlySet<ResourceKey> = new Set(['horizontalpodautoscalers.autoscaling', 'poddisruptionbudgets.policy', 'kongplugins.configuration.konghq.com', 'kongclusterplugins.configuration.konghq.com']);
/** Looks at every text, whatever field it is in. */
const everyField: ReadonlySet<string> = new Set(['supply-chain/unused-secrets']);
/** What takes the place of a certificate. */
const made: ReadonlySet<string> = new Set(['routes.route.openshift.io.tls.hasCertificate']);

/** A value that tells of which fields somebody asked who had not looked what there is. */
function watched(value: unknown, path: readonly string[], tell: (path: readonly string[]) => void): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, name, receiver) {
      const inner: unknown = Reflect.get(target, name, receiver);
      if (typeof name === 'symbol' || name === 'toJSON' || (Array.isArray(target) && !/^\d+$/.test(name))) return inner;
      const place = [...path, Array.isArray(target) ? '[]' : name];
      if (!Object.hasOwn(target, name)) tell(place);
      return watched(inner, place, tell);
    },
  });
}

function isNamed(shape: Shape | undefined, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return shape !== undefined;
  if (shape === undefined || typeof shape === 'string') return false;
  if ('list' in shape) return step === '[]' && isNamed(shape.list, rest);
  return isNamed('map' in shape ? shape.map : shape.fields[step], rest);
}

describe('the shape of a custom resource', () => {
  it('names every field that a control asks for', () => {
    const unnamed = new Set<string>();
    for (const { control, policy, ...collected } of grounds) {
      if (everyField.has(control.id)) continue;
      const inventory = inventoryOfCollected(collected);
      const lists = new Map<ListedKey, readonly CustomFacts[]>();
      for (const key of resourceKeys) {
        const shape = customShapes[key] ?? policyShapes[key];
        const listed = key as 'issuers.cert-manager.io';
        const specs = inventory.list(listed).filter((facts) => 'spec' in facts);
        if (specs.length === 0 || projected.has(key)) continue;
        const tell = (path: readonly string[]): void => {
          const field = `${key}.${path.join('.')}`;
          if (!isNamed(shape, path) && !made.has(field)) unnamed.add(`${control.id}: ${field}`);
        };
        lists.set(listed, specs.map((facts) => ({ ...facts, spec: watched(facts.spec, [], tell), ...(facts.specs && { specs: facts.specs.map((spec) => watched(spec, [], tell)) }) })));
      }
      const list = ((key: ListedKey) => lists.get(key) ?? inventory.list(key)) as Inventory['list'];
      evaluate([control], { ...inventory, list }, policy ?? {}, Date.parse('2026-11-24T12:00:00Z'));
    }
    expect([...unnamed]).toEqual([]);
  }, 60_000);
});
