// One scan of a live cluster in a process of its own, as a worker runs it: with a thread, on compiled code. The first argument
// is the collector's module, standard input the connection; the last line is what the scan took.
import { text } from 'node:stream/consumers';

const { KubernetesClusterCollector } = await import(process.argv[2]);
const connection = JSON.parse(await text(process.stdin));
const collector = new KubernetesClusterCollector({ addresses: { allowedPrivateRanges: [], allowLoopbackHttp: true }, controls: async () => [] });
const begun = performance.now();
const { evaluations, counts, cost } = await collector.scan({ kind: 'live', connection }, {}, { onProgress: () => undefined, signal: new AbortController().signal, knownEvidence: [] });
const seconds = (performance.now() - begun) / 1000;
const failures = evaluations.reduce((sum, evaluation) => sum + evaluation.failures.length, 0);
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
process.stdout.write(`${JSON.stringify({ seconds, peakRss: maxRSS * 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, failures, objects: counts.objects, requests: cost.requests })}\n`);
process.exit();
