// How fast the engines answer, on seeded data of the size that is promised, each in a process of its own on one core. The
// last line is the result as JSON. `--quick` takes a tenth of the data, `--seed N` other data.
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { barHeadings, barRows } from './bars.mjs';
import { barsOf } from './engine-bars.mjs';
import { mebibytes, table } from './table.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } } });
const seed = Number(values.seed);
if (!Number.isSafeInteger(seed) || seed < 1) throw new Error('--seed is a whole number from 1 on');
const scale = values.quick ? 0.1 : 1;
const program = fileURLToPath(new URL('engine-process.mjs', import.meta.url));
const print = (text = '') => process.stdout.write(`${text}\n`);

print(`node ${process.version}, ${cpus().length} x ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, seed ${seed}${values.quick ? ', a tenth of the sizes that the bars are for' : ''}\n`);

// What a core does: the collector's work is on the same one, and in the clock.
const podSecurity = measure('podSecurity', {}, ['--single-threaded-gc']);
print(`pod security ${podSecurity.version}, ${podSecurity.pods} pods of the bench cluster`);
print(table(
  ['level', 'from', 'pods/s', 'pods/CPU-s', 'violations a pod'],
  ['baseline', 'restricted'].flatMap((level) => Object.entries(podSecurity[level]).map(([from, each]) => [level, from, each.podsPerSecond, each.podsPerCpuSecond, each.violationsPerPod])),
));

const access = measure('access');
print(`\naccess, ${Object.entries(access.sizes).map(([name, count]) => `${count} ${name}`).join(', ')}`);
print(`index ${access.indexSeconds} s; can-i ${access.canIPerSecond} a second, ${percent(access.allowed)} allowed; who-can p50 ${access.whoCanMs.p50} ms, p99 ${access.whoCanMs.p99} ms`);
print(`${access.paths} escalation paths of ${access.stepsPerPath} steps in ${access.escalationSeconds} s, the best cut in ${access.bestCutSeconds} s; memory with facts and graph ${memoryText(access)}`);
print(`growth over 1, 2 and 4 times all sizes: index ${access.growth.index}, escalation ${access.growth.escalation}`);

const reachability = measure('reachability');
print(`\nreachability, ${reachability.pods} pods, ${reachability.policies} policies, ${reachability.namespaces} namespaces: ${reachability.classes} classes, ${percent(reachability.openCells)} of their pairs open somewhere`);
print(`build ${reachability.buildSeconds} s; pair ${(reachability.pairMs.mean * 1000).toFixed(1)} us on average, p99 ${(reachability.pairMs.p99 * 1000).toFixed(1)} us (${Object.entries(reachability.statuses).map(([status, count]) => `${count} ${status}`).join(', ')})`);
print(`whole class matrix ${reachability.matrixSeconds} s; memory with facts and matrix ${memoryText(reachability)}`);
print(`builds of ${reachability.builds.map(({ pods, classes, seconds }) => `${pods} pods (${classes} classes) ${seconds} s`).join(', ')}: growth ${reachability.growth.build}`);

const evidence = [12, 1].map((replicas) => measure('evidence', { replicas }));
print('\nevidence, compressed, with some 60 bytes a part for the list of parts; loading is from the compressed pieces, a new process\'s first time and the best');
print(table(
  ['pods x replicas', 'bytes/pod', 'parts', 'record s', 'again bytes/pod', 'new pieces', 'record s', 'access s', 'best', 'reachability s', 'best'],
  evidence.map(({ pods, replicas, first, again, access, reachability }) => [
    `${pods} x ${replicas}`, first.bytesPerPod, first.parts, first.seconds, again.bytesPerPod, again.newPieces, again.seconds, access.firstSeconds, access.seconds, reachability.firstSeconds, reachability.seconds,
  ]),
));

const results = { podSecurity, access, reachability, evidence };
const bars = barsOf(results);
print();
print(table(barHeadings, barRows(bars)));
print();
print(JSON.stringify({ benchmark: 'engines', node: process.version, seed, scale, ...results, bars }));

function measure(name, more = {}, nodeOptions = []) {
  const output = execFileSync(process.execPath, ['--expose-gc', ...nodeOptions, program, name, JSON.stringify({ scale, seed, ...more })], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(output.trimEnd().split('\n').at(-1));
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}

function memoryText({ memory: { held, peak } }) {
  return `${mebibytes(held)} MB, at the peak ${mebibytes(peak)} MB`;
}
