import type { LabelSelector, NetworkPolicyFacts, NetworkPolicyPeer, NetworkPolicyRule } from '#inventory/facts.js';
import { workloadKeys } from '#inventory/inventory.js';
import { networkPolicyRef } from '#inventory/reachability/compile.js';
import { selectsAll } from '#inventory/readers/label-selector.js';
import { defineControl } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import { fail, implied, notApplicable, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import { lackOf, type World } from '../engine/world.js';
import { eachNetworkPolicy } from '../scopes/each-object.js';
import { portNamesOf, selectablePods, type SelectablePods } from './selectable-pods.js';
import { doubtfulSelection } from './undecided.js';

/** Places that one finding names. */
const NAMED = 20;

const directions = ['Ingress', 'Egress'] as const;
const traffic = { Ingress: 'incoming', Egress: 'outgoing' } as const;

interface Place {
  readonly direction: (typeof directions)[number];
  /** From 1. */
  readonly rule: number;
  readonly names: string;
}

function* rulesOf(policy: NetworkPolicyFacts): Iterable<{ readonly direction: (typeof directions)[number]; readonly rule: NetworkPolicyRule; readonly place: number }> {
  for (const direction of directions) {
    if (!policy.policyTypes.includes(direction)) continue;
    for (const [index, rule] of policy[direction === 'Ingress' ? 'ingress' : 'egress'].entries()) yield { direction, rule, place: index + 1 };
  }
}

function selectorText({ matchLabels, matchExpressions }: LabelSelector): string {
  const texts = [...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`), ...matchExpressions.map(({ key, operator, values }) => `${key} ${operator}${values.length > 0 ? ` (${values.slice(0, 3).join(', ')})` : ''}`)];
  const text = texts.slice(0, 4).join(', ').slice(0, 120);
  return text === '' ? 'any' : text;
}

const peerText = ({ namespaceSelector, podSelector }: NetworkPolicyPeer): string =>
  [...(podSelector ? [`pods ${selectorText(podSelector)}`] : []), ...(namespaceSelector ? [`namespaces ${selectorText(namespaceSelector)}`] : [])].join(' in ');

const placed = (places: readonly Place[]): string => {
  const [first] = places;
  return `rule ${first!.rule} for ${traffic[first!.direction]} traffic names ${first!.names}`;
};

const detailOf = (places: readonly Place[]) => ({ places: places.slice(0, NAMED), count: places.length });

function judgeSelector(policy: NetworkPolicyFacts, pods: SelectablePods, world: World): Verdict {
  const part = 'selector';
  const found = pods.selectsAny(policy.namespace, policy.podSelector);
  if (found === true) return provenPassPart(part);
  // That there is no such pod can only be said where all were read.
  world.workloads();
  if (found === undefined) return unknown(doubtfulSelection(networkPolicyRef(policy)), part);
  // Such as a default deny, which waits for whatever comes.
  const lack = selectsAll(policy.podSelector) ? workloadKeys.map((key) => lackOf(world, key)).find((item) => item !== undefined) : undefined;
  if (lack) return unknown(lack, part);
  if (selectsAll(policy.podSelector)) return notApplicable('it is for every pod of its namespace, which has none yet', part);
  return fail(`its podSelector (${selectorText(policy.podSelector)}) selects no pod of namespace ${policy.namespace}`, { part, detail: { selector: selectorText(policy.podSelector) } });
}

function judgePeers(policy: NetworkPolicyFacts, pods: SelectablePods, world: World): Verdict {
  const part = 'peers';
  const stale: Place[] = [];
  let isDoubtful = false;
  for (const { direction, rule, place } of rulesOf(policy)) {
    for (const peer of rule.peers) {
      // Who has an address outside, nothing tells; and every pod of its own namespace is nobody in particular.
      if (peer.cidr !== undefined || (!peer.namespaceSelector && (!peer.podSelector || selectsAll(peer.podSelector)))) continue;
      const found = pods.isThere(policy.namespace, peer);
      if (found === false) stale.push({ direction, rule: place, names: peerText(peer) });
      if (found === undefined) isDoubtful = true;
    }
  }
  if (stale.length === 0 && !isDoubtful) return provenPassPart(part);
  world.workloads();
  world.list('namespaces');
  if (stale.length === 0) return unknown(doubtfulSelection(networkPolicyRef(policy)), part);
  return fail(`${placed(stale)}, and there are none${stale.length > 1 ? ` (and ${stale.length - 1} more such peers)` : ''}`, { part, detail: detailOf(stale) });
}

/** Ports by a name that no pod has which they could be of. A number may be listened on though no container declares it. */
function judgePorts(policy: NetworkPolicyFacts, pods: SelectablePods, world: World): Verdict {
  const part = 'ports';
  const stale: Place[] = [];
  let own: ReadonlySet<string> | undefined;
  for (const { direction, rule, place } of rulesOf(policy)) {
    const named = rule.ports.filter(({ port }) => typeof port === 'string').map(({ port, protocol }) => `${String(port).slice(0, 40)}/${protocol}`);
    if (named.length === 0) continue;
    const declared = direction === 'Ingress' ? (own ??= portNamesOf(pods.selected(policy.namespace, policy.podSelector))) : portNamesOfPeers(policy, rule, pods);
    for (const port of named) if (!declared.has(port)) stale.push({ direction, rule: place, names: `port ${port}` });
  }
  if (stale.length === 0) return provenPassPart(part);
  world.workloads();
  world.list('namespaces');
  return fail(`${placed(stale)}, and no pod that it could be a port of has one of this name${stale.length > 1 ? ` (and ${stale.length - 1} more such ports)` : ''}`, { part, detail: detailOf(stale) });
}

/** Of outgoing traffic, ports are those of the peers. An address outside has none with a name. */
function portNamesOfPeers({ namespace }: NetworkPolicyFacts, { peers }: NetworkPolicyRule, pods: SelectablePods): ReadonlySet<string> {
  if (peers.length === 0) return pods.portNames;
  const names = new Set<string>();
  for (const peer of peers) if (peer.cidr === undefined) for (const name of portNamesOf(pods.peers(namespace, peer))) names.add(name);
  return names;
}

function judge(policy: NetworkPolicyFacts, world: World): readonly Verdict[] {
  const pods = world.use(selectablePods);
  const selector = judgeSelector(policy, pods, world);
  // Of no pod no port has a name.
  return [selector, judgePeers(policy, pods, world), selector.status === 'fail' || selector.status === 'not-applicable' ? implied('ports') : judgePorts(policy, pods, world)];
}

const web = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: web}}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {replicas: 0, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: registry.example/app:1, ports: [{name: http, containerPort: 8080}]}]}}}';
const policy = (spec: string, options: Omit<Example, 'manifests'> = {}): Example => manifests(`${web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: policy, namespace: shop}\nspec: ${spec}`, options);

export const stalePolicies = defineControl({
  id: 'network/stale-policies',
  title: 'Policies select pods, peers and ports that exist',
  severity: 'low',
  why: 'A policy that no longer selects anything protects nothing, though it looks as if it did: most often a label was renamed or misspelt. A peer that is gone is a gap left open for whoever takes its labels next.',
  remediation: 'Compare the selectors of the policy with the labels of today\'s pods and namespaces (kubectl get pods --show-labels) and the names of its ports with those that containers declare. Correct what was renamed, and delete policies and peers of what is gone for good.',
  frameworks: {
    'nsa-cisa': ['network/policies', 'upgrades/unused-components'], 'nist-800-53': ['AC-4', 'CM-2', 'SC-7'], 'owasp-kubernetes': ['K05'], 'pci-dss': ['1.2.5'],
    soc2: ['CC6.6'],
  },
  evidence: ['api'],
  parts: { selector: 'the pods that the policy is for', peers: 'the pods and namespaces that its rules name', ports: 'the ports that its rules call by name' },
  scope: eachNetworkPolicy,
  check: judge,
  examples: {
    passes: [
      policy('{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: web}}, podSelector: {}}], ports: [{port: http}, {port: 9090}]}]}', { title: 'scaled to nothing, but there' }),
      policy('{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 192.0.2.0/24}}]}, {to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}], ports: [{port: http}]}]}'),
    ],
    fails: [
      policy('{podSelector: {matchLabels: {app: Web}}}'),
      policy('{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: cart}}}]}]}'),
      policy('{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]}]}'),
      policy('{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}, namespaceSelector: {matchLabels: {team: data}}}]}]}', { title: 'pods that are there, in namespaces that are not' }),
      policy('{podSelector: {}, ingress: [{ports: [{port: https}]}]}', { title: 'a port by a name that no container gives' }),
      policy('{podSelector: {}, ingress: [{ports: [{port: http, protocol: UDP}]}]}', { title: 'the name of a port of another protocol' }),
    ],
    unknown: [
      policy('{podSelector: {matchLabels: {app: web, "statefulset.kubernetes.io/pod-name": web-0}}}', { title: 'a selector on a label that differs from pod to pod' }),
      policy('{podSelector: {matchLabels: {app: cart}}}', { missing: { 'statefulsets.apps': 'forbidden' } }),
      policy('{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: data}}}]}]}', { missing: { namespaces: 'forbidden' } }),
    ],
    notApplicable: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}')],
  },
});
