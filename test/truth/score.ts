import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue, controlById } from '#controls/catalogue.js';
import { evaluate } from '#controls/engine/evaluate.js';
import { inventoryOf } from '#test/support/example-inventory.js';

/** Newest version the cases are of: those of older policies are left out. An upload tells no version but by the image of an API server in it. */
const VERSION = 'v1.37';
const SUITES = ['pss/cases', 'polaris/cases', 'kube-linter/cases', 'kube-score/cases', 'kubeaudit/cases', 'checkov/cases', 'netpol-analyzer/isolation'];

/** One line of the grader's table. */
export interface TopicScore {
  readonly topic: string;
  readonly suite: string;
  readonly agreed: number;
  readonly falseAlarms: number;
  readonly missed: number;
}

export interface Score {
  /** What the grader printed. */
  readonly report: string;
  readonly topics: readonly TopicScore[];
}

/**
 * Judges the cases that other projects' test suites are made of and compares verdicts. `truth` is the folder with
 * the suites and their grader, `out` an empty one. Throws where the grader does not run.
 */
export function score(truth: string, out: string, options: readonly string[] = []): Score {
  const cases = SUITES.map((suite) => join(truth, `${suite}.jsonl`));
  python(truth, ['prepare', out, '--batch', '200', '--version', VERSION, ...cases]);
  for (const file of readdirSync(out).filter((name) => /^snap-\d+\.json$/.test(name))) {
    writeFileSync(join(out, file.replace('snap', 'findings')), JSON.stringify(findingsOf(readFileSync(join(out, file), 'utf8'))));
  }
  // A topic of `-` is out of scope, by a decision and not by neglect.
  const graded = readFileSync(join(import.meta.dirname, 'controls.tsv'), 'utf8').split('\n').filter((line) => !line.endsWith('\t-'));
  writeFileSync(join(out, 'controls.tsv'), graded.join('\n'));
  const report = python(truth, ['grade', out, join(out, 'controls.tsv'), '--verbose', ...options]);
  return { report, topics: topicsOf(report) };
}

/** Failures of a snapshot, of which only the given objects are known: by control, and once more by each part that control names. */
function findingsOf(snapshot: string): readonly unknown[] {
  const { items } = JSON.parse(snapshot) as { readonly items: readonly unknown[] };
  const inventory = inventoryOf(items, { otherwise: (_key, count) => ({ state: 'given', count }) });
  return evaluate(catalogue, inventory).flatMap((evaluation) => {
    const named = Object.keys(controlById.get(evaluation.controlId)?.parts ?? {});
    return evaluation.failures.flatMap(({ resource: { kind, namespace, name }, part }) => {
      // What stands before is a container's, whose name may be the same word.
      const parts = named.filter((piece) => part === piece || part.endsWith(`/${piece}`));
      return [evaluation.controlId, ...parts.map((piece) => `${evaluation.controlId}#${piece}`)].map((controlId) => ({ controlId, resource: { kind, namespace, name }, status: 'fail' }));
    });
  });
}

function python(truth: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('python3', [join(truth, 'score.py'), ...args], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (error) throw error;
  if (status !== 0) throw new Error(`score.py ${args[0]} ended with ${status}: ${stderr}`);
  return stdout;
}

function topicsOf(report: string): readonly TopicScore[] {
  return report.split('\n').flatMap((line) => {
    const match = /^(\S+(?: \(near\))?)\s+(\S+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)$/.exec(line);
    if (!match) return [];
    const [, topic, suite, ...counts] = match;
    const [hit = 0, falseAlarms = 0, missed = 0, quiet = 0] = counts.map(Number);
    return [{ topic: topic!, suite: suite!, agreed: hit + quiet, falseAlarms, missed }];
  });
}
