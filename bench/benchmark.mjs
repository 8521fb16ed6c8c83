// How long a benchmark takes on a cluster of 5,000 nodes as production judges it: bundles as the collector writes them, received
// and sealed by the API's services, then scans by the worker's own program, from Postgres to the recorded run. What is measured
// is the worker. The last line is the result as JSON. `--quick` takes a tenth of the nodes, `--nodes N` so many alone, `--seed N`
// other data, `--node-option O` goes to the worker.
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { testPostgres } from '../dist/libs/database/embedded/test-postgres.js';
import { atMost, barHeadings, barRows, memoryAtMost } from './bars.mjs';
import { startCluster } from './cluster-process.mjs';
import { growthExponent } from './growth.mjs';
import { measureScan } from './measure-scan.mjs';
import { nodeEvidence } from './node-evidence.mjs';
import { count } from './options.mjs';
import { openService } from './service.mjs';
import { mebibytes, table } from './table.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, nodes: { type: 'string' }, seed: { type: 'string', default: '1' }, 'node-option': { type: 'string', multiple: true, default: [] } } });
const seed = count(values.seed, 'seed');
const sizes = values.nodes === undefined ? [500, 1_500, 5_000].map((nodes) => (values.quick ? nodes / 10 : nodes)) : [count(values.nodes, 'nodes')];
/** A cluster of many nodes has more: what they cost is `bench:scan`'s. */
const PODS_A_NODE = 1;
/** One node in so many gets careless between two runs. */
const CHANGES = 20;
const print = (text = '') => process.stdout.write(`${text}\n`);

print(`node ${process.version}, ${cpus().length} x ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, seed ${seed}${values.quick ? ', a tenth of the nodes that the bars are for' : ''}`);
const { evidenceOf } = await nodeEvidence(seed);
const sample = Array.from({ length: 200 }, (_, index) => JSON.stringify(evidenceOf(index)).length);
const evidenceBytes = Math.round(sample.reduce((sum, length) => sum + length, 0) / sample.length);
print(`evidence of a node ${Math.round(evidenceBytes / 1_024)} KiB, ${PODS_A_NODE} pod a node\n`);

const postgres = await testPostgres();
const runs = [];
try {
  for (const nodes of sizes) runs.push(...(await runsOf(nodes)));
} finally {
  await postgres.stop();
}

print('nodes: a cluster that nobody can ask, judged by its bundles; live: one that answers, the benchmark alone; both: with posture; changed: live once more after a');
print('twentieth of the nodes got careless. Each by a worker that has just started.\n');
print(table(
  ['scan', 'nodes', 'wall s', 'CPU s', 'CPU ms a node', 'peak MB', 'idle MB', 'items', 'regressed'],
  runs.map(({ scan, nodes, seconds, cpuSeconds, peakRss, idleRss, outcomes, regressed }) => [
    scan, nodes, seconds.toFixed(2), cpuSeconds.toFixed(2), ((cpuSeconds * 1_000) / nodes).toFixed(2), mebibytes(peakRss), mebibytes(idleRss), Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`).join(' '), regressed,
  ]),
));
const growth = Object.fromEntries([...new Set(runs.map(({ scan }) => scan))].map((scan) => {
  const same = runs.filter((run) => run.scan === scan);
  // By CPU time: what else runs on the machine is no growth.
  return [scan, growthExponent(same.map(({ nodes, cpuSeconds }) => ({ x: nodes, y: cpuSeconds })))];
}));
print(`\ngrowth of CPU time: ${Object.entries(growth).map(([scan, exponent]) => `${scan} ${exponent ?? '-'}`).join(', ')}; load ${loadavg()[0].toFixed(1)} at the end\n`);
const bars = runs.filter(({ nodes }) => nodes === sizes.at(-1)).flatMap(({ scan, nodes, seconds, peakRss }) => [
  atMost(`${scan}: ${nodes} nodes judged`, Number(seconds.toFixed(2)), 20, 's'),
  memoryAtMost(`${scan}: peak memory`, peakRss, 256),
  ...(growth[scan] === undefined ? [] : [atMost(`${scan}: growth exponent`, growth[scan], 1.05, '')]),
]);
print(table(barHeadings, barRows(bars)));
print(JSON.stringify({ benchmark: 'benchmark', node: process.version, seed, evidenceBytes, runs, growth, bars }));

async function runsOf(nodes) {
  const cluster = await startCluster({ pods: nodes * PODS_A_NODE, replicas: 12, nodes, seed });
  const service = await openService(postgres.adminUrl, cluster).catch(async (error) => {
    await cluster.stop();
    throw error;
  });
  try {
    const [live] = service.clusterIds;
    const alone = await service.registerForUploads('nodes alone');
    const measured = [];
    const measure = async (scan, clusterId, kind) => {
      const result = await resultOf(service, nodes, await measureScan(service, [clusterId], values['node-option'], kind));
      process.stderr.write(`${nodes} nodes, ${scan}: ${result.cpuSeconds} CPU-s, ${mebibytes(result.peakRss)} MB\n`);
      measured.push({ scan, nodes, ...result });
    };
    const indexes = Array.from({ length: nodes }, (_, index) => index);
    for (const clusterId of [alone, live]) await service.receive(clusterId, named(indexes));
    await measure('nodes', alone, 'benchmark');
    await measure('live', live, 'benchmark');
    await measure('both', live, 'posture-and-benchmark');
    await service.receive(live, named(indexes.filter((index) => index % CHANGES === 1), true));
    await measure('changed', live, 'benchmark');
    return measured;
  } finally {
    await service.close();
    await cluster.stop();
  }
}

function* named(indexes, isCareless) {
  for (const index of indexes) yield [`node-${index}`, evidenceOf(index, isCareless)];
}

async function resultOf(service, nodes, { scan, rows: _rows, ...measured }) {
  const { pass, fail, unknown, manual, notApplicable, regressed, nodesWithEvidence } = await service.benchmarkRun(scan.id);
  if (nodesWithEvidence !== nodes) throw new Error(`${nodesWithEvidence} of ${nodes} nodes were judged`);
  return { ...measured, outcomes: { pass, fail, unknown, manual, 'not-applicable': notApplicable }, regressed };
}
