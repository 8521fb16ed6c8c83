import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { implied, notApplicable, passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { eachPolicy, type AnyPolicy } from './each-policy.js';
import type { Direction } from './isolation.js';
import type { OpenableRule } from './policy-rules.js';

const words: Readonly<Record<Direction, { readonly traffic: string; readonly everybody: string; readonly pods: string }>> = {
  Ingress: { traffic: 'incoming', everybody: 'lets everybody in', pods: 'lets every pod of the cluster in' },
  Egress: { traffic: 'outgoing', everybody: 'lets its pods out to every address', pods: 'lets its pods out to every pod of the cluster' },
};

const portsText = ({ ports }: OpenableRule): string => (ports.are === 'some' ? ports.text : ports.of === undefined ? 'every port' : `every ${ports.of} port`);

const detailOf = (rules: readonly OpenableRule[]) => ({ rules: rules.slice(0, 20).map((rule) => ({ rule: rule.place, ports: portsText(rule) })), count: rules.length });

/** The widest rule speaks for the others. A rule for every pod on some ports is a service to the cluster, as DNS is, and no hole. */
function judgePeers(rules: readonly OpenableRule[], direction: Direction): Verdict {
  const part = `${direction.toLowerCase()}-peers`;
  const { traffic, everybody, pods } = words[direction];
  const ofEverybody = rules.filter(({ peers }) => peers.are === 'everybody');
  const ofPods = rules.filter(({ peers, ports }) => peers.are === 'every-pod' && ports.are === 'every');
  const widest = ofEverybody.find(({ ports }) => ports.are === 'every') ?? ofPods[0] ?? ofEverybody[0];
  if (!widest || widest.peers.are === 'some') return passPart(part);
  const detail = detailOf([...ofEverybody, ...ofPods]);
  const message = `rule ${widest.place} for ${traffic} traffic ${widest.peers.are === 'everybody' ? everybody : pods} on ${portsText(widest)}, for ${widest.peers.by}`;
  return widest.ports.are === 'every'
    ? provenFail(`${message}: nothing is denied any more`, { part, detail })
    : provenFail(`${message}: there nothing is denied`, { part, severity: 'low', detail });
}

function judgePorts(rules: readonly OpenableRule[], direction: Direction): Verdict {
  const part = `${direction.toLowerCase()}-ports`;
  const open = rules.filter(({ ports }) => ports.are === 'every');
  const ofSome = open.filter(({ peers }) => peers.are === 'some');
  if (ofSome[0]) return provenFail(`rule ${ofSome[0].place} for ${words[direction].traffic} traffic opens ${portsText(ofSome[0])} to its peers`, { part, severity: 'low', detail: detailOf(ofSome) });
  return open.length > 0 ? implied(part) : passPart(part);
}

function judge({ rules: rulesOf }: AnyPolicy, direction: Direction): readonly Verdict[] {
  const rules = rulesOf(direction);
  const parts = [`${direction.toLowerCase()}-peers`, `${direction.toLowerCase()}-ports`];
  if (!rules) return parts.map((part) => notApplicable(`the policy is not about ${words[direction].traffic} traffic`, part));
  if ('fact' in rules) return parts.map((part) => unknown(rules, part));
  return [judgePeers(rules, direction), judgePorts(rules, direction)];
}

const policy = (spec: string, title?: string) => manifests(`apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\nspec: ${spec}`, title === undefined ? {} : { title });
const custom = (apiVersion: string, kind: string, spec: string, title?: string) =>
  manifests(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web${/Global|wide|Admin|Cluster/.test(kind) ? '' : ', namespace: shop'}}\nspec: ${spec}`, title === undefined ? {} : { title });
const calico = (kind: string, spec: string) => custom('crd.projectcalico.org/v1', kind, spec);
const cilium = (kind: string, spec: string) => custom('cilium.io/v2', kind, spec);

export const allowAllRules = defineControl({
  id: 'network/allow-all-rules',
  title: 'No rule of a policy allows everybody or every port',
  severity: 'medium',
  why: 'Policies add up: one rule that allows everybody undoes every deny for the pods it is about, though each namespace still shows its default deny. A rule without ports opens the debug and admin ports beside the one that was meant.',
  remediation: 'Name the peers of the rule by namespaceSelector and podSelector, or by the address ranges that are really needed, and its ports. For traffic to the internet alone allow 0.0.0.0/0 except the private networks. Where everybody is meant to come in, as to an ingress controller, keep the rule to the ports that are served and record an exception.',
  frameworks: {
    'nsa-cisa': ['network/policies'], 'nist-800-190': ['4.3.3', '4.4.2'], 'nist-800-53': ['AC-4', 'SC-7', 'SC-7(5)'], 'mitre-attack': ['T1046'],
    'owasp-kubernetes': ['K05'], 'pci-dss': ['1.2.5', '1.3.1', '1.3.2'], soc2: ['CC6.6'],
  },
  evidence: ['api'],
  parts: {
    'ingress-peers': 'whom rules for incoming traffic let in', 'ingress-ports': 'on which ports', 'egress-peers': 'where rules for outgoing traffic lead', 'egress-ports': 'on which ports',
  },
  scope: eachPolicy,
  check: (subject) => [...judge(subject, 'Ingress'), ...judge(subject, 'Egress')],
  examples: {
    passes: [
      policy('{podSelector: {}, policyTypes: [Ingress, Egress]}'),
      policy('{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 8080}]}]}'),
      policy('{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16]}}], ports: [{port: 443}]}]}', 'the internet, and nothing inside'),
      policy('{podSelector: {matchLabels: {k8s-app: kube-dns}}, ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 53, protocol: UDP}]}]}', 'a service to the whole cluster'),
      policy('{podSelector: {}, policyTypes: [Ingress], egress: [{}]}', 'rules of a direction that the policy is not about'),
      calico('GlobalNetworkPolicy', '{selector: all(), types: [Egress], egress: [{action: Deny, destination: {nets: [169.254.169.254/32]}}, {action: Allow, protocol: UDP, destination: {selector: \'k8s-app == "kube-dns"\', ports: [53]}}]}'),
      cilium('CiliumNetworkPolicy', '{endpointSelector: {}, ingress: [{}], egress: [{toFQDNs: [{matchName: api.example}], toPorts: [{ports: [{port: "443", protocol: TCP}]}]}]}'),
    ],
    fails: [
      policy('{podSelector: {}, ingress: [{}]}', 'nothing is denied'),
      policy('{podSelector: {}, policyTypes: [Ingress, Egress], egress: [{ports: [{port: 53, protocol: UDP}]}]}', 'port 53 of every address'),
      policy('{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}]}]}'),
      policy('{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]}]}', 'all but one address'),
      policy('{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/1}}, {ipBlock: {cidr: 128.0.0.0/1}}], ports: [{port: 443}]}]}', 'two halves'),
      policy('{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}', 'every pod of the cluster, on every port'),
      policy('{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}', 'every port'),
      policy('{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{protocol: TCP}]}]}', 'every TCP port'),
      calico('GlobalNetworkPolicy', '{selector: all(), types: [Egress], egress: [{action: Deny, destination: {nets: [169.254.169.254/32]}}, {action: Allow}]}'),
      cilium('CiliumClusterwideNetworkPolicy', '{endpointSelector: {}, ingress: [{fromEndpoints: [{}]}]}'),
      cilium('CiliumNetworkPolicy', '{endpointSelector: {}, egress: [{toEntities: [world]}]}'),
      custom('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', '{priority: 5, subject: {namespaces: {}}, ingress: [{action: Allow, from: [{namespaces: {}}]}]}'),
    ],
    unknown: [
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { missing: { 'networkpolicies.networking.k8s.io': 'forbidden' } }),
      custom('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', '{priority: 1, subject: {everyone: {}}, ingress: [{action: Allow, from: [{namespaces: {}}]}]}', 'a policy about nobody knows whom'),
    ],
    notApplicable: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}')],
  },
});
