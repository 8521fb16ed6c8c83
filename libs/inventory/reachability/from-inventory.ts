import type { Labels, LabelSelector, NetworkPolicyFacts } from '../facts.js';
import type { Inventory } from '../inventory.js';
import type { MissingEvidence } from '../observed.js';
import { controllerLabels } from '../readers/controller-labels.js';
import { selectsPartly } from '../readers/partial-labels.js';
import type { ResourceKey } from '../resources.js';
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

/** All lists that reachability is read from, beside workloads and their pods. */
export const reachabilityKeys = [...needed, ...ways] as const;

/** What the inventory of a cluster does not tell: pods one by one, with names and addresses, and where the API server is. */
export interface MoreFacts {
  /** Used in place of the inventory's pods, which have neither name nor address. */
  readonly pods?: readonly Endpoint[];
  readonly controlPlane?: readonly ControlPlaneAddress[];
}

/** All that reachability is decided on, from an inventory. A workload's pods of one template are one endpoint, by the workload's name. */
export function reachabilityInput(inventory: Inventory, more: MoreFacts = {}): ReachabilityInput {
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
  // Pods one by one have all of their labels.
  if (!more.pods) for (const policy of policies) if (readsDropped(policy)) unevaluated.push(undecidable(policy));
  return {
    endpoints: more.pods ?? endpointsOf(inventory),
    namespaces: inventory.list('namespaces').map(({ name, labels }) => ({ name, labels })),
    policies,
    tiers,
    unevaluated,
    services: inventory.list('services'),
    ingresses: inventory.list('ingresses.networking.k8s.io'),
    controlPlane: more.controlPlane ?? [],
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
  const { pods, workloads, templates } = inventory;
  const counts = new Map<number, number>();
  for (let row = 0; row < pods.length; row++) {
    const key = pods.ownerAt(row) * templates.size + pods.templateAt(row);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const endpoints: Endpoint[] = [];
  const labelSets = new Map<string, Labels>();
  const shared = (labels: Labels): Labels => {
    const text = JSON.stringify(labels);
    const known = labelSets.get(text);
    if (!known) labelSets.set(text, labels);
    return known ?? labels;
  };
  for (const [owner, workload] of workloads.entries()) {
    const running = workload.templates.filter((template) => counts.has(owner * templates.size + template));
    // A controller's own template says what its pods will be, where none is there yet.
    for (const id of running.length > 0 ? running : workload.templates.slice(0, 1)) {
      const template = templates.get(id);
      endpoints.push({
        kind: workload.kind,
        namespace: workload.namespace,
        name: workload.name,
        labels: shared(template.labels),
        ports: template.containers.filter(({ type, sidecar }) => type === 'container' || sidecar === true).flatMap(({ ports }) => ports),
        hostNetwork: template.hostNetwork,
        addresses: [],
        serviceAccount: template.serviceAccount,
        pods: counts.get(owner * templates.size + id) ?? 0,
      });
    }
  }
  return endpoints;
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
