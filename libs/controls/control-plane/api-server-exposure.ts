import { serverRoles } from '#inventory/components/control-plane-roles.js';
import type { IngressFacts, ServiceFacts } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import { isPublicAddress } from '#inventory/readers/public-address.js';
import { defineControl } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import { passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { lackOf, type World } from '../engine/world.js';
import { componentServices } from '../indexes/component-services.js';
import { exposureOf } from '../network/exposure.js';
import { apiServerEndpoint, probed } from '../scopes/api-server-endpoint.js';
import { apiServer, managedCluster } from './api-server-example.js';
import { goodProbe } from './probe-example.js';

const openElsewhere = (detail: string): MissingEvidence => ({ fact: 'api-server-probe', reason: 'not-requested', detail });

const controlPlaneNodes = (world: World) => world.seen('nodes').filter(({ labels }) => serverRoles.some((role) => labels[role] !== undefined));

/** Somebody else's control plane has a firewall that is somebody else's too, and is not to be seen from the cluster. */
const isHidden = (world: World): boolean => world.cluster.isManaged || (world.components.every(({ shownBy }) => shownBy === 'flagz') && controlPlaneNodes(world).length === 0);

function judgeAddress(world: World): Verdict {
  const part = 'address';
  const tls = probed(world, 'tls');
  if (tls.state === 'missing') return unknown(tls.missing, part);
  const { address, publicAddresses } = tls.value;
  if (address === 'public') {
    if (isHidden(world)) return unknown(openElsewhere('the API server answers at a public address; whether its provider lets in listed addresses alone is not to be seen from the cluster'), part);
    return provenFail('the API server answers at a public address, and no list of the addresses that are let in is to be seen', { part });
  }
  if (address === 'loopback') return unknown(openElsewhere('the API server was reached over loopback, through a tunnel or on the same machine, which does not tell where else it answers'), part);
  if (isHidden(world)) return unknown(openElsewhere('the API server was reached at a private address; whether its provider opens a public one too is not to be seen from the cluster'), part);
  const lack = lackOf(world, 'nodes');
  if (lack) return unknown(lack, part);
  const named = publicAddresses[0] ?? controlPlaneNodes(world).flatMap(({ addresses }) => addresses).find(isPublicAddress);
  if (named !== undefined) return unknown(openElsewhere(`the API server was reached at a private address, and ${named} is a public one of it or of its node; whether it answers there was not tried`), part);
  return passPart(part);
}

/** The Service by which pods reach the server. */
const isDefault = ({ namespace, name }: { readonly namespace: string; readonly name: string }): boolean => namespace === 'default' && name === 'kubernetes';

/** How a Service that leads to the server lets in more than pods; undefined where it does not. */
function openingOf(service: ServiceFacts): string | undefined {
  const { loadBalancer, nodePort, externalIPs } = exposureOf(service);
  const name = `Service ${service.namespace}/${service.name}`;
  if (loadBalancer !== undefined) return `${name} opens it to everyone through a load balancer: ${loadBalancer}`;
  if (nodePort) return `${name} opens it on a port of every node`;
  return externalIPs.length > 0 ? `${name} opens it at ${externalIPs[0]}` : undefined;
}

const leadsToServer = ({ namespace, rules, defaultService }: IngressFacts): boolean =>
  namespace === 'default' && (defaultService === 'kubernetes' || rules.some(({ paths }) => paths.some(({ service }) => service === 'kubernetes')));

function judgeServices(world: World): Verdict {
  const part = 'services';
  const services = new Set([...world.seen('services').filter(isDefault), ...(world.use(componentServices).get('kube-apiserver') ?? [])]);
  const openings = [
    ...[...services].map(openingOf).filter((opening) => opening !== undefined),
    ...world.seen('ingresses.networking.k8s.io').filter(leadsToServer).map(({ name }) => `Ingress default/${name} opens it to whom its ingress controller answers`),
  ].sort();
  if (openings.length > 0) return provenFail(`the API server has another way in than its own address: ${openings[0]}`, { part, detail: { openings: openings.slice(0, 20) } });
  const lack = lackOf(world, 'services') ?? lackOf(world, 'ingresses.networking.k8s.io') ?? (isHidden(world) ? undefined : lackOf(world, 'pods'));
  return lack ? unknown(lack, part) : passPart(part);
}

const service = (spec: string, name = 'kubernetes', namespace = 'default') => `---\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {ports: [{port: 443, targetPort: 6443}], ${spec}}\n`;
const node = (address: string) => `---\napiVersion: v1\nkind: Node\nmetadata: {name: a, labels: {node-role.kubernetes.io/control-plane: ""}}\nstatus: {addresses: [{type: InternalIP, address: ${address}}]}\n`;
const usual = service('type: ClusterIP');
const cluster = (more: string, options: Omit<Example, 'manifests'> = {}): Example => manifests(`${apiServer([]).manifests}${more}`, { probe: goodProbe, ...options });
const at = (address: 'public' | 'loopback') => ({ probe: { ...goodProbe, tls: { ...goodProbe.tls, address } } });
const openPods = 'selector: {component: kube-apiserver}, type: NodePort';

export const apiServerExposure = defineControl({
  id: 'control-plane/api-server-exposure',
  title: 'The API server is reached from known networks alone',
  severity: 'high',
  why: 'Scanners find every API server on the internet within hours. From then on one leaked token, one careless binding or the next fault in its code is all that stands between them and the cluster.',
  remediation: 'Give the API server a private address, or put a firewall, security group or your provider\'s list of authorized networks before it that names the networks of people and pipelines, and reach it by VPN or bastion. Where Service kubernetes in namespace default is no ClusterIP, take `--kubernetes-service-node-port` out of the manifest of kube-apiserver; delete other Services and Ingresses that lead to it. Where a firewall does keep others out, record that as an exception.',
  frameworks: {
    'nsa-cisa': ['network/control-plane'], 'nist-800-190': ['4.3.2'], 'nist-800-53': ['AC-17', 'CM-7', 'SC-7'], 'mitre-attack': ['T1110', 'T1133', 'T1190'],
    'owasp-kubernetes': ['K06'], 'pci-dss': ['1.3.1', '1.4.1', '1.4.2'], soc2: ['CC6.6'],
  },
  evidence: ['api', 'probe'],
  parts: { address: 'its address is not open to everyone', services: 'no Service or Ingress opens another way to it' },
  scope: apiServerEndpoint(['services', 'ingresses.networking.k8s.io', 'nodes']),
  check: (_, world) => [judgeAddress(world), judgeServices(world)],
  values(_endpoint, world, part) {
    const tls = part === 'address' ? probed(world, 'tls') : undefined;
    return tls?.state === 'observed' ? { 'address that answers': tls.value.address } : undefined;
  },
  examples: {
    passes: [
      cluster(usual + node('10.0.0.10')),
      cluster(service('type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], selector: {component: kube-apiserver}', 'api', 'kube-system') + usual, { title: 'A load balancer that names its sources' }),
    ],
    fails: [
      cluster(usual, at('public')),
      cluster(service('type: NodePort')),
      cluster(service(openPods, 'api', 'kube-system') + usual),
      cluster(`${usual}---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: api, namespace: default}\nspec: {rules: [{host: api.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: kubernetes, port: {number: 443}}}}]}}]}\n`),
    ],
    unknown: [
      cluster(usual, { ...at('loopback'), title: 'Reached through a tunnel' }),
      cluster(usual + node('54.12.34.56'), { title: 'Reached at one address, while its node has a public one' }),
      cluster(usual, { missing: { services: 'forbidden' } }),
      manifests(`${managedCluster.manifests}\n${usual}`, { ...at('public'), title: 'A provider whose list of networks nobody sees' }),
      manifests(`${apiServer([]).manifests}${usual}`, { title: 'Nobody looked' }),
    ],
  },
});
