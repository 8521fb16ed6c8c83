// Judges a bench cluster with every control, in a process of its own so that its memory can be told: run with --expose-gc and
// the heap limits of a scan's thread. Its argument is the shape, its last line JSON.
import { tuneForJudging } from '../dist/libs/operations/v8-tuning.js';
import { catalogue } from '../dist/libs/controls/catalogue.js';
import { evaluate } from '../dist/libs/controls/engine/evaluate.js';
import { FailureWriter } from '../dist/libs/findings/found-failure.js';
import { benchCluster, policy } from './bench-cluster.mjs';
import { costsOf } from './control-costs.mjs';
import { inventoryOf } from './inventory-of.mjs';
import { peakRss } from './process-usage.mjs';

/** A scan of a small cluster, after which the code is as a worker that has scanned before has it. */
const WARM_UP = { pods: 1_500, replicas: 12 };
const LARGE = 50_000;

const shape = JSON.parse(process.argv[2]);
// As a worker does.
tuneForJudging();

function judge(inventory) {
  let failures = 0;
  const writer = new FailureWriter();
  const evaluations = evaluate(catalogue, inventory, policy, Date.now(), (_control, failure) => {
    writer.write(failure);
    failures++;
  });
  return { failures, errors: evaluations.filter(({ error }) => error !== undefined).map(({ controlId, error }) => `${controlId}: ${error}`) };
}

/** The cheapest of some judgements one after another, as of a worker that is never idle: a collection of garbage between them would throw away what V8 learned. */
function steady(rounds) {
  let best;
  let peak;
  for (let round = 0; round < rounds; round++) {
    const [usage, start] = [process.cpuUsage(), performance.now()];
    const result = judge(inventory);
    const { user, system } = process.cpuUsage(usage);
    const run = { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6, result };
    if (best === undefined || run.cpuSeconds < best.cpuSeconds) best = run;
    // Of one judgement: the next begins beside the garbage of the one before, and telling costs apart takes memory of its own.
    peak ??= peakRss(process.pid);
  }
  return { ...best, peak };
}

judge(inventoryOf(benchCluster({ ...shape, ...WARM_UP })));
const inventory = inventoryOf(benchCluster(shape));
const { seconds, cpuSeconds, result, peak } = steady(shape.pods > LARGE ? 2 : 8);
const costs = costsOf(catalogue, inventory, policy);
process.stdout.write(`${JSON.stringify({ ...shape, workloads: inventory.workloads.length, templates: inventory.templates.size, seconds, cpuSeconds, peakRss: peak, ...result, costs: Object.fromEntries(costs) })}\n`);
