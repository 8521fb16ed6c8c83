import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { eachNamespace } from '../scopes/each-namespace.js';
import { judgeDefaultDeny, shopWith } from './default-deny.js';

const policy = (spec: string) => shopWith(`apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: policy, namespace: shop}\nspec: ${spec}`);
const calico = (spec: string) => shopWith(`apiVersion: crd.projectcalico.org/v1\nkind: NetworkPolicy\nmetadata: {name: policy, namespace: shop}\nspec: ${spec}`);
const cilium = (spec: string) => shopWith(`apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: policy}\nspec: ${spec}`);
const cluster = (spec: string) => shopWith(`apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: policy}\nspec: ${spec}`);

export const defaultDenyEgress = defineControl({
  id: 'network/default-deny-egress',
  title: 'Every namespace with pods denies outgoing traffic unless a policy allows it',
  severity: 'high',
  why: 'A breached pod that may call anywhere fetches its tools, sends out what it stole, and asks the cloud\'s metadata service for the node\'s own credentials.',
  remediation: 'Create a NetworkPolicy with an empty podSelector and policyTypes [Egress] in the namespace, allow DNS to kube-system in a second one (UDP and TCP port 53), then allow what each workload calls by policies of its own.',
  frameworks: {
    'cis-kubernetes': ['5.3.2'], 'nsa-cisa': ['network/policies'], 'nist-800-190': ['4.3.3', '4.4.2'], 'nist-800-53': ['AC-4', 'SC-7', 'SC-7(5)', 'SC-7(21)'],
    'mitre-attack': ['T1046', 'T1496.002', 'T1498'], 'owasp-kubernetes': ['K05', 'K08'], 'pci-dss': ['1.3.2', '7.3.3'], soc2: ['CC6.6', 'CC6.7'],
  },
  evidence: ['api'],
  scope: eachNamespace,
  check: ({ name }, world) => judgeDefaultDeny(world, name, 'Egress'),
  examples: {
    passes: [
      policy('{podSelector: {}, policyTypes: [Egress]}'),
      policy('{podSelector: {}, egress: [{ports: [{port: 53, protocol: UDP}]}]}'),
      calico('{egress: [{action: Deny}]}'),
      cilium('{endpointSelector: {matchExpressions: [{key: "k8s:io.kubernetes.pod.namespace", operator: NotIn, values: [kube-system]}]}, egress: [{toEntities: [cluster]}]}'),
      cluster('{tier: Baseline, priority: 10, subject: {namespaces: {}}, egress: [{action: Deny, to: [{networks: [0.0.0.0/0, "::/0"]}]}]}'),
    ],
    fails: [
      shopWith(),
      policy('{podSelector: {}}'),
      policy('{podSelector: {}, egress: []}'),
      policy('{podSelector: {matchExpressions: [{key: app, operator: Exists}]}, policyTypes: [Egress]}'),
      calico('{selector: all(), egress: []}'),
      cilium('{endpointSelector: {matchLabels: {app: web}}, egress: [{}]}'),
      cilium('{nodeSelector: {}, egress: [{}]}'),
      cluster('{tier: Admin, priority: 10, subject: {namespaces: {}}, egress: [{action: Deny, to: [{namespaces: {}}]}]}'),
    ],
    unknown: [{ ...shopWith(), missing: { 'globalnetworkpolicies.crd.projectcalico.org': 'forbidden' } }],
    notApplicable: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: empty}')],
  },
});
