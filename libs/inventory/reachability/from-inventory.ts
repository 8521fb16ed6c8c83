import type { LabelSelector, NetworkPolicyFacts } from '../facts.js';
import type { Inventory } from '../inventory.js';
import { isComplete, type MissingEvidence } from '../observed.js';
import { controllerLabels } from '../readers/controller-labels.js';
import { selectsPartly } from '../readers/partial-labels.js';
import type { ResourceKey } from '../resources.js';
import type { NetworkTemplate } from '../template-store.js';
import { networkPolicyRef } from './compile.js';
import type { ControlPlaneAddress, Endpoint, ReachabilityInput, TierPolicy, UnevaluatedPolicy } from './input.js';
import { otherEngines } from './other-engines.js';
import { readTierPolicy, type TierKind } from './tier-policy.js';

const tierKeys = {
  'adminnetworkpolicies.policy.networking.k8s.io': 'AdminNetworkPolicy',
  'baselineadminnetworkpolicies.policy.networking.k8s.io': 'BaselineAdminNetworkPolicy',
  'clusternetworkpolicies.policy.networking.k8s.io': 'ClusterNetworkPolicy',
} as const satisfies Partial<Record<ResourceKey, TierKind>>;

/** What decides traffic between pods: without any of these, no verdict on it is certain. */
const needed = [
  'namespaces', 'networkpolicies.networking.k8s.io',
  'adminnetworkpolicies.policy.networking.k8s.io', 'baselineadminnetworkpolicies.policy.networking.k8s.io', 'clusternetworkpolicies.policy.networking.k8s.io',
  'ciliumnetworkpolicies.cilium.io', 'ciliumclusterwidenetworkpolicies.cilium.io', 'networkpolicies.crd.projectcalico.org', 'globalnetworkpolicies.crd.projectcalico.org',
  'authorizationpolicies.security.istio.io',
] as const satisfies readonly ResourceKey[];

/** By what one comes in from outside. */
const ways = ['services', 'ingresses.networking.k8s.io'] as const satisfies readonly ResourceKey[];

/** What only some policies ask for. */
const helpful = ['nodes'] as const satisfies readonly ResourceKey[];

/** All lists that reachability is read from, beside workloads and their pods. */
export const reachabilityKeys = [...needed, ...ways, ...helpful] as const;

/** All that reachability is decided on, from an inventory. A workload without a pod is one endpoint, by the workload's name. */
export function reachabilityInput(inventory: Inventory): ReachabilityInput {
  const tiers: TierPolicy[] = [];
  const unevaluated: UnevaluatedPolicy[] = [...otherEngines(inventory)];
  for (const [key, kind] of Object.entries(tierKeys) as [keyof typeof tierKeys, TierKind][]) {
    for (const facts of inventory.list(key)) {
      const read = readTierPolicy(kind, facts);
      if ('policy' in read) tiers.push(read.policy);
      else unevaluated.push(read.unreadable);
    }
  }
  const policies = inventory.list('networkpolicies.networking.k8s.io');
  for (const policy of policies) if (readsDropped(policy)) unevaluated.push(undecidable(policy));
  return {
    endpoints: endpointsOf(inventory),
    namespaces: inventory.list('namespaces').map(({ name, labels }) => ({ name, labels })),
    policies,
    tiers,
    unevaluated,
    services: inventory.list('services'),
    ingresses: inventory.list('ingresses.networking.k8s.io'),
    ...(isComplete(inventory.outcome('nodes')) && { nodes: inventory.list('nodes') }),
    controlPlane: controlPlaneOf(inventory),
    missing: missingOf(inventory, needed),
    missingWays: missingOf(inventory, ways),
  };
}

function missingOf(inventory: Inventory, keys: readonly ResourceKey[]): readonly MissingEvidence[] {
  const missing: MissingEvidence[] = [];
  for (const key of keys) {
    const outcome = inventory.outcome(key);
    if (outcome.state === 'partial' || outcome.state === 'missing') missing.push({ fact: key, reason: outcome.reason, detail: outcome.detail });
  }
  return missing;
}

function endpointsOf(inventory: Inventory): readonly Endpoint[] {
  const { pods, podNodes, workloads, templates } = inventory;
  const networks = new Map<number, NetworkTemplate>();
  const networkOf = (template: number): NetworkTemplate => {
    let network = networks.get(template);
    if (!network) networks.set(template, (network = templates.network(template)));
    return network;
  };
  const endpoints: Endpoint[] = [];
  const hasPods = new Uint8Array(workloads.length);
  for (let row = 0; row < pods.length; row++) {
    const owner = pods.ownerAt(row);
    const { kind, namespace, name } = workloads[owner]!;
    const node = pods.nodeAt(row);
    const addresses = pods.addressesAt(row);
    hasPods[owner] = 1;
    endpoints.push({
      kind: 'Pod', namespace, name: pods.nameAt(row),
      ...(kind !== 'Pod' && { workload: { kind, name } }),
      ...networkOf(pods.templateAt(row)),
      addresses: addresses === '' ? [] : addresses.split(','),
      ...(node >= 0 && { node: podNodes[node]! }),
    });
  }
  for (const [owner, { kind, namespace, name, templates: [template] }] of workloads.entries()) {
    // A controller's own template says what its pods will be.
    if (hasPods[owner] === 0 && template !== undefined) endpoints.push({ kind, namespace, name, ...networkOf(template), addresses: [], pods: 0 });
  }
  return endpoints;
}

/** Where static pods of the API server say that it answers. A managed one says nothing. */
function controlPlaneOf({ components }: Inventory): readonly ControlPlaneAddress[] {
  return components.flatMap(({ component, flags }) => {
    const address = flags['advertise-address']?.at(-1);
    const port = Number(flags['secure-port']?.at(-1) ?? 6443);
    return component === 'kube-apiserver' && address !== undefined && Number.isInteger(port) ? [{ address, port }] : [];
  });
}

const keysOf = ({ matchLabels, matchExpressions }: LabelSelector): readonly string[] => [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)];

function readsDropped(policy: NetworkPolicyFacts): boolean {
  const reads = (selector: LabelSelector | undefined): boolean => selector !== undefined && keysOf(selector).some((key) => controllerLabels.has(key));
  return reads(policy.podSelector) || [...policy.ingress, ...policy.egress].some(({ peers }) => peers.some(({ podSelector }) => reads(podSelector)));
}

/** A NetworkPolicy that tells pods of one template apart: the pods it may be about have no certain answer. */
function undecidable(policy: NetworkPolicyFacts): UnevaluatedPolicy {
  return {
    object: networkPolicyRef(policy),
    directions: policy.policyTypes.map((type) => (type === 'Ingress' ? 'ingress' : 'egress')),
    effect: 'replaces',
    namespace: policy.namespace,
    selects: ({ labels }) => selectsPartly(policy.podSelector, (key) => (Object.hasOwn(labels, key) ? labels[key]! : controllerLabels.has(key) ? undefined : null)) !== false,
  };
}
