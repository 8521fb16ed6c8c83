import type { MissingEvidence } from '#inventory/observed.js';
import type { ResourceKey } from '#inventory/resources.js';
import { defineControl } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import { orUnknown } from '../engine/part.js';
import { fail, notApplicable, passPart, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import { lackOf, type World } from '../engine/world.js';
import { wholeCluster } from '../scopes/whole-cluster.js';
import { foundPlugins, type FoundPlugin } from './found-plugins.js';

/** An agent that was seen to run holds policies whatever else there is; whether another has pods rests on the list of pods. */
function held(world: World, by: readonly FoundPlugin[], part: string): Verdict {
  if (by.some(({ runs }) => runs)) return provenPassPart(part);
  world.workloads(['pods']);
  return passPart(part);
}

type PolicyKey = 'networkpolicies.networking.k8s.io' | 'networkpolicies.crd.projectcalico.org' | 'globalnetworkpolicies.crd.projectcalico.org' | 'ciliumnetworkpolicies.cilium.io' | 'ciliumclusterwidenetworkpolicies.cilium.io';

/** How many policies there are; a verdict where there are none. Throws MissingEvidenceError where they could not be read. */
function countOf(world: World, keys: readonly PolicyKey[], part: string, name: string): number | Verdict {
  const count = keys.reduce((sum, key) => sum + world.seen(key).length, 0);
  if (count > 0) return count;
  for (const key of keys) world.list(key);
  const lack = keys.map((key) => lackOf(world, key)).find((item) => item !== undefined);
  return lack ? unknown(lack, part) : notApplicable(`there are no ${name}`, part);
}

const cannotTell = (detail: string): MissingEvidence => ({ fact: 'daemonsets.apps' satisfies ResourceKey, reason: 'not-requested', detail });

const plural = (count: number, noun: string): string => (count === 1 ? `1 ${noun} exists` : `${count} ${noun.replace(/y$/, 'ies')} exist`);

function judgeNetworkPolicies(world: World, found: readonly FoundPlugin[]): Verdict {
  const part = 'network-policies';
  const count = countOf(world, ['networkpolicies.networking.k8s.io'], part, 'NetworkPolicies');
  if (typeof count !== 'number') return count;
  // During a roll-out two states of one plugin run side by side: the policies hold on some nodes alone.
  const states = new Map<string, FoundPlugin[]>();
  for (const item of found) states.set(item.plugin.product, [...(states.get(item.plugin.product) ?? []), item]);
  const holds = [...states.values()].find((items) => items.some(({ enforcement }) => enforcement === 'yes') && !items.some(({ enforcement, plugin }) => typeof plugin.enforces === 'function' && enforcement !== 'yes'));
  if (holds) return held(world, holds, part);
  const builtIn = world.cluster.platform === 'k3s' ? world.list('nodes').map(({ policyController }) => policyController).filter((state) => state !== undefined) : [];
  if (builtIn.includes('on') && !builtIn.includes('off')) return passPart(part);
  // That nothing else holds them can only be said where every DaemonSet was read.
  world.workloads(['daemonsets.apps']);
  const unclear = found.map(({ enforcement }) => (typeof enforcement === 'object' && 'unclear' in enforcement ? enforcement.unclear : undefined)).find((text) => text !== undefined);
  if (unclear !== undefined) return unknown(cannotTell(unclear), part);
  const because = reasonAgainst(world, found, builtIn.includes('off'));
  if (because !== undefined) return fail(`${plural(count, 'NetworkPolicy')}, and nothing holds them: ${because}`, { part, detail: { policies: count, found: [...states.keys()] } });
  return unknown(cannotTell('no network plugin that is known here runs as a DaemonSet; the configuration in /etc/cni/net.d of a node, or a connection that a policy denies, would tell whether policies are held'), part);
}

function reasonAgainst(world: World, found: readonly FoundPlugin[], isBuiltInOff: boolean): string | undefined {
  for (const { enforcement } of found) if (typeof enforcement === 'object' && 'no' in enforcement) return enforcement.no;
  if (isBuiltInOff) return 'the K3s server runs with --disable-network-policy, and no other policy engine runs';
  // Its own plugins for nodes have no DaemonSet by which they are told.
  return world.cluster.platform === 'gke' ? 'GKE holds policies with Dataplane V2 or its network policy add-on, and neither runs' : undefined;
}

const engines = {
  calico: { keys: ['networkpolicies.crd.projectcalico.org', 'globalnetworkpolicies.crd.projectcalico.org'], name: 'Calico' },
  cilium: { keys: ['ciliumnetworkpolicies.cilium.io', 'ciliumclusterwidenetworkpolicies.cilium.io'], name: 'Cilium' },
} as const;

/** Policies of an engine's own kinds nobody else reads. */
function judgeOwn(world: World, found: readonly FoundPlugin[], own: keyof typeof engines): Verdict {
  const part = `${own}-policies`;
  const { keys, name } = engines[own];
  const count = countOf(world, keys, part, `policies of ${name}`);
  if (typeof count !== 'number') return count;
  const ofOwn = found.filter(({ plugin }) => plugin.own === own);
  if (ofOwn.length > 0) return held(world, ofOwn, part);
  world.workloads(['daemonsets.apps']);
  // One that runs from an image or under a name that is not known here.
  if (found.length === 0) return unknown(cannotTell(`no network plugin that is known here runs as a DaemonSet: whether ${name} does is not known`), part);
  return fail(`${plural(count, `${name} policy`)}, and ${name} does not run: nothing holds them`, { part, detail: { policies: count, found: [...new Set(found.map(({ plugin }) => plugin.product))] } });
}

const policy = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: shop}\nspec: {podSelector: {}}\n---\n';
const global = 'apiVersion: crd.projectcalico.org/v1\nkind: GlobalNetworkPolicy\nmetadata: {name: deny}\nspec: {selector: all()}\n---\n';
const container = (name: string, image: string, args: string) => `{name: ${name}, image: '${image}'${args === '' ? '' : `, args: [${args}]`}}`;
const agent = (name: string, containers: readonly (readonly [name: string, image: string, args?: string])[], { namespace = 'kube-system', runs: isRunning = true } = {}) => {
  const spec = `containers: [${containers.map(([own, image, args = '']) => container(own, image, args)).join(', ')}]`;
  const daemonSet = `apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: ${name}, namespace: ${namespace}, uid: u1}\nspec: {template: {metadata: {labels: {k8s-app: ${name}}}, spec: {hostNetwork: true, ${spec}}}}\n---\n`;
  const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}-x, namespace: ${namespace}, labels: {k8s-app: ${name}}, ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: ${name}, uid: u1, controller: true}]}\nspec: {hostNetwork: true, nodeName: a, ${spec}}\nstatus: {phase: Running}\n---\n`;
  return isRunning ? `${daemonSet}${pod}` : daemonSet;
};
const node = (version: string, annotation = '') => `apiVersion: v1\nkind: Node\nmetadata: {name: a${annotation === '' ? '' : `, annotations: {k3s.io/node-args: '${annotation}'}`}}\nstatus: {nodeInfo: {kubeletVersion: ${version}}}\n---\n`;
const cluster = (text: string, options: Omit<Example, 'manifests'> = {}): Example => manifests(text.replace(/---\n$/, ''), options);
const flannel = agent('kube-flannel-ds', [['kube-flannel', 'ghcr.io/flannel-io/flannel:v0.27.0']], { namespace: 'kube-flannel' });
const vpc = (args: string) => agent('aws-node', [['aws-node', '602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20.4'], ['aws-eks-nodeagent', '602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon/aws-network-policy-agent:v1.2.7', args]]);

export const cniEnforcement = defineControl({
  id: 'network/cni-enforcement',
  title: 'The network plugin holds the policies that exist',
  severity: 'critical',
  why: 'The API server takes a NetworkPolicy whether or not anything in the cluster acts on it. Where the network plugin does not, every policy is a text that denies nothing, and everybody relies on it.',
  remediation: 'Run a network plugin that holds policies (Calico, Cilium, Antrea, kube-router, OVN-Kubernetes …), or a policy engine beside the one you have: kube-network-policies or Calico in policy-only mode beside flannel, --enable-network-policy for the Amazon VPC CNI, Dataplane V2 on GKE, a network policy engine on AKS. Then try a connection that a policy denies.',
  frameworks: {
    'cis-kubernetes': ['5.3.1'], 'nsa-cisa': ['network/policies'], 'nist-800-190': ['4.3.3', '4.4.2'], 'nist-800-53': ['AC-4', 'SC-7', 'SC-7(5)', 'SC-7(21)'],
    'mitre-attack': ['T1046'], 'owasp-kubernetes': ['K05'], 'pci-dss': ['1.3.1', '1.3.2'], soc2: ['CC6.1', 'CC6.6'],
  },
  evidence: ['api'],
  parts: { 'network-policies': 'NetworkPolicies', 'calico-policies': 'policies of Calico\'s own kinds', 'cilium-policies': 'policies of Cilium\'s own kinds' },
  scope: wholeCluster(),
  check(world) {
    const found = world.use(foundPlugins);
    return [
      orUnknown('network-policies', () => judgeNetworkPolicies(world, found)),
      orUnknown('calico-policies', () => judgeOwn(world, found, 'calico')),
      orUnknown('cilium-policies', () => judgeOwn(world, found, 'cilium')),
    ];
  },
  examples: {
    passes: [
      cluster(policy + agent('calico-node', [['calico-node', 'docker.io/calico/node:v3.30.0']])),
      cluster(policy + agent('rke2-canal', [['calico-node', 'rancher/hardened-calico:v3.30.0'], ['kube-flannel', 'rancher/hardened-flannel:v0.27.0']]), { title: 'flannel, with Calico for policies' }),
      cluster(policy + agent('kube-flannel-ds', [['kube-flannel', 'ghcr.io/flannel-io/flannel:v0.27.0'], ['kube-network-policies', 'registry.k8s.io/networking/kube-network-policies:v0.7.0']])),
      cluster(policy + vpc('--enable-network-policy=true')),
      cluster(policy + agent('kindnet', [['kindnet-cni', 'docker.io/kindest/kindnetd:v20250214-acbabc1a']])),
      cluster(policy + node('v1.36.1+k3s1', '["server"]'), { title: 'K3s' }),
      cluster(policy + agent('anetd', [['cilium-agent', 'gke.gcr.io/cilium/agent:v1']]), { title: 'Dataplane V2' }),
    ],
    fails: [
      cluster(policy + flannel),
      cluster(policy + vpc('--enable-network-policy=false')),
      cluster(policy + agent('aws-node', [['aws-node', '602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.12.6']])),
      cluster(policy + agent('kube-router', [['kube-router', 'cloudnativelabs/kube-router:v2.5.0', '--run-router=true, --run-firewall=false']])),
      cluster(policy + agent('kindnet', [['kindnet-cni', 'docker.io/kindest/kindnetd:v20240202-8f1494ea']])),
      cluster(policy + node('v1.36.1+k3s1', '["server","--disable-network-policy","true"]')),
      cluster(policy + node('v1.35.1-gke.1000')),
      cluster(policy + flannel + agent('calico-node', [['calico-node', 'docker.io/calico/node:v3.30.0']], { runs: false }), { title: 'a Calico that runs nowhere' }),
      cluster(global + agent('cilium', [['cilium-agent', 'quay.io/cilium/cilium:v1.18.0']]), { title: 'policies of an engine that is gone' }),
    ],
    unknown: [
      cluster(policy + node('v1.36.1'), { title: 'nothing that is known' }),
      cluster(policy + flannel, { missing: { 'daemonsets.apps': 'forbidden' } }),
      cluster(policy + agent('sdn', [['sdn', 'quay.io/openshift/sdn:4.14']], { namespace: 'openshift-sdn' })),
      cluster(flannel, { missing: { 'networkpolicies.networking.k8s.io': 'forbidden' } }),
    ],
    notApplicable: [cluster(flannel, { title: 'no policies' })],
  },
});
