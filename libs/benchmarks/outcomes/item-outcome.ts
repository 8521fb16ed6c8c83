import type { Item } from '../benchmark.js';
import { combined } from '../rules/combine.js';
import { clusterSubject, type SubjectVerdict } from './subject-verdict.js';
import { SubjectTally } from './subject-tally.js';

export type ItemOutcome = 'pass' | 'fail' | 'unknown' | 'not-applicable' | 'manual';

/** Subjects by what was found of them. */
export interface SubjectCounts {
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly notApplicable: number;
  readonly manual: number;
  readonly total: number;
}

/** Why subjects are as they are, those of one cause together. */
export interface Cause {
  /** What fails, what would tell, why it does not apply, or what to look at. */
  readonly text: string;
  readonly subjects: readonly string[];
}

export interface ItemResult {
  readonly id: string;
  readonly outcome: ItemOutcome;
  /** Evidence decided what the publisher leaves to a person. */
  readonly decidedByMachine: boolean;
  readonly nodes: SubjectCounts;
  /** Causes of the outcome; of a pass there are none. */
  readonly causes: readonly Cause[];
  /** What a person is shown who must look. */
  readonly gathered: readonly string[];
  readonly sentence: string;
}

/** Every subject that an item is about, whether or not there is evidence of it; undefined where nobody could list them. */
export type ExpectedSubjects = readonly string[] | undefined;

/**
 * What an item comes to. An expected subject without evidence is unknown, and so is who else there may be where
 * nobody could list them. Without any evidence the item is unknown, unless nothing can or need decide it.
 */
export function outcomeOf(item: Item, verdicts: readonly SubjectVerdict[], expected: ExpectedSubjects): ItemResult {
  const { rule } = item;
  if (rule?.kind === 'not-applicable') return resultOf(item, asked(expected).map((subject) => ({ subject, status: 'not-applicable', reason: rule.reason })));
  if (rule?.kind === 'undecidable') return resultOf(item, [{ subject: clusterSubject, status: 'manual', look: rule.look, gathered: gatheredOf(verdicts) ?? rule.gathered }]);
  return resultOf(item, worstOf([...verdicts, ...unseen(verdicts, expected)]));
}

const asked = (expected: ExpectedSubjects): readonly string[] => (expected === undefined || expected.length === 0 ? [clusterSubject] : expected);

function unseen(verdicts: readonly SubjectVerdict[], expected: ExpectedSubjects): readonly SubjectVerdict[] {
  if (expected === undefined && verdicts.length > 0) return [{ subject: clusterSubject, status: 'unknown', missing: 'the list of nodes, without which there may be others' }];
  const seen = new Set(verdicts.map(({ subject }) => subject));
  const subjects = verdicts.length === 0 ? asked(expected) : (expected ?? []);
  return subjects
    .filter((subject) => !seen.has(subject))
    .map((subject) => ({ subject, status: 'unknown', missing: subject === clusterSubject ? 'any evidence' : 'any evidence of the node' }));
}

/** One verdict a subject: several that answer one item must all pass. */
function worstOf(verdicts: readonly SubjectVerdict[]): readonly SubjectVerdict[] {
  const worst = new Map<string, SubjectVerdict>();
  for (const verdict of verdicts) {
    const known = worst.get(verdict.subject);
    if (!known || (verdict.status !== known.status && combined('all', [verdict.status, known.status]) === verdict.status)) worst.set(verdict.subject, verdict);
  }
  return [...worst.values()];
}

function gatheredOf(verdicts: readonly SubjectVerdict[]): readonly string[] | undefined {
  const gathered = verdicts.flatMap((verdict) => (verdict.status === 'manual' ? (verdict.gathered ?? []) : []));
  return gathered.length === 0 ? undefined : gathered;
}

function resultOf(item: Item, verdicts: readonly SubjectVerdict[]): ItemResult {
  const tally = new SubjectTally();
  for (const verdict of verdicts) tally.add(verdict);
  return resultOfTally(item, tally);
}

/** What an item comes to by what was counted. */
export function resultOfTally(item: Item, tally: SubjectTally): ItemResult {
  const { outcome, counts } = tally;
  const causes = tally.causes(outcome);
  return {
    id: item.id, outcome, nodes: counts, causes,
    decidedByMachine: item.assessment !== 'automated' && (outcome === 'pass' || outcome === 'fail'),
    gathered: outcome === 'manual' ? tally.gathered : [],
    sentence: sentenceOf(item, outcome, counts, causes),
  };
}

const verbs: Readonly<Record<ItemOutcome, string>> = { pass: 'pass', fail: 'fail', unknown: 'are unknown', 'not-applicable': 'are not concerned', manual: 'need a person to look' };
const inOne: Readonly<Record<ItemOutcome, string>> = { pass: 'Passes', fail: 'Fails', unknown: 'Unknown', 'not-applicable': 'Not applicable', manual: 'A person must look' };

/** Of nodes how many of how many; of the cluster in a word. */
function sentenceOf({ target }: Item, outcome: ItemOutcome, counts: SubjectCounts, causes: readonly Cause[]): string {
  const because = causes.length === 0 ? '' : `: ${causes.slice(0, 3).map(causeText).join('; ')}${causes.length > 3 ? `; and ${causes.length - 3} causes more` : ''}`;
  if (target === 'cluster' || target === 'cloud' || counts.total === 1) return ended(`${inOne[outcome]}${because}`);
  const number = outcome === 'not-applicable' ? counts.notApplicable : counts[outcome];
  const passing = outcome === 'pass' || counts.pass === 0 ? '' : `${counts.pass} of ${counts.total} nodes pass, `;
  return ended(`${passing}${number} of ${counts.total} nodes ${verbs[outcome]}${because}`);
}

const ended = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

const causeText = ({ text, subjects }: Cause): string =>
  subjects.length === 1 && subjects[0] === clusterSubject ? text : `${text} (${subjects.slice(0, 3).join(', ')}${subjects.length > 3 ? ` and ${subjects.length - 3} more` : ''})`;
