import { benchCluster } from './bench-cluster.mjs';

const PODS = 70;
const ROUNDS = 20;

/** How fast this machine parses a page of the cluster's pods at this moment, in MB/s: what CPU seconds are to be read against. */
export function parseRate(shape) {
  const { pods } = benchCluster({ ...shape, pods: PODS });
  const page = `[${Array.from({ length: PODS }, (_, i) => pods.text(i)).join(',')}]`;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    JSON.parse(page);
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, user + system);
  }
  return Math.round(page.length / best);
}
