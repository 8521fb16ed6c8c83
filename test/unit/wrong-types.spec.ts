import { expect, it } from 'vitest';
import { catalogue } from '#controls/catalogue.js';
import type { Control } from '#controls/engine/control.js';
import type { ResourceKey } from '#inventory/resources.js';
import { objectsOf } from '../support/example-inventory.js';
import { judge, noBetter } from '../support/fault-oracle.js';
import { entriesOf, type Collected } from '../support/faulty-cluster.js';
import { nodesOf, withValueAt } from '../support/json-paths.js';

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);
const samples: readonly unknown[] = [null, 'x', 7, true, ['x'], { x: 'x' }];

/** Kinds that no API server of ours refuses for their shape, and whose readers do. */
const policies: ReadonlySet<ResourceKey> = new Set([
  'networkpolicies.crd.projectcalico.org', 'globalnetworkpolicies.crd.projectcalico.org', 'ciliumnetworkpolicies.cilium.io', 'ciliumclusterwidenetworkpolicies.cilium.io',
  'adminnetworkpolicies.policy.networking.k8s.io', 'baselineadminnetworkpolicies.policy.networking.k8s.io', 'clusternetworkpolicies.policy.networking.k8s.io',
]);

/** Where an example itself holds a field of the wrong type. */
const isMistyped = (path: readonly (string | number)[], value: unknown): boolean => path.at(-2) === 'enableDefaultDeny' && typeof value !== 'boolean';

/** What a control takes for better in its own examples because one field of a policy is of another type. An absent spec may be null. */
function mistaken(control: Control): readonly string[] {
  const { passes, fails, unknown = [], notApplicable = [] } = control.examples;
  const found: string[] = [];
  for (const { manifests, missing, version, policy } of [...passes, ...fails, ...unknown, ...notApplicable]) {
    const entries = entriesOf(objectsOf(manifests));
    if (missing || !entries.some(({ key }) => policies.has(key))) continue;
    const ground: Collected = { entries, ...(version !== undefined && { version }), ...(policy && { policy }) };
    const before = judge(ground, [control]);
    for (const entry of entries) {
      if (!policies.has(entry.key)) continue;
      for (const { path, value } of nodesOf(entry.object as object)) {
        if (!(path[0] === 'spec' || path[0] === 'specs') || isMistyped(path, value)) continue;
        for (const sample of samples) {
          if (typeOf(sample) === typeOf(value) || (sample === null && path.length === 1)) continue;
          const object = withValueAt(entry.object, path, sample);
          const broken = noBetter(before, judge({ ...ground, entries: entries.map((each) => (each === entry ? { key: entry.key, object } : each)) }, [control]));
          if (broken.length > 0) found.push(`${control.id}: ${entry.key} ${path.join('.')} is ${typeOf(sample)}: ${broken[0]}`);
        }
      }
    }
  }
  return found;
}

it('a field of the wrong type in a policy of Calico, of Cilium or of the tiers makes no verdict better', () => {
  expect(catalogue.flatMap(mistaken)).toEqual([]);
}, 300_000);
