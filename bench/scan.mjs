// Whole scans as production runs them: a bench cluster behind TLS, the worker's own program, Postgres. Each in a process
// of its own; what is measured is the worker. The last line is the result as JSON.
import { cpus, loadavg } from 'node:os';
import { testPostgres } from '../dist/libs/database/embedded/test-postgres.js';
import { parseRate } from './calibration.mjs';
import { startCluster } from './cluster-process.mjs';
import { growthExponent } from './growth.mjs';
import { measureScan } from './measure-scan.mjs';
import { readOptions } from './options.mjs';
import { cpuSeconds } from './process-usage.mjs';
import { ratiosOf } from './ratios.mjs';
import { openService } from './service.mjs';
import { mebibytes, table } from './table.mjs';

const { shapes, nodeOptions } = readOptions();
const print = (text = '') => process.stdout.write(`${text}\n`);

print(`node ${process.version}, ${cpus().length} x ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, seed ${shapes[0].seed}`);
const ratios = ratiosOf(shapes[0]);
print(`pods of ${ratios.podBytes} bytes (${ratios.podBytesWithoutManagedFields} without managedFields), ${ratios.containersPerPod} containers, ${ratios.failing * 100} % failing; a pod has`);
print(`${ratios.services} services, ${ratios.policies} policies, ${ratios.bindings} bindings, ${ratios.roles} roles, ${ratios.namespaces} namespaces, ${ratios.nodes} nodes\n`);

const parseBefore = parseRate(shapes[0]);
const postgres = await testPostgres();
const runs = [];
try {
  for (const shape of shapes) runs.push(await run(shape));
} finally {
  await postgres.stop();
}
const growth = Object.fromEntries([...new Set(runs.map(({ replicas }) => replicas))].map((replicas) => [replicas, growthOf(runs.filter((each) => each.replicas === replicas))]));
const parseMegabytes = { before: parseBefore, after: parseRate(shapes[0]) };
report();
print(`this machine parsed a page of its pods at ${parseMegabytes.before} MB/s before and ${parseMegabytes.after} MB/s after`);
print(JSON.stringify({ benchmark: 'scan', node: process.version, seed: shapes[0].seed, parseMegabytes, ratios, runs, growth }));

async function run(shape) {
  const cluster = await startCluster(shape);
  try {
    const service = await openService(postgres.adminUrl, cluster);
    try {
      const [one, other] = service.clusterIds;
      const scan = async (...clusterIds) => resultOf(shape, await measureScan(service, clusterIds, nodeOptions));
      const cold = await scan(one);
      const again = await scan(one);
      const { rows: _ofBoth, findingRows: _findingsOfBoth, ...warm } = await scan(one, other);
      const result = { ...shape, cold, again, warm, serverCpuSeconds: cpuSeconds(cluster.pid) };
      process.stderr.write(`${shape.pods} pods, ${shape.replicas} replica(s): ${cold.cpuSeconds} CPU-s cold, ${warm.cpuSeconds} warm, ${mebibytes(warm.peakRss)} MB\n`);
      return result;
    } finally {
      await service.close();
    }
  } finally {
    await cluster.stop();
  }
}

function resultOf({ pods, replicas }, { scan, seconds, ...measured }) {
  const { findings, counts, cost, controls } = scan.summary;
  const open = Object.values(findings.open).reduce((sum, count) => sum + count, 0);
  return {
    seconds, podsPerSecond: Math.round(pods / seconds), ...measured,
    isComplete: scan.isComplete, objects: counts.objects, requests: cost.requests, bytes: cost.bytes, threadCpuSeconds: cost.cpuMs / 1000, controls,
    findings: open, findingsPerPod: Math.round((open / pods) * 1000) / 1000,
    // A finding stands for every pod of its workload.
    findingsPerPodJudged: Math.round(((open * replicas) / pods) * 100) / 100,
    transitions: findings.opened + findings.reopened + findings.regressed + findings.resolved,
    findingRows: sum(measured.rows.findings),
  };
}

function sum(rows) {
  return rows ? rows.ins + rows.upd + rows.del : 0;
}

function growthOf(same) {
  const exponent = (value) => growthExponent(same.map((each) => ({ x: each.pods, y: value(each) })));
  return {
    time: exponent(({ warm }) => warm.seconds), cpu: exponent(({ warm }) => warm.cpuSeconds), memory: exponent(({ warm }) => warm.peakRss),
    coldTime: exponent(({ cold }) => cold.seconds), coldCpu: exponent(({ cold }) => cold.cpuSeconds), coldMemory: exponent(({ cold }) => cold.peakRss),
  };
}

function report() {
  print('cold: first scan of a worker that has just started; again: the same, nothing has changed; warm: first scan of a cluster by a worker that has scanned before');
  print(table(
    ['pods x replicas', 'scan', 'wall s', 'pods/s', 'CPU-s', 'thread', 'us/pod', 'peak MB', 'idle MB', 'JSON MB', 'requests', 'findings', 'a pod', 'x replicas', 'finding rows'],
    runs.flatMap(({ pods, replicas, cold, again, warm }) => Object.entries({ cold, again, warm }).map(([name, scan]) => [
      `${pods} x ${replicas}`, name, scan.seconds.toFixed(2), scan.podsPerSecond, scan.cpuSeconds.toFixed(2), scan.threadCpuSeconds.toFixed(2), Math.round((scan.cpuSeconds / pods) * 1e6),
      mebibytes(scan.peakRss), mebibytes(scan.idleRss), mebibytes(scan.bytes), scan.requests, scan.findings, scan.findingsPerPod, scan.findingsPerPodJudged, scan.findingRows ?? '',
    ])),
  ));
  print();
  for (const { pods, replicas, cold, again } of runs) {
    for (const [name, scan] of Object.entries({ cold, again })) {
      print(`${pods} x ${replicas}, ${name}: ${Object.entries(scan.rows).map(([name, { ins, upd, del }]) => `${name} +${ins} ~${upd} -${del}`).join(', ')}`);
    }
  }
  print();
  for (const [replicas, { time, cpu, memory, coldTime, coldCpu, coldMemory }] of Object.entries(growth)) {
    if (time !== undefined) print(`growth with ${replicas} replica(s): time ${time}, CPU ${cpu}, memory ${memory}; cold ${coldTime}, ${coldCpu}, ${coldMemory}`);
  }
}
