import type { Workload } from '#inventory/facts.js';
import type { DirectionAnswer } from '#inventory/reachability/answer.js';
import { portPoint } from '#inventory/reachability/port-space.js';
import { defineControl } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import { fail, notApplicable, pass, unknown, type Verdict } from '../engine/verdict.js';
import { defineIndex, type World } from '../engine/world.js';
import { eachWorkload } from '../scopes/each-workload.js';
import { cloudOfPlatform, cloudsOfNodes, type Cloud, type Clouds } from './clouds.js';
import { egressAnswers, letOutBy } from './egress-answers.js';
import { onTheNodesNetwork, policedPods, type PolicedPods } from './pod-network.js';
import { undecided } from './undecided.js';

const http = portPoint('TCP', 80)!;

const byNodes = defineIndex(['nodes'], (world) => cloudsOfNodes(world.list('nodes')));

const cloudsOf = (world: World): Clouds => cloudOfPlatform(world.cluster.platform) ?? world.use(byNodes);

/** A server of GKE's on the node that answers in the place of the machine's own, with the credentials of the pod that asks. */
const metadataServerLabel = 'iam.gke.io/gke-metadata-server-enabled';
const withoutMetadataServer = defineIndex(['nodes'], (world) => {
  const nodes = world.list('nodes');
  const without = nodes.filter(({ labels }) => labels[metadataServerLabel] !== 'true').length;
  return { without, of: nodes.length };
});

/** Addresses of the families that the pods have addresses of; IPv4 where none has one yet. */
function addressesFor(pods: readonly PolicedPods[], clouds: readonly Cloud[]): readonly string[] {
  const known = pods.flatMap(({ endpoint }) => endpoint.addresses);
  const isV6 = (address: string): boolean => address.includes(':');
  const [hasV6, hasV4] = [known.some(isV6), known.length === 0 || !known.every(isV6)];
  return [...new Set(clouds.flatMap(({ metadata }) => metadata))].filter((address) => (isV6(address) ? hasV6 : hasV4));
}

const blockFor = ({ namespace }: Workload, labels: Readonly<Record<string, string>>, addresses: readonly string[]) => ({
  apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'no-cloud-metadata', namespace },
  spec: {
    egress: [{ to: [{ namespaceSelector: {} }, ...blocksWithout(addresses)] }],
    podSelector: { matchLabels: labels }, policyTypes: ['Egress'],
  },
});

/** Everything of each family but the addresses. */
const blocksWithout = (addresses: readonly string[]) =>
  [['0.0.0.0/0', '/32', false], ['::/0', '/128', true]].flatMap(([cidr, length, isV6]) => {
    const except = addresses.filter((address) => address.includes(':') === isV6).map((address) => `${address}${String(length)}`);
    return except.length > 0 ? [{ ipBlock: { cidr, except } }] : [];
  });

function judge(workload: Workload, world: World): Verdict {
  const { clouds, areKnown } = cloudsOf(world);
  if (clouds.length === 0) return notApplicable('the nodes are in no cloud that would serve them metadata');
  const pods = policedPods(world, workload);
  if (pods.length === 0) return notApplicable(onTheNodesNetwork);
  const isGke = world.cluster.platform === 'gke';
  if (isGke && world.use(withoutMetadataServer).of > 0 && world.use(withoutMetadataServer).without === 0) {
    return notApplicable('every node runs the GKE metadata server, which hands out the pod\'s own credentials in the place of the node\'s');
  }
  const answers = world.use(egressAnswers);
  const reached: { readonly address: string; readonly answer: DirectionAnswer; readonly pods: PolicedPods }[] = [];
  let doubt: DirectionAnswer | undefined;
  for (const address of addressesFor(pods, clouds)) {
    const [allowed] = pods.map((item) => ({ address, pods: item, answer: answers.to(item.classId, address, http) })).toSorted((a, b) => rank[a.answer.status] - rank[b.answer.status]);
    if (allowed?.answer.status === 'allowed') reached.push(allowed);
    if (allowed?.answer.status === 'unknown') doubt ??= allowed.answer;
  }
  const [first] = reached;
  if (!first) return doubt ? unknown(undecided(doubt.unknown)) : pass;
  const addresses = reached.map(({ address }) => address);
  const unseen = clouds.map((cloud) => cloud.unseen).find((text) => text !== undefined);
  const nodes = isGke ? world.use(withoutMetadataServer) : undefined;
  return fail(
    `its pods may connect to ${addresses.slice(0, 3).join(', ')}${addresses.length > 3 ? ' …' : ''}, where ${clouds.map(({ name }) => name).join(' or ')} serves the node's metadata and credentials: ${letOutBy(first.answer)}`
      + `${nodes && nodes.of > 0 ? `, and ${nodes.without} of ${nodes.of} nodes run no GKE metadata server` : ''}${unseen === undefined ? '' : ` (${unseen})`}${areKnown ? '' : '; nothing tells whether the nodes are in a cloud'}`,
    {
      ...(!areKnown && { severity: 'medium' as const }),
      detail: {
        addresses, decidedBy: first.answer.by,
        ...(first.answer.by === 'no-policy' && { manifest: blockFor(workload, first.pods.endpoint.labels, addresses) }),
        rules: first.answer.rules.slice(0, 5).map(({ object, index }) => ({ policy: object, rule: index + 1 })),
      },
    },
  );
}

