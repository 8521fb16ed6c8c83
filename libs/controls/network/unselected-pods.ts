import type { Workload } from '#inventory/facts.js';
import type { Example } from '../engine/example.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, notApplicable, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { policiesByNamespace } from '../indexes/by-namespace.js';
import { eachWorkload } from '../scopes/each-workload.js';
import { otherIsolation } from './isolating-policy.js';
import type { Direction } from './isolation.js';
import { onTheNodesNetwork, policedPods } from './pod-network.js';
import { doubtfulSelection } from './undecided.js';

const open: Readonly<Record<Direction, string>> = {
  Ingress: 'no policy selects its pods for incoming traffic: every port they listen on is open to every other pod',
  Egress: 'no policy selects its pods for outgoing traffic: they may connect to any address',
};

function judge(world: World, workload: Workload, direction: Direction): Verdict {
  const part = direction.toLowerCase();
  const reachability = world.seenReachability;
  const pods = policedPods(world, workload);
  if (pods.length === 0) return notApplicable(onTheNodesNetwork, part);
  let doubt: Verdict | undefined;
  for (const { classId, endpoint } of pods) {
    const profile = reachability.profile(direction === 'Ingress' ? 'ingress' : 'egress', { kind: 'class', id: classId })!;
    if (profile.isolatedBy.length + profile.tierPolicies.length > 0) continue;
    // That no NetworkPolicy selects them can only be said where all were read.
    world.use(policiesByNamespace);
    const { isIsolated, by } = otherIsolation(world, workload.namespace, endpoint.labels, direction);
    if (isIsolated === true) continue;
    const doubtful = by ?? profile.replacedBy.find(({ kind, group }) => kind === 'NetworkPolicy' && group === 'networking.k8s.io');
    if (!doubtful) return fail(open[direction], { part, detail: { labels: Object.fromEntries(Object.entries(endpoint.labels).slice(0, 20)) } });
    doubt = unknown(doubtfulSelection(doubtful), part);
  }
  return doubt ?? provenPassPart(part);
}

const pod = (policies = '', { spec = '', labels = '{app: web}', ...options }: { readonly spec?: string; readonly labels?: string } & Omit<Example, 'manifests'> = {}): Example =>
  manifests(`apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: ${labels}}\nspec: {${spec}containers: [{name: app, image: registry.example/app:1}]}${policies}`, options);
const policy = (spec: string, namespace = 'shop') => `\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: policy, namespace: ${namespace}}\nspec: ${spec}`;
const custom = (apiVersion: string, kind: string, spec: string, namespace = 'shop') => `\n---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: theirs${namespace === '' ? '' : `, namespace: ${namespace}`}}\nspec: ${spec}`;
const both = '{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress]}';

export const unselectedPods = defineControl({
  id: 'network/unselected-pods',
  title: 'Every pod is selected by a policy in both directions',
  severity: 'high',
  why: 'Policies deny only for the pods they select. One that none selects takes connections from everywhere, or makes them to everywhere, however strict the policies around it are.',
  remediation: 'Add a default-deny NetworkPolicy with an empty podSelector and policyTypes [Ingress, Egress] to the namespace, which selects every pod there is and will be, and beside it policies that allow what each workload needs. Where a policy was meant for this workload, compare its podSelector with the labels of the pods.',
  frameworks: {
    'cis-kubernetes': ['5.3.2'], 'nsa-cisa': ['network/policies'], 'nist-800-190': ['4.3.3', '4.4.2'], 'nist-800-53': ['AC-4', 'SC-7', 'SC-7(5)', 'SC-7(21)'],
    'mitre-attack': ['T1046'], 'owasp-kubernetes': ['K05'], 'pci-dss': ['1.3.1', '1.3.2', '7.3.3'], soc2: ['CC6.1', 'CC6.6'],
  },
  evidence: ['api'],
  parts: { ingress: 'incoming traffic', egress: 'outgoing traffic' },
  scope: eachWorkload,
  check: (workload, world) => [judge(world, workload, 'Ingress'), judge(world, workload, 'Egress')],
  examples: {
    passes: [
      pod(policy(both)),
      pod(policy('{podSelector: {}, egress: [{}]}'), { title: 'without policyTypes, rules for outgoing traffic mean both directions' }),
      pod(`${policy('{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [db]}]}}')}${custom('cilium.io/v2', 'CiliumNetworkPolicy', '{endpointSelector: {matchLabels: {"k8s:app": web}}, egress: [{toEntities: [cluster]}]}')}`),
      pod(custom('crd.projectcalico.org/v1', 'GlobalNetworkPolicy', '{selector: \'app == "web"\', namespaceSelector: \'projectcalico.org/name == "shop"\', types: [Ingress, Egress]}', '')),
      pod(custom('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', '{tier: Baseline, priority: 10, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}], egress: [{action: Deny, to: [{networks: [0.0.0.0/0]}]}]}', '')),
    ],
    fails: [
      pod(),
      pod(policy('{podSelector: {matchLabels: {app: web}}}'), { title: 'selected for incoming traffic alone' }),
      pod(policy('{podSelector: {matchLabels: {app: Web}}, policyTypes: [Ingress, Egress]}'), { title: 'a label that is almost the pod\'s' }),
      pod(policy(both, 'elsewhere')),
      pod(custom('cilium.io/v2', 'CiliumNetworkPolicy', '{endpointSelector: {matchLabels: {app: web}}, ingress: [], egress: []}'), { title: 'empty lists, by which Cilium denies nothing' }),
      pod(policy('{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress]}'), { title: 'a pod without labels', labels: '{}' }),
    ],
    unknown: [
      pod('', { missing: { 'networkpolicies.networking.k8s.io': 'forbidden' } }),
      pod(policy('{podSelector: {matchLabels: {"statefulset.kubernetes.io/pod-name": web-0}}, policyTypes: [Ingress, Egress]}'), { title: 'a selector on a label that differs from pod to pod' }),
      pod(custom('crd.projectcalico.org/v1', 'NetworkPolicy', '{serviceAccountSelector: \'role == "web"\', types: [Ingress, Egress]}'), { title: 'a selector on the labels of accounts' }),
    ],
    notApplicable: [
      pod('', { spec: 'hostNetwork: true, ' }),
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: empty}'),
    ],
  },
});
