import type { NodeFacts, Workload } from '#inventory/facts.js';
import { parseAddress } from '#inventory/reachability/address.js';
import type { DirectionAnswer } from '#inventory/reachability/answer.js';
import { policyKeys } from '#inventory/reachability/from-inventory.js';
import { portPoint } from '#inventory/reachability/port-space.js';
import { defineControl } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import { fail, implied, notApplicable, passPart, unknown, type Verdict } from '../engine/verdict.js';
import { defineIndex, type Index, type World } from '../engine/world.js';
import { isLoopback } from '../control-plane/loopback.js';
import { etcdHostsOf } from '../scopes/each-component.js';
import { eachWorkload } from '../scopes/each-workload.js';
import { egressAnswers, letOutBy } from './egress-answers.js';
import { AddressesReached, type NamedPort } from './node-reach.js';
import { onTheNodesNetwork, policedPods, type PolicedPods } from './pod-network.js';
import { undecided } from './undecided.js';

/** Node ports that are asked about; a cluster has at most 2,768 by default. */
const MAX_NODE_PORTS = 3000;
const NAMED = 10;

const tcp = (port: number, text: string): NamedPort => ({ point: portPoint('TCP', port)!, text: `${port} (${text})` });

const kubeletPorts = [tcp(10_250, 'the kubelet'), tcp(10_255, 'the kubelet\'s read-only port')];
const etcdPorts = [tcp(2379, 'etcd'), tcp(2380, 'etcd\'s peers')];

const addressesOf = (nodes: readonly NodeFacts[]): readonly string[] => nodes.flatMap(({ addresses }) => addresses);

const kubelets = defineIndex([...policyKeys, 'nodes'], (world) => new AddressesReached(world.reachability, addressesOf(world.list('nodes')), kubeletPorts));

/** Hosts of the URLs that API servers find etcd by. */
const etcdHosts = (world: World): readonly string[] =>
  world.components.filter(({ component }) => component === 'kube-apiserver').flatMap(etcdHostsOf);

/** Where etcd answers: the addresses that API servers name, and the nodes that run it where these find it on their own node. K3s runs it only where a label says so. */
function etcdAddresses(world: World): readonly string[] {
  const hosts = etcdHosts(world);
  const named = hosts.filter((host) => parseAddress(host) !== undefined && !isLoopback(host));
  if (hosts.length > 0 && !hosts.some(isLoopback)) return named;
  const roles = world.cluster.platform === 'k3s' ? ['etcd'] : ['control-plane', 'master', 'etcd'];
  return [...named, ...addressesOf(world.list('nodes').filter(({ labels }) => roles.some((role) => Object.hasOwn(labels, `node-role.kubernetes.io/${role}`))))];
}

const etcd = defineIndex([...policyKeys, 'nodes'], (world) => new AddressesReached(world.reachability, etcdAddresses(world), etcdPorts));

const nodePorts = defineIndex([...policyKeys, 'nodes', 'services'], (world) => {
  const found = new Map<number, NamedPort>();
  for (const { namespace, name, ports } of world.list('services')) {
    for (const { nodePort, protocol } of ports) {
      const point = nodePort === undefined ? undefined : portPoint(protocol, nodePort);
      if (point !== undefined && found.size < MAX_NODE_PORTS && !found.has(point)) found.set(point, { point, text: `${nodePort} (Service ${namespace}/${name})` });
    }
  }
  return new AddressesReached(world.reachability, addressesOf(world.list('nodes')), [...found.values()]);
});

const targets: readonly { readonly part: string; readonly index: Index<AddressesReached>; readonly name: string; readonly ifNone: string }[] = [
  { part: 'kubelet', index: kubelets, name: 'kubelets', ifNone: 'no node has an address that could be asked about' },
  { part: 'etcd', index: etcd, name: 'etcd', ifNone: 'none of the nodes runs the control plane, and no API server names the addresses of etcd' },
  { part: 'node-ports', index: nodePorts, name: 'the ports that Services open on nodes', ifNone: 'no Service opens a port of the nodes' },
];

/** The part that stands for the others where nothing isolates pods: one finding says it all. */
const everything = 'everything';

const inWords = (texts: readonly string[]): string => (texts.length > 2 ? `${texts.slice(0, 2).join(', ')} and ${texts.length - 2} more` : texts.join(' and '));

interface Reached {
  readonly address: string;
  readonly ports: readonly string[];
  readonly answer: DirectionAnswer;
}

/** What the pods are let out to; a verdict where it is nothing. */
function reachOf(world: World, pods: readonly PolicedPods[], { part, index, ifNone }: (typeof targets)[number]): Reached | Verdict {
  if (pods.length === 0) return notApplicable(onTheNodesNetwork, part);
  const target = world.use(index);
  if (target.isEmpty) return notApplicable(ifNone, part);
  let doubt: Verdict | undefined;
  for (const { classId } of pods) {
    const reached = target.by(classId);
    if (reached.status === 'denied') continue;
    const answer = world.use(egressAnswers).to(classId, reached.address, reached.ports[0]!.point);
    if (reached.status === 'allowed') return { address: reached.address, ports: reached.ports.map(({ text }) => text), answer };
    doubt = unknown(undecided(answer.unknown), part);
  }
  return doubt ?? passPart(part);
}

const detailOf = ({ address, ports, answer }: Reached) =>
  ({ address, ports: ports.slice(0, NAMED), portCount: ports.length, rules: answer.rules.slice(0, 5).map(({ object, index }) => ({ policy: object, rule: index + 1 })) });

