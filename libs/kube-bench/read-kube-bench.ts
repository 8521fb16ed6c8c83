import { jsonValues } from './json-values.js';
import { KubeBenchError } from './kube-bench-error.js';
import { defaultKubeBenchLimits, type KubeBenchLimits } from './limits.js';
import type { KubeBenchReport } from './report.js';
import { runsOf } from './runs.js';

export interface KubeBenchOptions {
  /** The node of each run, in the order of the file: no report names it. */
  readonly nodes: readonly string[];
  /** The benchmark, where a report names none that is known. */
  readonly benchmark?: string;
  /** The release of kube-bench: no report tells it. */
  readonly toolVersion?: string;
  readonly limits?: KubeBenchLimits;
}

/**
 * Reads what `kube-bench --json` wrote: the object with `Controls` and `Totals`, the bare list of `--nototals` and of
 * releases before 2021, controls one after the other, several of these in one file, each also inside a pod's log.
 * Throws `KubeBenchError`; nothing of a file counts unless all of it could be read.
 */
export function readKubeBench(file: Uint8Array | string, options: KubeBenchOptions): KubeBenchReport {
  const limits = options.limits ?? defaultKubeBenchLimits;
  const text = decoded(file, limits.maxBytes);
  if (text.trim() === '') throw new KubeBenchError('kube-bench-empty', 'the file is empty: send what kube-bench --json wrote');
  const { values, skipped } = jsonValues(text, limits);
  if (values.length === 0) throw noReport(text);
  const runs = runsOf(values, limits, options.benchmark);
  if (!runs.some(({ controls }) => controls.some(({ checks }) => checks.length > 0))) {
    throw new KubeBenchError('kube-bench-empty', 'the report holds no check: run kube-bench without --group and --check, with the targets of the node');
  }
  if (runs.length !== options.nodes.length) {
    throw new KubeBenchError('kube-bench-nodes', `the file holds ${runs.length} run(s) of kube-bench and ${options.nodes.length} node(s) are named: name the node of each run, in the order of the file`);
  }
  return { runs: runs.map((run, i) => ({ node: options.nodes[i]!, ...run })), ...(options.toolVersion !== undefined && { toolVersion: options.toolVersion }), skipped };
}

export const tooLarge = (most: number): KubeBenchError =>
  new KubeBenchError('kube-bench-too-large', `the file is larger than ${Math.floor(most / 1024)} KiB; a report has some hundred: send the runs of fewer nodes at once`);

function decoded(file: Uint8Array | string, most: number): string {
  if (file.length > most) throw tooLarge(most);
  if (typeof file === 'string') return file;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    throw new KubeBenchError('kube-bench-invalid-encoding', 'the file is not UTF-8 text; send it as kube-bench wrote it (PowerShell: Out-File -Encoding utf8)');
  }
}

function noReport(text: string): KubeBenchError {
  return /^\s*</.test(text) && text.includes('<testsuite')
    ? new KubeBenchError('kube-bench-junit', 'the file is JUnit XML, which does not name its benchmark: run kube-bench with --json instead of --junit')
    : new KubeBenchError('kube-bench-not-a-report', 'the file holds no report of kube-bench: send what kube-bench --json wrote');
}
