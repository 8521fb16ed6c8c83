// Judges CIS Kubernetes 1.12 on so many nodes, in a process of its own; the last line is what that took, as JSON.
import { benchmarks } from '../dist/libs/benchmarks/benchmarks.js';
import { judgeBenchmark } from '../dist/libs/benchmarks/judge/judge-benchmark.js';
import { evidenceOf } from './benchmark-nodes.mjs';
import { peakRss } from './process-usage.mjs';

const { nodes, seed } = JSON.parse(process.argv[2]);
const names = Array.from({ length: nodes }, (_, index) => `node-${index}`);
// Distinct texts of evidence, as many as memory is not to be spent on: a bundle is read, judged and dropped.
const KINDS = 200;
const texts = Array.from({ length: Math.min(KINDS, nodes) }, (_, index) => JSON.stringify(evidenceOf(index, seed)));
let reading = 0;

function* evidence() {
  for (const [index, name] of names.entries()) {
    const started = performance.now();
    const parsed = JSON.parse(texts[index % texts.length]);
    reading += performance.now() - started;
    yield { name, evidence: parsed, collectedAt: '2026-01-01T00:00:00.000Z' };
  }
}

const choice = { state: 'chosen', benchmark: benchmarks['cis-1.12'], reason: 'bench' };
const [started, used] = [performance.now(), process.cpuUsage()];
const judged = judgeBenchmark({ choice, nodes: names, serverVersion: 'v1.33.4' }, evidence());
const seconds = (performance.now() - started) / 1_000;
const { user, system } = process.cpuUsage(used);
const outcomes = Object.fromEntries(['pass', 'fail', 'unknown', 'manual', 'not-applicable'].map((outcome) => [outcome, judged.items.filter((item) => item.outcome === outcome).length]));
const verdicts = judged.items.reduce((sum, { nodes: { total } }) => sum + total, 0);
process.stdout.write(`${JSON.stringify({ nodes, seconds, cpuSeconds: (user + system) / 1e6, readSeconds: reading / 1_000, peakRss: peakRss(process.pid), evidenceBytes: Math.round(texts.reduce((sum, text) => sum + text.length, 0) / texts.length), outcomes, verdicts })}\n`);
