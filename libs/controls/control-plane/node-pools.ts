import type { NodeFacts } from '#inventory/facts.js';
import { groupBy } from '#inventory/group-by.js';

/** Labels by which providers and autoscalers say which nodes were made alike. */
const poolLabels = [
  'eks.amazonaws.com/nodegroup', 'karpenter.sh/nodepool', 'cloud.google.com/gke-nodepool', 'kubernetes.azure.com/agentpool', 'agentpool', 'alpha.eksctl.io/nodegroup-name',
  'kops.k8s.io/instancegroup', 'doks.digitalocean.com/node-pool',
] as const;

const rolePrefix = 'node-role.kubernetes.io/';

/** What a node is made alike with: its pool, or its roles where it is in none; undefined where it says neither. */
export function poolOf({ labels }: NodeFacts): string | undefined {
  const label = poolLabels.find((name) => (labels[name] ?? '') !== '');
  if (label !== undefined) return `pool ${labels[label]}`;
  const roles = Object.keys(labels).filter((name) => name.startsWith(rolePrefix)).map((name) => name.slice(rolePrefix.length)).sort();
  return roles.length > 0 ? `role ${roles.join(', ')}` : undefined;
}

export interface PoolDrift {
  readonly pool: string;
  /** What the nodes say differently, by what it is about. */
  readonly differing: Readonly<Partial<Record<'kubelet' | 'runtime' | 'image' | 'kernel', readonly string[]>>>;
}

const fields = { kubelet: 'kubeletVersion', runtime: 'containerRuntime', image: 'osImage', kernel: 'kernelVersion' } as const satisfies Record<string, keyof NodeFacts>;

/** Pools whose nodes run different versions. A pool may mix architectures and systems, which are never of one version. */
export function driftingPools(nodes: readonly NodeFacts[]): readonly PoolDrift[] {
  const drifts: PoolDrift[] = [];
  const pooled = nodes.flatMap((node) => {
    const pool = poolOf(node);
    return pool === undefined ? [] : [{ node, key: `${pool}\n${node.operatingSystem}\n${node.architecture}` }];
  });
  for (const [key, members] of groupBy(pooled, (item) => item.key)) {
    const differing: { -readonly [K in keyof PoolDrift['differing']]: PoolDrift['differing'][K] } = {};
    for (const [name, field] of Object.entries(fields) as readonly [keyof typeof fields, (typeof fields)[keyof typeof fields]][]) {
      const values = [...new Set(members.map(({ node }) => node[field]).filter((value) => value !== ''))].sort();
      if (values.length > 1) differing[name] = values.slice(0, 10).map((value) => value.slice(0, 100));
    }
    if (Object.keys(differing).length > 0) drifts.push({ pool: key.slice(0, key.indexOf('\n')).slice(0, 100), differing });
  }
  return drifts.sort((a, b) => (a.pool < b.pool ? -1 : 1));
}