function judge(workload: Workload, world: World): readonly Verdict[] {
  const pods = policedPods(world, workload);
  const open: { readonly name: string; readonly part: string; readonly reached: Reached }[] = [];
  const verdicts = targets.map((target): Verdict => {
    const { part, name } = target;
    const reached = reachOf(world, pods, target);
    if ('status' in reached) return reached;
    if (reached.answer.by === 'no-policy') {
      open.push({ name, part, reached });
      return implied(part);
    }
    return fail(`its pods may connect to ${reached.address} on port ${inWords(reached.ports)}: ${letOutBy(reached.answer)}`, { part, detail: detailOf(reached) });
  });
  if (open.length === 0) {
    const doubt = verdicts.find((verdict) => verdict.status === 'unknown');
    if (doubt) return [unknown(doubt.missing, everything), ...verdicts];
    return verdicts.every(({ status }) => status === 'not-applicable') ? verdicts : [passPart(everything), ...verdicts];
  }
  const names = open.map(({ name }) => name);
  const text = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}` : names[0]!;
  return [fail(`its pods may connect to ${text}: no policy isolates their outgoing traffic`, { part: everything, detail: { targets: open.map(({ part, reached }) => ({ part, ...detailOf(reached) })) } }), ...verdicts];
}

const node = (name: string, address: string, role = '') => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: {${role}}}\nspec: {}\nstatus: {addresses: [{type: InternalIP, address: ${address}}]}\n---\n`;
const nodes = `${node('one', '10.0.0.1', 'node-role.kubernetes.io/control-plane: ""')}${node('two', '10.0.0.2')}`;
const nodePort = '\n---\napiVersion: v1\nkind: Service\nmetadata: {name: shop, namespace: shop}\nspec: {type: NodePort, selector: {app: shop}, ports: [{port: 80, nodePort: 30080}]}';
const pod = (more = '', { spec = '', of = nodes, ...options }: { readonly spec?: string; readonly of?: string } & Omit<Example, 'manifests'> = {}): Example =>
  manifests(`${of}apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: web}}\nspec: {${spec}containers: [{name: app, image: registry.example/app:1}]}${more}`, options);
const egress = (rules: string) => `\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\nspec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: ${rules}}`;
const server = '\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver-one, namespace: kube-system, annotations: {kubernetes.io/config.mirror: x}}\nspec: {hostNetwork: true, containers: [{name: kube-apiserver, image: registry.k8s.io/kube-apiserver:v1.36.1, command: [kube-apiserver, "--etcd-servers=https://192.0.2.9:2379"]}]}';

export const controlPlaneReachability = defineControl({
  id: 'network/control-plane-reachability',
  title: 'Ordinary pods do not reach kubelets, etcd or the ports of nodes',
  severity: 'medium',
  why: 'A kubelet runs commands in every pod of its node and etcd holds every Secret; what guards them is then one certificate or one setting. A node port leads round the policies that name the pods behind it.',
  remediation: 'Isolate the outgoing traffic of the pods and leave the addresses of the nodes out of what is allowed: an ipBlock of 0.0.0.0/0 with the nodes\' network in except. Allow node ports, kubelet metrics and the like only to the workloads that ask for them, as a monitoring agent does. Whether a network plugin holds such rules against the node that a pod runs on itself is told in its own documentation.',
  frameworks: {
    'nsa-cisa': ['network/control-plane', 'network/worker-nodes'], 'nist-800-190': ['4.3.3', '4.3.5', '4.4.2'],
    'nist-800-53': ['AC-4', 'SC-2', 'SC-3', 'SC-7', 'SC-7(21)'], 'mitre-attack': ['T1046', 'T1613'], 'owasp-kubernetes': ['K05', 'K06'], 'pci-dss': ['1.3.1', '1.3.2'],
    soc2: ['CC6.6'],
  },
  evidence: ['api'],
  parts: { everything: 'all of them, where no policy isolates outgoing traffic', kubelet: 'port 10250 or 10255 of nodes', etcd: 'port 2379 or 2380 of nodes that run etcd', 'node-ports': 'ports that Services open on nodes' },
  scope: eachWorkload,
  check: judge,
  examples: {
    passes: [
      pod(egress('[]') + nodePort),
      pod(egress('[{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/24]}}]}, {to: [{namespaceSelector: {}}]}]') + nodePort),
      pod(egress('[{ports: [{port: 443}]}]') + nodePort),
    ],
    fails: [
      pod(),
      pod(egress('[{to: [{ipBlock: {cidr: 10.0.0.2/32}}], ports: [{port: 10250}]}]'), { title: 'the kubelet of one node' }),
      pod(egress('[{to: [{ipBlock: {cidr: 10.0.0.0/24}}], ports: [{port: 2379, endPort: 2380}]}]')),
      pod(egress('[{ports: [{port: 30000, endPort: 32767}]}]') + nodePort),
      pod(egress('[{to: [{ipBlock: {cidr: 192.0.2.0/24}}], ports: [{port: 2379}]}]') + server, { title: 'etcd on machines of its own' }),
    ],
    unknown: [
      pod('', { missing: { nodes: 'forbidden' } }),
      pod('\n---\napiVersion: crd.projectcalico.org/v1\nkind: GlobalNetworkPolicy\nmetadata: {name: all}\nspec: {selector: all(), types: [Egress], egress: [{action: Allow}]}', { title: 'another engine decides' }),
    ],
    notApplicable: [
      pod('', { spec: 'hostNetwork: true, ' }),
      pod('', { of: '', title: 'no nodes' }),
    ],
  },
});
