import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { readKubeBench, type KubeBenchOptions } from '#kube-bench/read-kube-bench.js';
import type { KubeBenchRun } from '#kube-bench/report.js';
import type { UnpackedRun } from '../ports/evidence-unpacker.js';

/** What a file says of each node. Throws `KubeBenchError`. */
export async function unpackKubeBench(file: Uint8Array, options: KubeBenchOptions): Promise<readonly UnpackedRun[]> {
  const unpacked: UnpackedRun[] = [];
  for (const run of readKubeBench(file, options).runs) unpacked.push({ node: run.node, ...factsOf(run), packed: await promisify(gzip)(JSON.stringify(run)) });
  return unpacked;
}

function factsOf({ controls, totals }: KubeBenchRun): Pick<UnpackedRun, 'benchmarks' | 'detectedVersion' | 'totals'> {
  const versions = controls.flatMap(({ detectedVersion }) => (detectedVersion === undefined ? [] : [detectedVersion]));
  return { benchmarks: [...new Set(controls.map(({ benchmark }) => benchmark))], detectedVersion: versions[0] ?? null, totals };
}
