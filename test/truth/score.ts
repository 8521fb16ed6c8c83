import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue, controlById } from '#controls/catalogue.js';
import { evaluate } from '#controls/engine/evaluate.js';
import { inventoryOf } from '#test/support/example-inventory.js';
import type { Mapping } from './topics.js';

/** Newest version the cases are of: those of older policies are left out. An upload tells no version but by the image of an API server in it. */
const VERSION = 'v1.37';

/** Files of verdicts on objects; those on questions are asked by the engines' own tests. */
const files = [
  'checkov/cases.jsonl', 'kube-linter/cases.jsonl', 'kube-score/cases.jsonl', 'kubeaudit/cases.jsonl', 'netpol-analyzer/isolation.jsonl', 'polaris/cases.jsonl',
  'pss/cases.jsonl', 'pss/latest_with_controllers.jsonl', 'pss/unit.jsonl',
] as const;

/** The folder with the verdicts of others; undefined where there is none. */
export function truthFolder(): string | undefined {
  const folder = process.env['BULWARK_TRUTH_DIR'];
  return folder !== undefined && existsSync(join(folder, 'score.py')) ? folder : undefined;
}

/** `same`: judged one to one; `near`: details differ by intent. */
export type Relation = 'same' | 'near';

export interface Case {
  readonly topic: string;
  readonly suite: string;
  readonly case: string;
  readonly relation: Relation;
}

/** One object, or one case whose failing object is not named, that they and we judge differently. */
export interface Disagreement extends Case {
  readonly theirs: 'pass' | 'fail';
  readonly object: string;
}

/** Objects of a topic and suite. */
export interface Tally {
  readonly topic: string;
  readonly suite: string;
  readonly relation: Relation;
  readonly bothFail: number;
  readonly falseAlarms: number;
  readonly missed: number;
  readonly bothPass: number;
}

export interface Score {
  readonly topics: readonly string[];
  readonly cases: readonly Case[];
  readonly tallies: readonly Tally[];
  readonly disagreements: readonly Disagreement[];
}

/** Judges the cases that other projects' test suites are made of, as uploads, and compares verdicts. Throws where the grader does not run. */
export function score(truth: string, { mapped }: Mapping): Score {
  const out = mkdtempSync(join(tmpdir(), 'bulwark-truth-'));
  try {
    python(truth, ['prepare', out, '--batch', '200', '--version', VERSION, ...files.map((file) => join(truth, file))]);
    for (const file of readdirSync(out).filter((name) => /^snap-\d+\.json$/.test(name))) {
      writeFileSync(join(out, file.replace('snap', 'findings')), JSON.stringify(findingsOf(readFileSync(join(out, file), 'utf8'))));
    }
    // What is out of scope is not for the grader, which would miss every failure of it.
    const mapping = join(out, 'controls.tsv');
    writeFileSync(mapping, [...mapped].map(([topic, controls]) => `${topic}\t${controls.join()}\n`).join(''));
    const cases = readFileSync(join(out, 'manifest.jsonl'), 'utf8').trim().split('\n').map((line): Case => {
      const { topic, suite, case: name, relation } = JSON.parse(line) as Case;
      return { topic, suite, case: name, relation };
    });
    const same = python(truth, ['grade', out, mapping, '--verbose']);
    const withNear = python(truth, ['grade', out, mapping, '--near']);
    return {
      topics: readFileSync(join(truth, 'topics.txt'), 'utf8').trim().split('\n'),
      cases,
      tallies: [...talliesOf(same), ...talliesOf(withNear).filter(({ relation }) => relation === 'near')],
      disagreements: disagreementsOf(same),
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Failures of a snapshot, of which only the given objects are known: by control, and once more by each part that control names. */
function findingsOf(snapshot: string): readonly unknown[] {
  const { items } = JSON.parse(snapshot) as { readonly items: readonly unknown[] };
  const inventory = inventoryOf(items, { otherwise: (_key, count) => ({ state: 'given', count }) });
  return evaluate(catalogue, inventory).flatMap((evaluation) => {
    const named = Object.keys(controlById.get(evaluation.controlId)?.parts ?? {});
    return evaluation.failures.flatMap(({ resource: { kind, namespace, name }, part }) => {
      // What comes before a setting is a container's name, which may be any word.
      const parts = named.filter((name) => part === name || part.endsWith(`/${name}`));
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

function talliesOf(report: string): readonly Tally[] {
  return report.split('\n').flatMap((line): readonly Tally[] => {
    const match = /^(\S+)( \(near\))?\s+(\S+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)$/.exec(line);
    if (!match) return [];
    const [, topic, near, suite, ...counts] = match;
    const [bothFail = 0, falseAlarms = 0, missed = 0, bothPass = 0] = counts.map(Number);
    return [{ topic: topic!, suite: suite!, relation: near === undefined ? 'same' : 'near', bothFail, falseAlarms, missed, bothPass }];
  });
}

function disagreementsOf(report: string): readonly Disagreement[] {
  return report.split('\n').flatMap((line): readonly Disagreement[] => {
    const [kind, topic, suite, name, object] = line.split('\t');
    if (kind !== 'missed' && kind !== 'false alarm') return [];
    return [{ topic: topic!, suite: suite!, case: name!, relation: 'same', theirs: kind === 'missed' ? 'fail' : 'pass', object: object! }];
  });
}
