// How fast all controls judge, and what uploads take from their first byte to stored findings, on seeded data; each
// measurement in a process of its own. The last line is the result as JSON. `--quick` leaves out the large sizes,
// `--part judging|uploads` the other part, `--rounds N` takes the uploads so many times (3), `--seed N` gives other data.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { testPostgres } from '../dist/libs/database/embedded/test-postgres.js';
import { defaultThreadSettings } from '../dist/libs/kubernetes/scan-thread.js';
import { barHeadings, barRows } from './bars.mjs';
import { parseRate } from './calibration.mjs';
import { barsOf, isControl, reasons, SHARE } from './control-bars.mjs';
import { growthExponent } from './growth.mjs';
import { measureUpload } from './measure-upload.mjs';
import { asJsonList, asYamlDocuments, mixedManifests } from './mixed-manifests.mjs';
import { ratiosOf } from './ratios.mjs';
import { openService } from './service.mjs';
import { mebibytes, table } from './table.mjs';
import { productionEnv, productionOptions } from './worker-process.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, part: { type: 'string' }, rounds: { type: 'string', default: '3' }, seed: { type: 'string', default: '1' } } });
const seed = Number(values.seed);
if (!Number.isSafeInteger(seed) || seed < 1) throw new Error('--seed is a whole number from 1 on');
const rounds = Number(values.rounds);
if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error('--rounds is a whole number from 1 on');
if (values.part !== undefined && values.part !== 'judging' && values.part !== 'uploads') throw new Error('--part is judging or uploads');
const sizes = [1_500, 15_000, ...(values.quick ? [] : [150_000])];
const uploadSizes = [2_500, 10_000, ...(values.quick ? [] : [50_000])];
const yamlSizes = values.quick ? [2_500] : [2_500, 10_000];
const program = fileURLToPath(new URL('controls-process.mjs', import.meta.url));
// A scan's own thread has no more, and its process is started like that.
const heap = ['--expose-gc', `--max-old-space-size=${defaultThreadSettings.oldSpaceMb}`, ...productionOptions];
/** Of a shared view: it is called by the lists that it is of. */
const LONGEST_NAME = 70;
const print = (text = '') => process.stdout.write(`${text}\n`);

print(`node ${process.version}, ${cpus().length} x ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, seed ${seed}`);
const shapes = [12, 1].flatMap((replicas) => sizes.map((pods) => ({ pods, replicas, seed })));
const ratios = ratiosOf(shapes[0]);
print(`pods of ${ratios.podBytesWithoutManagedFields} bytes without managedFields, ${ratios.containersPerPod} containers, ${ratios.failing * 100} % failing; a pod has`);
print(`${ratios.services} services, ${ratios.policies} policies, ${ratios.bindings} bindings, ${ratios.roles} roles, ${ratios.namespaces} namespaces, ${ratios.nodes} nodes\n`);
const parseBefore = parseRate(shapes[0]);

const judged = values.part === 'uploads' ? [] : shapes.map(judge);
if (judged.length > 0) reportJudging();
const uploads = values.part === 'judging' ? { json: [], yaml: [] } : await measureUploads();
if (uploads.json.length > 0) reportUploads();

const exponent = (runs, x, y) => growthExponent(runs.map((run) => ({ x: run[x], y: run[y] })));
const byReplicas = (y) => Object.fromEntries([12, 1].map((replicas) => [replicas, exponent(judged.filter((run) => run.replicas === replicas), 'pods', y)]));
const growth = { judging: byReplicas('cpuSeconds'), memory: byReplicas('peakRss'), uploads: exponent(uploads.json, 'manifests', 'workerCpuSeconds'), uploadSeconds: exponent(uploads.json, 'manifests', 'seconds') };
print(`growth: judging ${said(growth.judging[12])} with 12 replicas, ${said(growth.judging[1])} with one; its memory ${said(growth.memory[12])}, ${said(growth.memory[1])}; uploads ${said(growth.uploads)} of CPU, ${said(growth.uploadSeconds)} of time\n`);
const bars = barsOf({ judged, growth, uploads });
print(table(barHeadings, barRows(bars)));
const parseMegabytes = { before: parseBefore, after: parseRate(shapes[0]) };
print(`\nthis machine parsed a page of pods at ${parseMegabytes.before} MB/s before and ${parseMegabytes.after} MB/s after, load ${loadavg()[0].toFixed(1)}`);
print(JSON.stringify({ benchmark: 'controls', node: process.version, seed, parseMegabytes, ratios, judged, uploads, growth, bars }));

