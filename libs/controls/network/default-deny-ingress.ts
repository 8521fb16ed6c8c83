import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { eachNamespace } from '../scopes/each-namespace.js';
import { judgeDefaultDeny, shopWith } from './default-deny.js';

const policy = (spec: string) => shopWith(`apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: policy, namespace: shop}\nspec: ${spec}`);
const calico = (spec: string) => shopWith(`apiVersion: crd.projectcalico.org/v1\nkind: GlobalNetworkPolicy\nmetadata: {name: policy}\nspec: ${spec}`);
const cilium = (spec: string) => shopWith(`apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: policy, namespace: shop}\n${spec}`);
const baseline = (spec: string) => shopWith(`apiVersion: policy.networking.k8s.io/v1alpha1\nkind: BaselineAdminNetworkPolicy\nmetadata: {name: default}\nspec: ${spec}`);

export const defaultDenyIngress = defineControl({
  id: 'network/default-deny-ingress',
  title: 'Every namespace with pods denies incoming traffic unless a policy allows it',
  severity: 'high',
  why: 'A pod that no policy selects accepts connections from every other pod: one breached workload can try them all.',
  remediation: 'Create a NetworkPolicy with an empty podSelector and policyTypes [Ingress] in the namespace, then allow what each workload needs by policies of its own.',
  frameworks: {
    'cis-kubernetes': ['5.3.2'], 'nsa-cisa': ['network/policies', 'network/namespaces'], 'nist-800-190': ['4.3.3', '4.4.2'],
    'nist-800-53': ['AC-4', 'SC-7', 'SC-7(5)', 'SC-7(21)'], 'mitre-attack': ['T1046'], 'owasp-kubernetes': ['K05'], 'pci-dss': ['1.3.1', '7.3.3'],
    soc2: ['CC6.1', 'CC6.6'],
  },
  evidence: ['api'],
  scope: eachNamespace,
  check: ({ name }, world) => judgeDefaultDeny(world, name, 'Ingress'),
  examples: {
    passes: [
      policy('{podSelector: {}}'),
      calico('{selector: all(), types: [Ingress, Egress]}'),
      calico('{namespaceSelector: \'has(projectcalico.org/name) && projectcalico.org/name not in {"kube-system", "calico-system"}\', types: [Ingress, Egress]}'),
      calico('{selector: all()}'),
      cilium('spec: {endpointSelector: {}, ingress: [{}]}'),
      cilium('specs: [{endpointSelector: {}, ingress: [{fromEndpoints: [{}]}]}]'),
      baseline('{subject: {namespaces: {matchLabels: {team: web}}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}'),
    ],
    fails: [
      shopWith(),
      policy('{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}'),
      policy('{podSelector: {}, policyTypes: [Egress]}'),
      calico('{selector: all(), egress: [{action: Allow}]}'),
      calico('{selector: \'app == "web"\', types: [Ingress]}'),
      calico('{namespaceSelector: \'projectcalico.org/name == "payments"\', types: [Ingress]}'),
      cilium('spec: {endpointSelector: {}, ingress: []}'),
      cilium('spec: {endpointSelector: {}, ingress: [{}], enableDefaultDeny: {ingress: false}}'),
      cilium('spec: {endpointSelector: {}, ingress: [{}], enableDefaultDeny: {ingress: "false"}}'),
      baseline('{subject: {namespaces: {}}, ingress: [{action: Allow, from: [{namespaces: {}}]}, {action: Deny, from: [{namespaces: {}}]}]}'),
      baseline('{subject: {namespaces: {matchLabels: {team: data}}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}'),
    ],
    unknown: [{ ...shopWith(), missing: { 'networkpolicies.networking.k8s.io': 'forbidden' } }],
    notApplicable: [
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: empty}'),
      shopWith('', {}, 'hostNetwork: true, '),
    ],
  },
});
