import type { NodeFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import { valueOfAll } from '../engine/values.js';
import { implied, notApplicable, passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { wholeCluster } from '../scopes/whole-cluster.js';
import { driftingPools, poolOf } from './node-pools.js';
import { kernelSupport, osSupport, runtimeSupport, type Support } from './node-support.js';
import { listed, namesBy } from './nodes-by.js';

const parts = { image: 'OS images get fixes', runtime: 'container runtimes get fixes', kernel: 'kernels get fixes', pools: 'nodes of one pool run the same' };

/** All nodes at once, for those of a pool come and go under names of their own. */
function judge(part: string, what: string, nodes: readonly NodeFacts[], textOf: (node: NodeFacts) => string, supportOf: (text: string) => Support): Verdict {
  const known = new Map<string, Support>();
  for (const node of nodes) {
    const text = textOf(node);
    if (!known.has(text)) known.set(text, supportOf(text));
  }
  const ended = nodes.filter((node) => known.get(textOf(node))!.state === 'ended');
  if (ended.length > 0) {
    const names = new Set<string>();
    for (const node of ended) {
      const support = known.get(textOf(node))!;
      if (support.state === 'ended') names.add(`${support.name}${support.until === undefined ? '' : ` (until ${support.until})`}`);
    }
    return provenFail(`${ended.length} of ${nodes.length} nodes run ${what === 'OS image' ? 'an' : 'a'} ${what} that gets no more fixes: ${listed([...names].sort())}`, { part, detail: { nodes: namesBy(ended, textOf) } });
  }
  const strange = [...known].filter(([, { state }]) => state === 'unknown').map(([text]) => text).sort();
  if (strange.length === 0) return passPart(part);
  const [first] = strange;
  return unknown({ fact: 'nodes', reason: 'invalid', detail: first === '' ? `a node does not say which ${what} it runs` : `no support window is known here for the ${what} ${first!.slice(0, 100)}` }, part);
}

/** A distribution's kernel lives as long as the distribution. */
function judgeKernels(nodes: readonly NodeFacts[], now: number): Verdict {
  const part = 'kernel';
  const textOf = ({ kernelVersion, osImage }: NodeFacts): string => `${kernelVersion} of ${osImage}`;
  const over = new Map<string, boolean>();
  const isOver = (node: NodeFacts): boolean => {
    const text = textOf(node);
    let known = over.get(text);
    if (known === undefined) over.set(text, (known = kernelSupport(node.kernelVersion, now) === undefined && osSupport(node.osImage, now).state === 'ended'));
    return known;
  };
  const judged = nodes.filter((node) => !isOver(node));
  const verdict = judge(part, 'kernel', judged, textOf, (text) => {
    const at = text.indexOf(' of ');
    const [kernel, image] = [text.slice(0, at), text.slice(at + 4)];
    return kernelSupport(kernel, now) ?? osSupport(image, now);
  });
  return verdict.status === 'pass' && judged.length < nodes.length ? implied(part) : verdict;
}

function judgePools(nodes: readonly NodeFacts[]): Verdict {
  const part = 'pools';
  const drifts = driftingPools(nodes);
  const [first] = drifts;
  if (!first && nodes.every((node) => poolOf(node) === undefined)) return notApplicable('no node says which pool or role it is of', part);
  if (!first) return passPart(part);
  const words = { kubelet: 'kubelets', runtime: 'container runtimes', image: 'OS images', kernel: 'kernels' };
  const what = Object.entries(first.differing).map(([name, values]) => `${words[name as keyof typeof words]} ${listed(values)}`).join('; ');
  return provenFail(`nodes of ${first.pool} do not run the same: ${what}${drifts.length > 1 ? ` (and ${drifts.length - 1} more)` : ''}`, {
    part,
    // Images and kernels differ by their build wherever nodes are made one after the other.
    ...(drifts.every(({ differing }) => !differing.kubelet && !differing.runtime) && { severity: 'low' as const }),
    detail: { pools: drifts.slice(0, 20) },
  });
}

/** What nodes run, each once. */
const told: Readonly<Record<string, readonly [name: string, of: (node: NodeFacts) => string]>> = {
  image: ['OS images', ({ osImage }) => osImage], runtime: ['container runtimes', ({ containerRuntime }) => containerRuntime], kernel: ['kernels', ({ kernelVersion }) => kernelVersion],
};

const node = (name: string, image: string, { runtime = 'containerd://2.3.1', kernel = '6.8.0-60-generic', kubelet = 'v1.36.1', label = 'agentpool: workers', arch = 'amd64' } = {}) =>
  `---\napiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: {${label}}}\nstatus: {nodeInfo: {osImage: ${JSON.stringify(image)}, containerRuntimeVersion: ${runtime}, kernelVersion: ${kernel}, kubeletVersion: ${kubelet}, operatingSystem: linux, architecture: ${arch}}}\n`;
const ubuntu = 'Ubuntu 24.04.3 LTS';
const nodes = (texts: readonly string[], options: Omit<Example, 'manifests'> = {}): Example => manifests(texts.join(''), options);

export const nodeUpdates = defineControl({
  id: 'control-plane/node-updates',
  title: 'What nodes run below the kubelet still gets fixes, and is the same in each pool',
  severity: 'medium',
  why: 'A hole in the kernel or the container runtime is the shortest way from a pod to its node. What is out of support stays open for good, and a pool whose nodes differ has some that were left out of the last update without anybody seeing it.',
  remediation: 'Replace nodes rather than mend them: move the pool to an OS image that is supported, with a container runtime of a maintained release, and let your provider\'s upgrades, Karpenter\'s expiry or a machine rollout replace every node from then on, at least once a month. Where you pay for extended support, record that as an exception until its end.',
  frameworks: {
    'nsa-cisa': ['upgrades/patches'], 'nist-800-190': ['4.4.1', '4.5.3'], 'nist-800-53': ['CM-2', 'SA-22', 'SI-2'], 'mitre-attack': ['T1068', 'T1611'],
    'owasp-kubernetes': ['K07'], 'pci-dss': ['6.3.3'], soc2: ['CC7.1'],
  },
  evidence: ['api'],
  parts,
  scope: wholeCluster(['nodes']),
  check(world) {
    const all = world.list('nodes');
    if (all.length === 0) return Object.keys(parts).map((part) => notApplicable('the cluster has no nodes', part));
    return [
      judge('image', 'OS image', all, ({ osImage }) => osImage, (image) => osSupport(image, world.now)),
      judge('runtime', 'container runtime', all, ({ containerRuntime }) => containerRuntime, (runtime) => runtimeSupport(runtime, world.now)),
      judgeKernels(all, world.now),
      judgePools(all),
    ];
  },
  values(_cluster, world, part) {
    const [name, of] = told[part] ?? [];
    return name !== undefined && of ? { [name]: valueOfAll(world.seen('nodes').map(of)) } : undefined;
  },
  examples: {
    passes: [
      nodes([node('a', ubuntu), node('b', ubuntu), node('c', 'Debian GNU/Linux 12 (bookworm)', { runtime: 'containerd://1.6.20~ds1', kernel: '6.1.0-37-amd64', label: 'agentpool: debian' })]),
      nodes([node('a', 'Red Hat Enterprise Linux 9.6 (Plow)', { runtime: 'cri-o://1.36.2', kernel: '5.14.0-570.el9.x86_64' }), node('b', 'Red Hat Enterprise Linux 9.6 (Plow)', { runtime: 'cri-o://1.36.2', kernel: '5.14.0-570.el9.aarch64', arch: 'arm64' })], { title: 'Two architectures in one pool' }),
      nodes([node('a', ubuntu, { label: 'node-role.kubernetes.io/control-plane: ""' }), node('b', ubuntu, { kubelet: 'v1.35.2', label: 'node-role.kubernetes.io/worker: ""' })], { title: 'Roles where there are no pools' }),
      nodes([node('a', ubuntu), node('b', 'Debian GNU/Linux 13 (trixie)', { label: 'shop: "yes"' }), node('c', ubuntu, { label: 'shop: "yes"' })], { title: 'Nodes that are in no pool need not be alike' }),
    ],
    fails: [
      nodes([node('a', 'Ubuntu 20.04.6 LTS', { kernel: '5.15.0-139-generic' })]),
      nodes([node('a', 'Amazon Linux 2', { kernel: '5.10.238-231.953.amzn2.x86_64' })]),
      nodes([node('a', ubuntu, { runtime: 'containerd://1.6.39' })]),
      nodes([node('a', ubuntu, { runtime: 'docker://20.10.21' })]),
      nodes([node('a', ubuntu, { runtime: 'cri-o://1.31.4' })]),
      nodes([node('a', 'Rocky Linux 9.6 (Blue Onyx)', { kernel: '6.9.3-1.el9.elrepo.x86_64' })], { title: 'A kernel from elsewhere' }),
      nodes([node('a', ubuntu), node('b', ubuntu, { kubelet: 'v1.36.0' })]),
      nodes([node('a', ubuntu), node('b', ubuntu, { kernel: '6.8.0-55-generic' })]),
    ],
    unknown: [
      nodes([node('a', 'Container-Optimized OS from Google', { kernel: '6.12.55+' })], { title: 'An image that does not say which release it is' }),
      nodes([node('a', ubuntu, { runtime: 'containerd://9.1.0' })]),
      nodes([node('a', ubuntu)], { missing: { nodes: 'forbidden' } }),
    ],
    notApplicable: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}')],
  },
});
