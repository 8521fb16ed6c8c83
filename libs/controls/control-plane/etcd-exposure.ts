import type { ComponentFacts, ServiceFacts } from '#inventory/facts.js';
import { isPublicAddress } from '#inventory/readers/public-address.js';
import { defineControl, type Severity } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import { orUnknown } from '../engine/part.js';
import { valueOfAll, type Values } from '../engine/values.js';
import { passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { lackOf, type World } from '../engine/world.js';
import { componentServices } from '../indexes/component-services.js';
import { eachComponent, flagOf, hiddenFlags, isSet, quoted, switchOf, unseenServers, withSource } from '../scopes/each-component.js';
import { flagsIn, flagValues } from '../scopes/flag-values.js';
import { managedCluster } from './api-server-example.js';
import { staticPods } from './component-example.js';
import { hostOf, inEnvironment, isLocal, urlsOf } from './etcd-settings.js';

const listenFlags = ['listen-client-urls', 'listen-client-http-urls', 'listen-peer-urls'] as const;

const isEverywhere = (host: string): boolean => ['', '0.0.0.0', '::', '0:0:0:0:0:0:0:0'].includes(host);

/** Every peer and the API server have to reach it, so that an address of its node's network is what it needs. */
function judgeListening(etcd: ComponentFacts): Verdict {
  const part = 'listen';
  const hidden = inEnvironment(etcd, listenFlags);
  if (hidden) return unknown(hidden, part);
  const urls = listenFlags.flatMap((flag) => urlsOf(etcd, flag).map((url) => ({ flag, url, host: hostOf(url) }))).filter(({ url }) => !isLocal(url));
  // Whoever must show a certificate at the door is not in yet.
  const severity: Severity = switchOf(etcd, 'client-cert-auth') === true ? 'high' : 'critical';
  const open = urls.find(({ host }) => isPublicAddress(host)) ?? urls.find(({ host }) => isEverywhere(host));
  if (!open) return passPart(part);
  const where = isEverywhere(open.host) ? 'on every address of its node, also those that are not its peers\' network' : 'on a public address';
  return provenFail(`etcd listens ${where}: --${open.flag} has ${quoted(open.url)}`, { part, severity });
}

const portOf = (url: string): string => /:(\d+)\/?$/.exec(url)?.[1] ?? '';

/** Whether a Service leads to what etcd stores; metrics and health have a port of their own. */
function leadsToStore(etcd: ComponentFacts, { ports }: ServiceFacts): boolean {
  const open = new Set(['2379', '2380', ...listenFlags.flatMap((flag) => urlsOf(etcd, flag).map(portOf))]);
  return ports.some(({ port, targetPort }) => open.has(String(targetPort ?? port)));
}

function judgeServices(etcd: ComponentFacts, world: World): Verdict {
  const part = 'service';
  const services = (world.use(componentServices).get('etcd') ?? []).filter((service) => leadsToStore(etcd, service));
  const outside = services.find(({ type, externalIPs }) => type === 'NodePort' || type === 'LoadBalancer' || externalIPs.length > 0);
  const found = outside ?? services[0];
  if (found) {
    const how = outside ? `leads to etcd from outside the cluster (${outside.type})` : 'leads pods to etcd by name';
    return provenFail(`Service ${found.namespace}/${found.name} ${how}`, { part, severity: outside ? 'critical' : 'high', detail: { type: found.type, ports: found.ports.slice(0, 10) } });
  }
  const lack = lackOf(world, 'services');
  return lack ? unknown(lack, part) : passPart(part);
}

const authorityFlags = ['trusted-ca-file', 'peer-trusted-ca-file'] as const;

function judgeAuthority(etcd: ComponentFacts, world: World): Verdict {
  const part = 'authority';
  const hidden = inEnvironment(etcd, authorityFlags);
  if (hidden) return unknown(hidden, part);
  if (!isSet(etcd, 'trusted-ca-file')) {
    const asks = switchOf(etcd, 'client-cert-auth') === true;
    return provenFail(`--trusted-ca-file is not set: ${asks ? 'etcd asks for certificates and is given no authority of its own to check them with' : 'no authority of etcd\'s own says who its clients are'}`, { part, severity: asks ? 'high' : 'medium' });
  }
  const servers = world.components.filter(({ component }) => component === 'kube-apiserver');
  if (servers.length === 0) return unknown(hiddenFlags(world, 'kube-apiserver'), part);
  const ofCluster = new Set(servers.map((server) => flagOf(server, 'client-ca-file')).filter((file) => file !== undefined && file !== ''));
  const shared = authorityFlags.find((flag) => ofCluster.has(flagOf(etcd, flag)));
  if (shared === undefined) {
    const unseen = unseenServers(world);
    return unseen ? unknown(unseen, part) : passPart(part);
  }
  return provenFail(`etcd trusts the cluster's own authority (--${shared} is ${quoted(flagOf(etcd, shared)!)}): whoever has any client certificate of the cluster reads and writes everything`, { part });
}

const flags = flagValues({ listen: listenFlags, authority: authorityFlags });

/** It trusts an authority of its own where API servers take no client by the same. */
function valuesOf(etcd: ComponentFacts, world: World, part: string): Values | undefined {
  const own = flags(etcd, world, part);
  if (part !== 'authority') return own;
  const servers = world.components.filter(({ component }) => component === 'kube-apiserver').map((server) => flagsIn(server, ['client-ca-file'])['--client-ca-file'] ?? '');
  return { ...own, '--client-ca-file of API servers': valueOfAll(servers) };
}

const clusterCa = '/etc/kubernetes/pki/ca.crt';
const own = ['--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt', '--peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt', '--client-cert-auth=true'];
const urls = ['--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.10:2379', '--listen-peer-urls=https://10.0.0.10:2380', '--listen-metrics-urls=http://127.0.0.1:2381'];
const whole = [...own, ...urls];
const cluster = (etcd: readonly string[], more = '', options: Omit<Example, 'manifests'> = {}): Example =>
  manifests(`${staticPods({ etcd, 'kube-apiserver': [`--client-ca-file=${clusterCa}`] }).manifests}${more}`, options);
const service = (spec: string, port = 2379) => `---\napiVersion: v1\nkind: Service\nmetadata: {name: etcd, namespace: kube-system}\nspec: {selector: {component: etcd}, ports: [{port: ${port}}], ${spec}}\n`;

export const etcdExposure = defineControl({
  id: 'control-plane/etcd-exposure',
  title: 'Only the API servers and its peers reach etcd',
  severity: 'critical',
  why: 'etcd asks no role and keeps no audit log: whoever reaches it with a certificate that it trusts reads every Secret and may write anything, a cluster administrator included. The fewer reach it at all, and the fewer certificates it trusts, the better.',
  remediation: 'In the manifest of etcd let `--listen-client-urls` and `--listen-peer-urls` name 127.0.0.1 and the node\'s address in the control plane\'s network, never 0.0.0.0 or a public address, and close ports 2379 and 2380 to all but control plane nodes. Delete Services that select etcd; metrics have a port of their own (`--listen-metrics-urls`). Give etcd an authority of its own: sign new certificates for servers, peers and the API server\'s client with it, set them in `--trusted-ca-file` and `--peer-trusted-ca-file`, one member at a time.',
  frameworks: {
    'cis-kubernetes': ['2.7#authority'], 'nsa-cisa': ['network/etcd', 'network/control-plane'], 'nist-800-190': ['4.3.2', '4.3.5'],
    'nist-800-53': ['AC-4', 'CM-7', 'SC-7'], 'mitre-attack': ['T1046', 'T1133', 'T1552'], 'owasp-kubernetes': ['K06'], 'pci-dss': ['1.3.1', '1.4.1', '1.4.4'],
    soc2: ['CC6.6'],
  },
  evidence: ['flags', 'api', 'node'],
  parts: { listen: 'it listens on loopback and in its peers\' network', service: 'no Service leads to it', authority: 'it trusts an authority of its own' },
  scope: eachComponent('etcd'),
  check: (etcd, world) => withSource(etcd, [orUnknown('listen', () => judgeListening(etcd)), orUnknown('service', () => judgeServices(etcd, world)), orUnknown('authority', () => judgeAuthority(etcd, world))]),
  values: valuesOf,
  examples: {
    passes: [
      cluster(whole),
      cluster(whole, service('clusterIP: None', 2381), { title: 'A Service for metrics' }),
      cluster(own, '', { title: 'By default it listens on loopback' }),
    ],
    fails: [
      cluster([...own, '--listen-client-urls=https://0.0.0.0:2379']),
      cluster([...own, ...urls, '--listen-peer-urls=https://[::]:2380']),
      cluster([...own, '--listen-client-urls=https://54.12.34.56:2379']),
      cluster(whole, service('clusterIP: None')),
      cluster(whole, service('type: NodePort')),
      cluster([...urls, `--trusted-ca-file=${clusterCa}`, '--client-cert-auth=true']),
      cluster([...whole, `--peer-trusted-ca-file=${clusterCa}`]),
      cluster([...urls, '--client-cert-auth=true'], '', { title: 'No authority to check certificates with' }),
    ],
    unknown: [
      staticPods({ etcd: whole }, { title: 'No API server to compare authorities with' }),
      cluster(whole, '', { missing: { services: 'forbidden' } }),
      managedCluster,
    ],
  },
});
