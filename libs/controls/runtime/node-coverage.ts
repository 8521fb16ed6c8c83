import type { NodeFacts, PodTemplate, Workload } from '#inventory/facts.js';
import { parseImage } from '#inventory/image-reference.js';
import { schedulesOn } from '#inventory/readers/scheduling.js';
import { defineIndex, type World } from '../engine/world.js';
import { readsContainerLogs } from './log-shippers.js';
import { signatureOf, type Signature } from './signature.js';

/** A DaemonSet that runs one of the products looked for. */
export interface Agent {
  readonly product: string;
  readonly workload: Workload;
  readonly template: PodTemplate;
  /** Index of the workload, as pod rows name it. */
  readonly index: number;
}

/** DaemonSets whose containers run one of the products, as far as workloads were read. */
export function agentsOf(world: World, signatures: readonly Signature[]): readonly Agent[] {
  return world.seenWorkloads().flatMap((workload, index) => {
    if (workload.kind !== 'DaemonSet') return [];
    const template = world.template(workload.templates[0]!);
    const names = [workload.name, template.labels['app.kubernetes.io/name'] ?? '', template.labels['app'] ?? ''].map((name) => name.toLowerCase());
    for (const container of template.containers) {
      // What only sets the pod up is gone when it runs.
      if (container.type !== 'container' && !container.sidecar) continue;
      const image = parseImage(container.image);
      const signature = image && signatureOf(image, names, signatures);
      if (signature && (!signature.readsHostLogs || readsContainerLogs(template))) return [{ product: signature.product, workload, template, index }];
    }
    return [];
  });
}

/** Indexes of workloads by node name: what runs where. */
export const runningByNode = defineIndex(['pods'], (world) => {
  const byNode = new Map<string, Set<number>>();
  const { pods } = world;
  for (let row = 0; row < pods.length; row++) {
    const node = pods.nodeAt(row);
    if (node < 0 || !pods.isRunning(row)) continue;
    const name = world.podNodes[node]!;
    const set = byNode.get(name);
    if (set) set.add(pods.ownerAt(row));
    else byNode.set(name, new Set([pods.ownerAt(row)]));
  }
  return byNode;
});

export interface Uncovered {
  readonly node: string;
  readonly because: string;
}

/** Nodes on which none of the agents runs, with the reason as far as scheduling tells it. */
export function uncoveredNodes(world: World, agents: readonly Agent[]): readonly Uncovered[] {
  const running = world.use(runningByNode);
  return world.list('nodes').flatMap((node: NodeFacts) => {
    if (agents.some((agent) => running.get(node.name)?.has(agent.index))) return [];
    const reasons = agents.map((agent) => schedulesOn(agent.template, node)).filter((reason) => reason !== undefined);
    return [{ node: node.name, because: reasons.length === agents.length ? reasons[0]! : 'its pod is not running there' }];
  });
}
