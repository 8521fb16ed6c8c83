// What the node collector takes of a node with 1,000 processes: the bundled file as a process of its own, on a root of plain
// files. The last line is the result as JSON. `--processes N` and `--connections N` give other nodes, `--seed N` other data.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { atMost, barHeadings, barRows, memoryAtMost } from './bars.mjs';
import { loopbackCertificate } from './certificate.mjs';
import { nodeRoot } from './node-root.mjs';
import { count } from './options.mjs';
import { table } from './table.mjs';

const { values } = parseArgs({ options: { processes: { type: 'string', default: '1000' }, connections: { type: 'string', default: '5000' }, rounds: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' } } });
const [processes, connections, rounds, seed] = ['processes', 'connections', 'rounds', 'seed'].map((name) => count(values[name], name));
const program = fileURLToPath(new URL('../dist/apps/agent/bulwark-node-collector.mjs', import.meta.url));
// The process tells its own use at its very end: what it took is in the numbers, and nothing else is.
const meter = `data:text/javascript,${encodeURIComponent("import{writeSync}from'node:fs';process.on('exit',()=>{const u=process.resourceUsage();writeSync(3,JSON.stringify({peakRss:u.maxRSS*1024,cpuSeconds:(u.userCPUTime+u.systemCPUTime)/1e6}))})")}`;
const print = (text = '') => process.stdout.write(`${text}\n`);

const { certificate } = await loopbackCertificate();
const root = nodeRoot({ processes, connections, seed, certificate });
const out = mkdtempSync(join(tmpdir(), 'bulwark-bench-bundle-'));
try {
  print(`node ${process.version}, ${cpus().length} x ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, seed ${seed}, ${processes} processes, ${connections} connections`);
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await measure(join(out, `${round}.json`)));
  const worst = (name) => Math.max(...runs.map((run) => run[name]));
  const bars = [memoryAtMost('collector: peak memory', worst('peakRss'), 80), atMost('collector: CPU', Number(worst('cpuSeconds').toFixed(3)), 1, 's')];
  print(table(barHeadings, barRows(bars)));
  print(JSON.stringify({ benchmark: 'collector', node: process.version, seed, processes, connections, runs, bars }));
} finally {
  rmSync(root, { recursive: true, force: true });
  rmSync(out, { recursive: true, force: true });
}

async function measure(file) {
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', meter, program, '--root', root, '--out', file, '--node', 'bench'], { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const [said, usage] = await Promise.all([child.stdio[2], child.stdio[3]].map(text));
  const code = await new Promise((resolve) => (child.exitCode === null ? child.on('exit', resolve) : resolve(child.exitCode)));
  if (code !== 0) throw new Error(`the collector ended with ${code}: ${said}`);
  const payload = JSON.parse(readFileSync(file, 'utf8')).protected;
  const { size } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return { ...JSON.parse(usage), seconds: Number(((performance.now() - started) / 1_000).toFixed(3)), bundleBytes: statSync(file).size, evidenceBytes: size };
}

async function text(stream) {
  let all = '';
  for await (const part of stream) all += part;
  return all;
}
