import type { Labels } from '#inventory/facts.js';
import { networkPolicyRef } from '#inventory/reachability/compile.js';
import { controllerLabels } from '#inventory/readers/controller-labels.js';
import { selectsAll } from '#inventory/readers/label-selector.js';
import type { LabelLookup, Tristate } from '#inventory/readers/partial-labels.js';
import type { ResourceRef } from '#inventory/resource-ref.js';
import { defineIndex, type World } from '../engine/world.js';
import { policiesByNamespace } from '../indexes/by-namespace.js';
import { adminIsolations } from './isolation-admin.js';
import { calicoIsolations } from './isolation-calico.js';
import { ciliumIsolations } from './isolation-cilium.js';
import { nameLabel, type Direction, type Isolation } from './isolation.js';

const namespaceLabels = defineIndex([], (world) => new Map<string, Labels>(world.seen('namespaces').map(({ name, labels }) => [name, labels])));

/** What is known of a label: those of controllers are not kept. */
const lookupIn = (labels: Labels): LabelLookup => (key) => (Object.hasOwn(labels, key) ? labels[key]! : controllerLabels.has(key) ? undefined : null);

function namespaceLookup(world: World, name: string): LabelLookup {
  const labels = world.use(namespaceLabels).get(name);
  const lookup: LabelLookup = labels ? lookupIn(labels) : () => undefined;
  return (key) => (key === nameLabel ? name : lookup(key));
}

const anyPod: LabelLookup = () => undefined;

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

const candidatesFor = (world: World, namespace: string, direction: Direction): readonly Isolation[] => {
  const { byNamespace, anywhere } = world.use(customIsolations);
  return [...(byNamespace.get(namespace) ?? []), ...anywhere].filter(({ directions }) => directions.includes(direction));
};

/** The policy that isolates every pod of a namespace in one direction; undefined where none was found. */
export function isolatingPolicy(world: World, namespace: string, direction: Direction): ResourceRef | undefined {
  for (const policy of world.use(policiesByNamespace).get(namespace) ?? []) {
    if (policy.policyTypes.includes(direction) && selectsAll(policy.podSelector)) return networkPolicyRef(policy);
  }
  const candidates = candidatesFor(world, namespace, direction);
  const pods = { namespace, namespaceLabel: namespaceLookup(world, namespace), label: anyPod };
  const found = candidates.find(({ selects }) => selects(pods) === true);
  // That none of them covers it may be for want of the namespace's labels.
  if (!found && candidates.length > 0) world.list('namespaces');
  return found?.policy;
}

/** Whether a policy of another kind than NetworkPolicy isolates a pod with these labels: that one, or the first of which nobody can tell. */
export function otherIsolation(world: World, namespace: string, labels: Labels, direction: Direction): { readonly isIsolated: Tristate; readonly by?: ResourceRef } {
  const candidates = candidatesFor(world, namespace, direction);
  const pod = { namespace, namespaceLabel: namespaceLookup(world, namespace), label: lookupIn(labels) };
  let doubtful: ResourceRef | undefined;
  for (const { selects, policy } of candidates) {
    const answer = selects(pod);
    if (answer === true) return { isIsolated: true, by: policy };
    if (answer === undefined) doubtful ??= policy;
  }
  if (candidates.length > 0) world.list('namespaces');
  return doubtful === undefined ? { isIsolated: false } : { isIsolated: undefined, by: doubtful };
}
