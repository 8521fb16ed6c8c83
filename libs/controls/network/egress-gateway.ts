import type { CustomFacts } from '#inventory/facts.js';
import { selects } from '#inventory/readers/label-selector.js';
import { asRecord } from '#inventory/readers/unknown-record.js';
import type { ResourceKey } from '#inventory/resources.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, provenPass, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { wholeCluster } from '../scopes/whole-cluster.js';

/** Objects by which traffic leaves through a place that is known, or is limited where it leaves: one says that somebody decided it. */
const gateways = [
  'ciliumegressgatewaypolicies.cilium.io', 'egressips.k8s.ovn.org', 'egressfirewalls.k8s.ovn.org', 'egressgateways.operator.tigera.io', 'egresses.crd.antrea.io',
] as const satisfies readonly ResourceKey[];

const istioGateways = 'gateways.networking.istio.io';

/** Labels that a Gateway of Istio selects its proxies by; undefined for one that is no egress gateway by the name it gives them. */
function egressLabelsOf({ spec }: CustomFacts): Readonly<Record<string, string>> | undefined {
  const labels = Object.entries(asRecord(asRecord(spec)['selector'])).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return labels.some(([, value]) => value.toLowerCase().includes('egress')) ? Object.fromEntries(labels) : undefined;
}

/** Whether an egress gateway of Istio runs that some Gateway configures. */
function hasIstioEgress(world: World): boolean {
  const selectors = world.seen(istioGateways).map(egressLabelsOf).filter((labels) => labels !== undefined);
  if (selectors.length === 0) return false;
  return world.seenWorkloads().some(({ templates: [id] }) => {
    if (id === undefined) return false;
    const { labels } = world.template(id);
    return selectors.some((matchLabels) => selects({ matchLabels, matchExpressions: [] }, labels));
  });
}

function judge(world: World): Verdict {
  if (gateways.some((key) => world.seen(key).length > 0) || hasIstioEgress(world)) return provenPass;
  // That there is none can only be said where each kind was read.
  for (const key of gateways) world.list(key);
  const isConfigured = world.list(istioGateways).some((gateway) => egressLabelsOf(gateway) !== undefined);
  world.workloads();
  return fail(isConfigured ? 'an egress gateway of Istio is configured, and none runs: traffic leaves the cluster from every node' : 'no egress gateway or egress policy is there: traffic leaves the cluster from every node, by no address and no rule of its own');
}

const custom = (apiVersion: string, kind: string, spec: string, namespace = '') => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: out${namespace === '' ? '' : `, namespace: ${namespace}`}}\nspec: ${spec}`;
const istio = custom('networking.istio.io/v1', 'Gateway', '{selector: {istio: egressgateway}, servers: [{port: {number: 443, name: tls, protocol: TLS}, hosts: ["*.example"]}]}', 'istio-system');
const proxy = '\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istio-egressgateway, namespace: istio-system}\nspec: {template: {metadata: {labels: {istio: egressgateway}}, spec: {containers: [{name: istio-proxy, image: docker.io/istio/proxyv2:1.28.0}]}}}';

export const egressGateway = defineControl({
  id: 'network/egress-gateway',
  title: 'Traffic leaves the cluster through an egress gateway or by an egress policy',
  severity: 'info',
  why: 'Without one, what leaves the cluster has the address of whatever node its pod is on. No firewall outside can tell a payment service from a batch job, and nobody sees in one place what is sent where.',
  remediation: 'Choose the egress gateway of the network plugin or mesh you have: a CiliumEgressGatewayPolicy, an EgressIP and EgressFirewall of OVN-Kubernetes, an EgressGateway of Calico, an Egress of Antrea, or an Istio egress gateway with a Gateway and a VirtualService. Lead the workloads through it that call out, and let the firewall outside take its addresses alone.',
  frameworks: { 'nist-800-190': ['4.4.2'], 'nist-800-53': ['SC-7', 'SC-7(8)'], 'owasp-kubernetes': ['K05'], 'pci-dss': ['1.3.2'], soc2: ['CC6.6', 'CC6.7'] },
  evidence: ['api'],
  scope: wholeCluster(),
  check: judge,
  examples: {
    passes: [
      manifests(custom('cilium.io/v2', 'CiliumEgressGatewayPolicy', '{selectors: [{podSelector: {}}], destinationCIDRs: [0.0.0.0/0], egressGateway: {nodeSelector: {}}}')),
      manifests(custom('k8s.ovn.org/v1', 'EgressIP', '{egressIPs: [192.0.2.10], namespaceSelector: {}}')),
      manifests(custom('crd.antrea.io/v1beta1', 'Egress', '{appliedTo: {namespaceSelector: {}}, externalIPPool: out}')),
      manifests(`${istio}${proxy}`),
    ],
    fails: [
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}'),
      manifests(istio, { title: 'a Gateway for proxies that do not run' }),
      manifests(custom('networking.istio.io/v1', 'Gateway', '{selector: {istio: ingressgateway}}', 'istio-system'), { title: 'a way in alone' }),
    ],
    unknown: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { missing: { 'egressips.k8s.ovn.org': 'forbidden' } })],
  },
});
