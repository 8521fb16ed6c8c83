import type { Item } from '../benchmark.js';
import { clusterSubject } from './subject-verdict.js';
import type { SubjectTally } from './subject-tally.js';

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
  /** By name, a thousand of an outcome at most. */
  readonly subjects: readonly string[];
  /** All of them. */
  readonly count: number;
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

const causeText = ({ text, subjects, count }: Cause): string =>
  count === 1 && subjects[0] === clusterSubject ? text : `${text} (${[...subjects.slice(0, 3), ...(subjects.length === 0 ? [`${count}`] : [])].join(', ')}${subjects.length > 0 && count > 3 ? ` and ${count - 3} more` : ''})`;