function judge(shape) {
  const measured = measure(shape, heap);
  const fitsThread = measured !== undefined;
  const { costs, ...run } = measured ?? measure(shape, ['--expose-gc', '--max-old-space-size=4096', ...productionOptions]);
  if (run.errors.length > 0) throw new Error(run.errors.join('\n'));
  const total = Object.values(costs).reduce((sum, cost) => sum + cost, 0);
  const shares = Object.fromEntries(Object.entries(costs).map(([name, cost]) => [name, Math.round((cost / total) * 1_000) / 10]).toSorted((a, b) => b[1] - a[1]));
  process.stderr.write(`${shape.pods} pods x ${shape.replicas}: ${run.cpuSeconds.toFixed(2)} CPU-s, ${mebibytes(run.peakRss)} MB${fitsThread ? '' : `, more than the ${defaultThreadSettings.oldSpaceMb} MB of heap that a scan's thread has`}\n`);
  return { ...run, fitsThread, podsPerSecond: Math.round(run.pods / run.seconds), podsPerCpuSecond: Math.round(run.pods / run.cpuSeconds), shares };
}

/** Undefined where the heap was too small. */
function measure(shape, nodeOptions) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [...nodeOptions, program, JSON.stringify(shape)], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024, env: { ...process.env, ...productionEnv } });
  if (stderr.includes('heap out of memory')) return undefined;
  if (status !== 0) throw new Error(`measuring ended with ${signal ?? status}:\n${stderr}`);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1));
}

