import type { Labels } from '#inventory/facts.js';
import { selectsAll } from '#inventory/readers/label-selector.js';
import { defineIndex, type World } from '../engine/world.js';
import { policiesByNamespace } from '../indexes/by-namespace.js';
import { adminIsolations } from './isolation-admin.js';
import { calicoIsolations } from './isolation-calico.js';
import { ciliumIsolations } from './isolation-cilium.js';
import { nameLabel, type Direction, type Isolation, type NamespaceView } from './isolation.js';

const namespaceLabels = defineIndex([], (world) => new Map<string, Labels>(world.seen('namespaces').map(({ name, labels }) => [name, labels])));

function viewOf(world: World, name: string): NamespaceView {
  const labels = world.use(namespaceLabels).get(name);
  return { name, label: (key) => (key === nameLabel ? name : labels ? (Object.hasOwn(labels, key) ? labels[key]! : null) : undefined) };
}

/** Policies beyond the built-in kind: by namespace, and those that may hold in any. */
const customIsolations = defineIndex(
  [
    'networkpolicies.crd.projectcalico.org', 'globalnetworkpolicies.crd.projectcalico.org', 'ciliumnetworkpolicies.cilium.io', 'ciliumclusterwidenetworkpolicies.cilium.io',
    'adminnetworkpolicies.policy.networking.k8s.io', 'baselineadminnetworkpolicies.policy.networking.k8s.io', 'clusternetworkpolicies.policy.networking.k8s.io',
  ],
  (world) => {
    const byNamespace = new Map<string, Isolation[]>();
    const anywhere: Isolation[] = [];
    for (const isolation of [...calicoIsolations(world), ...ciliumIsolations(world), ...adminIsolations(world)]) {
      if (isolation.directions.length === 0) continue;
      if (isolation.namespace === undefined) {
        anywhere.push(isolation);
        continue;
      }
      const list = byNamespace.get(isolation.namespace);
      if (list) list.push(isolation);
      else byNamespace.set(isolation.namespace, [isolation]);
    }
    return { byNamespace, anywhere };
  },
);

/** The policy that isolates every pod of a namespace in one direction; undefined where none was found. */
export function isolatingPolicy(world: World, namespace: string, direction: Direction): string | undefined {
  for (const policy of world.use(policiesByNamespace).get(namespace) ?? []) {
    if (policy.policyTypes.includes(direction) && selectsAll(policy.podSelector)) return `NetworkPolicy ${policy.name}`;
  }
  const { byNamespace, anywhere } = world.use(customIsolations);
  const view = viewOf(world, namespace);
  const candidates = [...(byNamespace.get(namespace) ?? []), ...anywhere].filter(({ directions }) => directions.includes(direction));
  const found = candidates.find(({ covers }) => covers(view));
  // That none of them covers it may be for want of the namespace's labels.
  if (!found && candidates.length > 0) world.list('namespaces');
  return found?.text;
}
