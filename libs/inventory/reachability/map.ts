import type { PortAnswer } from './answer.js';
import { rowOf } from './difference.js';
import { ExposureFinder } from './exposure.js';
import { Outside } from './outside.js';
import { inOrder } from './reach-list.js';
import type { Cell, Reachability, WorkloadView } from './reachability.js';

export interface MapNode {
  readonly id: string;
  /** '' where it stands for workloads of several namespaces. */
  readonly namespace: string;
  /** `Kind namespace/name`, at most 10. */
  readonly workloads: readonly string[];
  readonly count: number;
  readonly pods: number;
}

export interface MapEdge {
  /** A node's id, or `internet`. */
  readonly from: string;
  readonly to: string;
  readonly ports: PortAnswer;
}

/** What reaches what, by workloads that no policy tells apart. */
export interface ReachabilityMap {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  /** Nodes or edges were left out. */
  readonly isCut: boolean;
}

export interface MapOptions {
  readonly maxNodes?: number;
  readonly maxEdges?: number;
  /** Only these namespaces and what they speak with. */
  readonly namespaces?: readonly string[];
}

const MAX_NAMES = 10;
export const internetNode = 'internet';

interface Group {
  readonly namespace: string;
  readonly classes: readonly number[];
  readonly workloads: WorkloadView[];
}

function groupsOf(workloads: readonly WorkloadView[], byNamespace: boolean): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const workload of workloads) {
    const namespace = byNamespace ? workload.namespace : '';
    const key = `${namespace} ${workload.classes.join()}`;
    const group = groups.get(key);
    if (group) group.workloads.push(workload);
    else groups.set(key, { namespace, classes: workload.classes, workloads: [workload] });
  }
  return [...groups.values()];
}

const podsOf = ({ workloads }: Group): number => workloads.reduce((sum, { pods }) => sum + pods, 0);

/** A map of bounded size: where namespaces make too many nodes, workloads are joined over namespaces, and the smallest are left out last. */
export function reachabilityMap(reachability: Reachability, { maxNodes = 150, maxEdges = 1500, namespaces }: MapOptions = {}): ReachabilityMap {
  const shown = namespaces && new Set(namespaces);
  const all = inOrder(reachability.workloads);
  let groups = groupsOf(all, true);
  if (groups.length > maxNodes && !shown) groups = groupsOf(all, false);
  const asked = (group: Group): boolean => !shown || shown.has(group.namespace);
  let isCut = groups.length > maxNodes;
  if (isCut) {
    const largest = new Set([...groups].sort((a, b) => Number(asked(b)) - Number(asked(a)) || podsOf(b) - podsOf(a)).slice(0, maxNodes));
    groups = groups.filter((group) => largest.has(group));
  }
  const ids = new Map(groups.map((group, at) => [group, `n${at + 1}`]));
  const edges: MapEdge[] = [];
  const touched = new Set<string>();
  const add = (from: string, to: string, cell: Cell): boolean => {
    if (cell.allowed === 0 && cell.unknown === 0) return true;
    if (edges.length >= maxEdges) {
      isCut = true;
      return false;
    }
    edges.push({ from, to, ports: reachability.ports(cell) });
    touched.add(from).add(to);
    return true;
  };
  const exposures = new ExposureFinder(reachability);
  const outside = new Outside(reachability);
  // The ways in and out first: they are what a picture must not leave out.
  for (const group of groups) {
    if (!asked(group)) continue;
    if (group.workloads.some((workload) => exposures.exposure(workload).level === 'internet')) {
      add(internetNode, ids.get(group)!, group.classes.map((id) => outside.of('ingress', id).internet).reduce((a, b) => reachability.either(a, b), { allowed: 0, unknown: 0 }));
    }
    add(ids.get(group)!, internetNode, group.classes.map((id) => outside.of('egress', id).internet).reduce((a, b) => reachability.either(a, b), { allowed: 0, unknown: 0 }));
  }
  walk: for (const from of groups) {
    const row = rowOf(reachability, from.classes);
    if (!row) {
      isCut = true;
      break;
    }
    for (const to of groups) {
      if (!asked(from) && !asked(to)) continue;
      if (from === to && podsOf(from) <= 1) continue;
      if (!add(ids.get(from)!, ids.get(to)!, row(to.classes))) break walk;
    }
  }
  const nodes = groups.filter((group) => asked(group) || touched.has(ids.get(group)!)).map((group): MapNode => ({
    id: ids.get(group)!,
    namespace: group.namespace,
    workloads: group.workloads.slice(0, MAX_NAMES).map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
    count: group.workloads.length,
    pods: podsOf(group),
  }));
  return { nodes, edges, isCut };
}
