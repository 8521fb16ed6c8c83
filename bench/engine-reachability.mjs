import { parseParty, Reachability } from '../dist/libs/inventory/reachability/reachability.js';
import { growthExponent } from './growth.mjs';
import { memoryGrowth } from './memory-growth.mjs';
import { reachabilityFacts } from './reachability-facts.mjs';
import { bestOf, latencies, rounded } from './rounds.mjs';

const ROUNDS = 5;
const PAIRS = 20_000;

/** From every class to every other; how many of the cells allow something. */
function wholeMatrix(reachability) {
  let open = 0;
  for (let from = 0; from < reachability.compiled.classes; from++) {
    for (const cell of reachability.row(from)) if (cell !== 0) open++;
  }
  return open;
}

const ask = (reachability, { from, to, port, protocol }) => reachability.pair(parseParty(from), parseParty(to), port, protocol);

/** What reaches what: seconds to build, milliseconds a pair, seconds for all classes of pods, and growth with the pods of a workload. */
export function measureReachability({ scale, seed }) {
  const { result: made, memory } = memoryGrowth(() => {
    const made = reachabilityFacts({ scale, seed });
    const reachability = new Reachability(made.input);
    const open = wholeMatrix(reachability);
    for (const pair of made.pairs(1_000)) ask(reachability, pair);
    return { ...made, reachability, open };
  });
  const { input, pairs, reachability, open } = made;
  const { classes } = reachability.compiled;
  const asked = pairs(PAIRS);
  const statuses = {};
  for (const pair of asked) {
    const { status } = ask(reachability, pair);
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  const pair = latencies(asked, (each) => ask(reachability, each));
  const builds = [5, 10, 20].map((replicas) => buildAt(replicas === 5 ? input : reachabilityFacts({ scale, replicas, seed }).input));
  // Rows are kept once they are made, so each round has an index of its own, made before the clock runs.
  const fresh = Array.from({ length: 3 }, () => new Reachability(input));
  const matrix = bestOf(fresh.length, () => wholeMatrix(fresh.pop()));
  return {
    pods: input.endpoints.length, policies: input.policies.length, namespaces: input.namespaces.length, classes, openCells: rounded(open / classes ** 2), statuses,
    buildSeconds: rounded(builds[0].seconds), pairMs: { mean: rounded(pair.mean), p50: rounded(pair.p50), p99: rounded(pair.p99) }, matrixSeconds: rounded(matrix.seconds), memory,
    builds: builds.map(({ pods, classes, seconds }) => ({ pods, classes, seconds: rounded(seconds) })),
    growth: { build: growthExponent(builds.map(({ pods, seconds }) => ({ x: pods, y: seconds }))) },
  };
}

function buildAt(input) {
  const { seconds, result } = bestOf(ROUNDS, () => new Reachability(input));
  return { pods: input.endpoints.length, classes: result.compiled.classes, seconds };
}
