import { groupByKey } from './compact-lists.js';

/** Edges of a directed graph, an array a column. */
export interface Edges {
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** 0 to 255. */
  readonly cost: Uint8Array;
}

export interface Distances {
  /** Cost to the target, -1 where there is no way. */
  readonly cost: Int32Array;
  /** First edge of a cheapest way, -1 at the target and where there is none. */
  readonly next: Int32Array;
}

/** Cheapest ways from every node to one target, in one backward sweep of buckets: linear in nodes, edges and the longest cost. */
export function pathsTo(target: number, nodes: number, edges: Edges): Distances {
  const into = groupByKey(nodes, edges.to, Int32Array.from(edges.to, (_, edge) => edge));
  const cost = new Int32Array(nodes).fill(-1);
  const next = new Int32Array(nodes).fill(-1);
  const done = new Uint8Array(nodes);
  const buckets: number[][] = Array.from({ length: 256 }, () => []);
  buckets[0]!.push(target);
  cost[target] = 0;
  let waiting = 1;
  for (let now = 0; waiting > 0; now++) {
    const bucket = buckets[now & 255]!;
    for (let at = 0; at < bucket.length; at++) {
      waiting--;
      const node = bucket[at]!;
      if (done[node] === 1 || cost[node] !== now) continue;
      done[node] = 1;
      for (let i = into.from[node]!; i < into.from[node + 1]!; i++) {
        const edge = into.items[i]!;
        const before = edges.from[edge]!;
        const reached = now + edges.cost[edge]!;
        if (done[before] === 1 || (cost[before]! >= 0 && cost[before]! <= reached)) continue;
        cost[before] = reached;
        next[before] = edge;
        buckets[reached & 255]!.push(before);
        waiting++;
      }
    }
    bucket.length = 0;
  }
  return { cost, next };
}
