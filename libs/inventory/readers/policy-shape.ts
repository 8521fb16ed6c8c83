import type { CustomFacts } from '../facts.js';
import type { ResourceKey } from '../resources.js';
import { fields, listOf, misfitOf, selector, texts, type Shape } from './shape.js';

const calicoPeer = fields({ selector: 'text', notSelector: 'text', namespaceSelector: 'text', nets: texts, notNets: texts, ports: listOf('scalar'), notPorts: listOf('scalar'), serviceAccounts: 'object', services: 'object', domains: texts });
const calicoRules = listOf(fields({ action: 'text', protocol: 'scalar', notProtocol: 'scalar', icmp: 'object', notICMP: 'object', http: 'object', source: calicoPeer, destination: calicoPeer }));

const sideOfCilium = (side: 'from' | 'to'): Readonly<Record<string, Shape>> => ({
  [`${side}Endpoints`]: listOf(selector), [`${side}Requires`]: listOf(selector), [`${side}Nodes`]: listOf(selector), [`${side}CIDR`]: texts,
  [`${side}CIDRSet`]: listOf(fields({ cidr: 'text', except: texts, cidrGroupRef: 'text', cidrGroupSelector: selector })), [`${side}Entities`]: texts, [`${side}Groups`]: listOf('object'),
});
const ciliumRules = (side: 'from' | 'to'): Shape => listOf(fields({
  ...sideOfCilium(side), toFQDNs: listOf('object'), toServices: listOf('object'), icmps: listOf('object'), authentication: fields({ mode: 'text' }),
  toPorts: listOf(fields({ ports: listOf(fields({ port: 'scalar', endPort: 'number', protocol: 'text' })), rules: 'object' })),
}));

const podsOfTiers = fields({ namespaceSelector: selector, podSelector: selector });
const rulesOfTiers = (peers: 'from' | 'to'): Shape => listOf(fields({
  name: 'text', action: 'text', ports: listOf('object'), protocols: listOf('object'),
  [peers]: listOf(fields({ namespaces: selector, pods: podsOfTiers, networks: texts, nodes: selector, domainNames: texts })),
}));

/** By their own definitions: projectcalico.org/v3, cilium.io/v2, and policy.networking.k8s.io at v1alpha1 and v1alpha2. */
const shapes = {
  calico: fields({ selector: 'text', namespaceSelector: 'text', serviceAccountSelector: 'text', types: texts, tier: 'text', order: 'number', doNotTrack: 'flag', preDNAT: 'flag', ingress: calicoRules, egress: calicoRules }),
  cilium: fields({
    endpointSelector: selector, nodeSelector: selector, enableDefaultDeny: fields({ ingress: 'flag', egress: 'flag' }),
    ingress: ciliumRules('from'), ingressDeny: ciliumRules('from'), egress: ciliumRules('to'), egressDeny: ciliumRules('to'),
  }),
  tiers: fields({ tier: 'text', priority: 'number', subject: fields({ namespaces: selector, pods: podsOfTiers }), ingress: rulesOfTiers('from'), egress: rulesOfTiers('to') }),
} as const satisfies Readonly<Record<string, Shape>>;

export const policyShapes: { readonly [K in ResourceKey]?: Shape } = {
  'networkpolicies.crd.projectcalico.org': shapes.calico,
  'globalnetworkpolicies.crd.projectcalico.org': shapes.calico,
  'ciliumnetworkpolicies.cilium.io': shapes.cilium,
  'ciliumclusterwidenetworkpolicies.cilium.io': shapes.cilium,
  'adminnetworkpolicies.policy.networking.k8s.io': shapes.tiers,
  'baselineadminnetworkpolicies.policy.networking.k8s.io': shapes.tiers,
  'clusternetworkpolicies.policy.networking.k8s.io': shapes.tiers,
};

/** Whether every field that readers go by is of its type: of a policy that is not, nobody can say what it does. */
export const isWellFormed = (engine: keyof typeof shapes, { spec, specs = [] }: Pick<CustomFacts, 'spec' | 'specs'>): boolean => [spec, ...specs].every((one) => misfitOf(one, shapes[engine]) === undefined);
