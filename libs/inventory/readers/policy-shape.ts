import type { CustomFacts } from '../facts.js';
import { isRecord } from './unknown-record.js';

/** A value's type, as far as readers go by it. Fields that are not named may hold anything; a named one that is there must be of its type, and null is of none. */
type Shape = 'text' | 'flag' | 'number' | 'scalar' | 'labels' | 'object' | { readonly list: Shape } | { readonly fields: Readonly<Record<string, Shape>> };

const listOf = (list: Shape): Shape => ({ list });
const fields = (named: Readonly<Record<string, Shape>>): Shape => ({ fields: named });
const texts = listOf('text');

const calicoPeer = fields({ selector: 'text', notSelector: 'text', namespaceSelector: 'text', nets: texts, notNets: texts, ports: listOf('scalar'), notPorts: listOf('scalar'), serviceAccounts: 'object', services: 'object', domains: texts });
const calicoRules = listOf(fields({ action: 'text', protocol: 'scalar', notProtocol: 'scalar', icmp: 'object', notICMP: 'object', http: 'object', source: calicoPeer, destination: calicoPeer }));

const selector = fields({ matchLabels: 'labels', matchExpressions: listOf(fields({ key: 'text', operator: 'text', values: texts })) });
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

/** Whether every field that readers go by is of its type: of a policy that is not, nobody can say what it does. */
export const isWellFormed = (engine: keyof typeof shapes, { spec, specs = [] }: Pick<CustomFacts, 'spec' | 'specs'>): boolean => [spec, ...specs].every((one) => fits(one, shapes[engine]));

function fits(value: unknown, shape: Shape): boolean {
  switch (shape) {
    case 'text': return typeof value === 'string';
    case 'flag': return typeof value === 'boolean';
    case 'number': return typeof value === 'number';
    case 'scalar': return typeof value === 'string' || typeof value === 'number';
    case 'object': return isRecord(value);
    case 'labels': return isRecord(value) && Object.values(value).every((label) => typeof label === 'string');
    default:
      if ('list' in shape) return Array.isArray(value) && value.every((item) => fits(item, shape.list));
      return isRecord(value) && Object.entries(value).every(([name, inner]) => !Object.hasOwn(shape.fields, name) || fits(inner, shape.fields[name]!));
  }
}
