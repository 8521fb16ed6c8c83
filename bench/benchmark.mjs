// How long a benchmark takes to judge on the bundles of 5,000 nodes, one after the other, and in how much memory. The last
// line is the result as JSON. `--quick` takes a tenth of the nodes, `--seed N` other data.
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { atMost, barHeadings, barRows, memoryAtMost } from './bars.mjs';
import { growthExponent } from './growth.mjs';
import { count } from './options.mjs';
import { mebibytes, table } from './table.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' }, rounds: { type: 'string', default: '3' } } });
const [seed, rounds] = ['seed', 'rounds'].map((name) => count(values[name], name));
const largest = values.quick ? 500 : 5_000;
const program = fileURLToPath(new URL('benchmark-process.mjs', import.meta.url));
const print = (text = '') => process.stdout.write(`${text}\n`);

print(`node ${process.version}, ${cpus().length} x ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, seed ${seed}${values.quick ? ', a tenth of the nodes that the bars are for' : ''}`);
const runs = [largest / 4, largest / 2, largest].map((nodes) => best(Array.from({ length: rounds }, () => measure(nodes))));
print(table(
  ['nodes', 'seconds', 'CPU s', 'of it reading', 'ms a node', 'verdicts', 'peak memory'],
  runs.map(({ nodes, seconds, cpuSeconds, readSeconds, verdicts, peakRss }) => [nodes, seconds.toFixed(2), cpuSeconds.toFixed(2), readSeconds.toFixed(2), ((seconds * 1_000) / nodes).toFixed(2), verdicts, mebibytes(peakRss)]),
));
const whole = runs.at(-1);
// By CPU time: what else runs on the machine is no growth.
const exponent = growthExponent(runs.map(({ nodes, cpuSeconds }) => ({ x: nodes, y: cpuSeconds })));
print(`\nevidence of a node ${Math.round(whole.evidenceBytes / 1_024)} KiB; items ${Object.entries(whole.outcomes).map(([outcome, count]) => `${count} ${outcome}`).join(', ')}; growth ${exponent}\n`);
const bars = [
  atMost(`benchmark: ${whole.nodes} nodes judged`, Number(whole.seconds.toFixed(2)), 20, 's'),
  memoryAtMost('benchmark: peak memory', whole.peakRss, 256),
  atMost('benchmark: growth exponent', exponent, 1.05, ''),
];
print(table(barHeadings, barRows(bars)));
print(JSON.stringify({ benchmark: 'benchmark', node: process.version, seed, runs, exponent, bars }));

function measure(nodes) {
  const output = execFileSync(process.execPath, [program, JSON.stringify({ nodes, seed })], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(output.trimEnd().split('\n').at(-1));
}

/** The fastest: what disturbs a run is no part of it. Of memory the most counts. */
function best(all) {
  const fastest = all.reduce((one, other) => (other.seconds < one.seconds ? other : one));
  return { ...fastest, cpuSeconds: Math.min(...all.map(({ cpuSeconds }) => cpuSeconds)), peakRss: Math.max(...all.map(({ peakRss }) => peakRss)) };
}
