import type { Labels, LabelSelector, NetworkPolicyFacts, Workload } from '../facts.js';
import type { Inventory } from '../inventory.js';
import { isComplete, type MissingEvidence } from '../observed.js';
import { controllerLabels } from '../readers/controller-labels.js';
import { selectsPartly } from '../readers/partial-labels.js';
import type { ResourceKey } from '../resources.js';
import { SharedLists } from '../shared-lists.js';
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
export const policyKeys = [
  'namespaces', 'networkpolicies.networking.k8s.io',
  'adminnetworkpolicies.policy.networking.k8s.io', 'baselineadminnetworkpolicies.policy.networking.k8s.io', 'clusternetworkpolicies.policy.networking.k8s.io',
  'ciliumnetworkpolicies.cilium.io', 'ciliumclusterwidenetworkpolicies.cilium.io', 'networkpolicies.crd.projectcalico.org', 'globalnetworkpolicies.crd.projectcalico.org',
  'authorizationpolicies.security.istio.io',
] as const satisfies readonly ResourceKey[];

/** By what one comes in from outside. */
export const wayKeys = ['services', 'ingresses.networking.k8s.io'] as const satisfies readonly ResourceKey[];

/** What only some policies ask for. */
const helpful = ['nodes'] as const satisfies readonly ResourceKey[];

/** All lists that reachability is read from, beside workloads and their pods. */
export const reachabilityKeys = [...policyKeys, ...wayKeys, ...helpful] as const;

/**
 * All that reachability is decided on, from an inventory. A workload without a pod is one endpoint, by the workload's name. `by` workloads,
 * pods of one template are one endpoint with the addresses of all: who never asks for a single pod or its node needs no row of each.
 */
export function reachabilityInput(inventory: Inventory, by: 'pods' | 'workloads' = 'pods'): ReachabilityInput {
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
    endpoints: by === 'pods' ? podEndpoints(inventory) : workloadEndpoints(inventory),
    namespaces: inventory.list('namespaces').map(({ name, labels }) => ({ name, labels })),
    policies,
    tiers,
    unevaluated,
    services: inventory.list('services'),
    ingresses: inventory.list('ingresses.networking.k8s.io'),
    ...(isComplete(inventory.outcome('nodes')) && { nodes: inventory.list('nodes') }),
    controlPlane: controlPlaneOf(inventory),
    missing: missingOf(inventory, policyKeys),
    missingWays: missingOf(inventory, wayKeys),
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

const networksOf = ({ templates }: Inventory): ((template: number) => NetworkTemplate) => {
  const networks = new Map<number, NetworkTemplate>();
  // Thousands of templates have the same few ports.
  const lists = new SharedLists();
  return (template) => {
    let network = networks.get(template);
    if (!network) {
      const { labels, ports, hostNetwork, serviceAccount } = templates.network(template);
      networks.set(template, (network = { labels, ports: lists.shared(ports), hostNetwork, serviceAccount }));
    }
    return network;
  };
};

/** The pods of one template of a workload. Their addresses are text until somebody asks for them. */
class TemplateEndpoint implements Endpoint {
  constructor(
    readonly kind: string,
    readonly namespace: string,
    readonly name: string,
    private readonly network: NetworkTemplate,
    private readonly addressText: string,
    readonly pods: number,
  ) {}

  get labels(): Labels {
    return this.network.labels;
  }

  get ports(): NetworkTemplate['ports'] {
    return this.network.ports;
  }

  get hostNetwork(): boolean {
    return this.network.hostNetwork;
  }

  get serviceAccount(): string {
    return this.network.serviceAccount;
  }

  get addresses(): readonly string[] {
    return addressesIn(this.addressText);
  }
}

const addressesIn = (text: string): readonly string[] => (text === '' ? [] : text.split(','));

function podEndpoints(inventory: Inventory): readonly Endpoint[] {
  const { pods, podNodes, workloads } = inventory;
  const networkOf = networksOf(inventory);
  const endpoints: Endpoint[] = [];
  const hasPods = new Uint8Array(workloads.length);
  for (let row = 0; row < pods.length; row++) {
    const owner = pods.ownerAt(row);
    const { kind, namespace, name } = workloads[owner]!;
    const node = pods.nodeAt(row);
    hasPods[owner] = 1;
    endpoints.push({
      kind: 'Pod', namespace, name: pods.nameAt(row),
      ...(kind !== 'Pod' && { workload: { kind, name } }),
      ...networkOf(pods.templateAt(row)),
      addresses: addressesIn(pods.addressesAt(row)),
      ...(node >= 0 && { node: podNodes[node]! }),
    });
  }
  for (const [owner, workload] of workloads.entries()) if (hasPods[owner] === 0) addPlanned(endpoints, workload, networkOf);
  return endpoints;
}

/** A controller's own template says what its pods will be. */
function addPlanned(endpoints: Endpoint[], { kind, namespace, name, templates: [template] }: Workload, networkOf: (template: number) => NetworkTemplate): void {
  if (template !== undefined) endpoints.push(new TemplateEndpoint(kind, namespace, name, networkOf(template), '', 0));
}

function workloadEndpoints(inventory: Inventory): readonly Endpoint[] {
  const { pods, workloads } = inventory;
  const networkOf = networksOf(inventory);
  const byTemplate: Map<number, { addresses: string[]; pods: number }>[] = [];
  for (let row = 0; row < pods.length; row++) {
    const ofOwner = (byTemplate[pods.ownerAt(row)] ??= new Map());
    const template = pods.templateAt(row);
    let found = ofOwner.get(template);
    if (!found) ofOwner.set(template, (found = { addresses: [], pods: 0 }));
    found.pods++;
    const addresses = pods.addressesAt(row);
    if (addresses !== '') found.addresses.push(addresses);
  }
  const endpoints: Endpoint[] = [];
  for (const [owner, workload] of workloads.entries()) {
    const { kind, namespace, name } = workload;
    for (const [template, ofPods] of byTemplate[owner] ?? []) endpoints.push(new TemplateEndpoint(kind, namespace, name, networkOf(template), ofPods.addresses.join(','), ofPods.pods));
    if (byTemplate[owner] === undefined) addPlanned(endpoints, workload, networkOf);
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