const rank = { allowed: 0, unknown: 1, denied: 2 } as const;

const node = (providerId: string, labels = '{}') => `apiVersion: v1\nkind: Node\nmetadata: {name: a, labels: ${labels}}\nspec: {providerID: "${providerId}"}\n---\n`;
const aws = node('aws:///eu-west-1a/i-0123');
const cluster = (nodes: string, policies = '', { spec = '', ip = '10.0.1.7', ...options }: { readonly spec?: string; readonly ip?: string } & Omit<Example, 'manifests'> = {}): Example =>
  manifests(`${nodes}apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: web}}\nspec: {${spec}containers: [{name: app, image: registry.example/app:1}]}\nstatus: {phase: Running, podIP: "${ip}", podIPs: [{ip: "${ip}"}]}${policies}`, options);
const egress = (rules: string) => `\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\nspec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: ${rules}}`;
const gkeNode = (name: string, on: boolean) => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: {cloud.google.com/gke-nodepool: a${on ? `, ${metadataServerLabel}: "true"` : ''}}}\nspec: {providerID: gce://p/z/${name}}\n---\n`;
const cilium = '\n---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: web, namespace: shop}\nspec: {endpointSelector: {matchLabels: {app: web}}, egress: [{toEntities: [cluster]}]}';

export const metadataEndpoint = defineControl({
  id: 'network/metadata-endpoint',
  title: 'Pods do not reach the metadata service of their node\'s cloud',
  severity: 'high',
  why: 'The metadata service gives whoever asks from the machine the credentials of the machine. A pod that can ask, or be made to fetch an address for somebody else, acts as its node in the cloud account.',
  remediation: 'Isolate the outgoing traffic of the pods and leave the metadata addresses out of what is allowed: an ipBlock of 0.0.0.0/0 with except 169.254.169.254/32. Beside it take the credentials away at the source: on AWS require IMDSv2 with a hop limit of 1 and give pods roles of their own, on GKE use Workload Identity Federation, on AKS use Workload ID and restrict the instance metadata service.',
  frameworks: {
    'nsa-cisa': ['network/cloud-infrastructure', 'network/policies'], 'nist-800-190': ['4.4.2'], 'nist-800-53': ['AC-4', 'AC-6', 'IA-5', 'SC-7'],
    'mitre-attack': ['T1528', 'T1552'], 'owasp-kubernetes': ['K08'], 'pci-dss': ['1.3.2', '7.2.5'], soc2: ['CC6.1', 'CC6.6'],
  },
  evidence: ['api'],
  scope: eachWorkload,
  check: judge,
  examples: {
    passes: [
      cluster(aws, egress('[]')),
      cluster(aws, egress('[{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]}, {to: [{namespaceSelector: {}}]}]')),
      cluster(aws, egress('[{ports: [{port: 443}]}]'), { title: 'another port than the one it is served at' }),
      cluster(node('alicloud:///cn-hangzhou/i-1'), egress('[{to: [{ipBlock: {cidr: 169.254.0.0/16}}]}]'), { title: 'another cloud\'s address' }),
    ],
    fails: [
      cluster(aws),
      cluster(aws, egress('[{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16]}}]}]'), { title: 'all that is not private: link-local addresses are not among these networks' }),
      cluster(aws, egress('[{to: [{ipBlock: {cidr: "::/0"}}]}]'), { title: 'over IPv6', ip: '2001:db8::7' }),
      cluster(node('azure:///subscriptions/s/vm'), egress('[{to: [{ipBlock: {cidr: 168.63.129.16/32}}]}]'), { title: 'the agent of the host' }),
      cluster(node(''), '', { title: 'nodes of which nothing tells where they are' }),
      cluster(`${gkeNode('a', true)}${gkeNode('b', false)}`, '', { title: 'one node pool without Workload Identity' }),
    ],
    unknown: [
      cluster(aws, cilium, { title: 'another engine decides' }),
      cluster(aws, '', { missing: { 'networkpolicies.networking.k8s.io': 'forbidden' } }),
      cluster('', '', { missing: { nodes: 'forbidden' } }),
    ],
    notApplicable: [
      cluster(node('vsphere://4230')),
      cluster(gkeNode('a', true)),
      cluster(aws, '', { spec: 'hostNetwork: true, ' }),
    ],
  },
});