function reportJudging() {
  print('judging with all controls, once everything is read');
  print(table(
    ['pods x replicas', 'workloads', 'failures', 'wall s', 'pods/s', 'CPU-s', 'pods/CPU-s', 'us/pod', 'peak MB', 'in a scan\'s heap'],
    judged.map(({ pods, replicas, workloads, failures, seconds, podsPerSecond, cpuSeconds, podsPerCpuSecond, peakRss, fitsThread }) => [
      `${pods} x ${replicas}`, workloads, failures, seconds.toFixed(2), podsPerSecond, cpuSeconds.toFixed(2), podsPerCpuSecond, ((cpuSeconds / pods) * 1e6).toFixed(1), mebibytes(peakRss), fitsThread ? 'yes' : 'NO',
    ]),
  ));
  print(`\nper cent of judging, by control and by what they share (* a control above ${SHARE} %)`);
  const names = [...new Set(judged.flatMap(({ shares }) => Object.keys(shares)))];
  const most = (name) => Math.max(...judged.map(({ shares }) => shares[name] ?? 0));
  const listed = names.filter((name) => most(name) >= 0.5).toSorted((a, b) => most(b) - most(a));
  print(table(['', ...judged.map(({ pods, replicas }) => `${pods} x ${replicas}`)], listed.map((name) => [
    name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)} …` : name, ...judged.map(({ shares }) => `${(shares[name] ?? 0).toFixed(1)}${isControl(name) && (shares[name] ?? 0) > SHARE ? ' *' : '  '}`),
  ])));
  print(`${names.length - listed.length} others take less than half of one per cent each`);
  for (const [name, reason] of Object.entries(reasons)) print(`${name}: ${reason}`);
  print();
}

/** One size after the other, and all of them again: what else the machine does meanwhile takes its time now from one and now from another. */
async function measureUploads() {
  const sizes = [...uploadSizes.map((manifests) => ({ format: 'json', manifests, runs: [] })), ...yamlSizes.map((manifests) => ({ format: 'yaml', manifests, runs: [] }))];
  const postgres = await testPostgres();
  try {
    for (let round = 0; round < rounds; round++) {
      for (const { format, manifests, runs } of sizes) {
        if (format === 'json') runs.push(await upload(postgres, asJsonList(mixedManifests(manifests, seed)), format));
        else {
          const parsed = parseYaml(manifests);
          const run = await upload(postgres, Buffer.from(asYamlDocuments(mixedManifests(manifests, seed)).join('---\n')), format);
          runs.push({ ...run, parseSeconds: parsed.seconds, parseCpuSeconds: parsed.cpuSeconds });
        }
      }
    }
  } finally {
    await postgres.stop();
  }
  const of = (format) => sizes.filter((size) => size.format === format).map(({ manifests, runs }) => ({ manifests, ...together(runs) }));
  return { json: of('json'), yaml: of('yaml') };
}

/** The run that the machine held up least, of the library alone too, but the most memory that any took. */
function together(runs) {
  const least = (name) => Math.min(...runs.map((run) => run[name]));
  const [seconds, parseSeconds] = [least('seconds'), least('parseSeconds')];
  return {
    ...runs[0], seconds, workerCpuSeconds: least('workerCpuSeconds'), peakRss: Math.max(...runs.map(({ peakRss }) => peakRss)),
    ...(runs[0].parseSeconds !== undefined && { parseSeconds, parseCpuSeconds: least('parseCpuSeconds'), timesParse: Math.round((seconds / parseSeconds) * 100) / 100 }),
    eachSeconds: runs.map(({ seconds }) => seconds),
  };
}

/** What the YAML library takes by itself. */
function parseYaml(manifests) {
  return JSON.parse(execFileSync(process.execPath, [...productionOptions, fileURLToPath(new URL('yaml-parse-process.mjs', import.meta.url)), String(manifests), String(seed)], { encoding: 'utf8', env: { ...process.env, ...productionEnv } }));
}

async function upload(postgres, bytes, format) {
  const service = await openService(postgres.adminUrl);
  try {
    const run = await measureUpload(service, bytes, format);
    process.stderr.write(`${run.objects} objects as ${format}: ${run.seconds.toFixed(2)} s, ${mebibytes(run.peakRss)} MB\n`);
    return { bytes: bytes.length, ...run };
  } finally {
    await service.close();
  }
}

function reportUploads() {
  print('uploads of mixed manifests, from the first byte to stored findings, with the worker just started, as the YAML library is; CPU and memory are the worker\'s');
  if (rounds > 1) print(`each size taken ${rounds} times, in turn with the others: time and CPU of the run that went best, the highest memory of all`);
  print(table(
    ['manifests', 'MB', 'seconds', 'of each run', 'CPU-s', 'peak MB', 'findings', 'the YAML library alone, s', 'CPU-s', 'times its seconds'],
    [...uploads.json.map((run) => ['JSON', run]), ...uploads.yaml.map((run) => ['YAML', run])].map(([format, { manifests, bytes, seconds, eachSeconds, workerCpuSeconds, peakRss, findings, parseSeconds, parseCpuSeconds, timesParse }]) => [
      `${manifests} ${format}`, mebibytes(bytes), seconds.toFixed(2), eachSeconds.map((each) => each.toFixed(2)).join(' '), workerCpuSeconds.toFixed(2), mebibytes(peakRss), findings, parseSeconds?.toFixed(2) ?? '', parseCpuSeconds?.toFixed(2) ?? '', timesParse ?? '',
    ]),
  ));
  print();
}

function said(value) {
  return value ?? 'not measured';
}
