import type { Explanation } from './disagreements.js';
import { explains } from './disagreements.js';
import type { Disagreement, Relation, Score, Tally } from './score.js';
import { answerOf, type Mapping } from './topics.js';

/** Below so many cases a share says little, and the cases are named instead. */
const FEW = 10;

export interface Agreement {
  /** Differences that count neither way. */
  readonly apart: number;
  readonly suite: string;
  readonly agreed: number;
  readonly objects: number;
}

const agreedOf = ({ bothFail, bothPass }: Tally): number => bothFail + bothPass;
const objectsOf = ({ bothFail, bothPass, falseAlarms, missed }: Tally): number => bothFail + bothPass + falseAlarms + missed;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/**
 * Topics of which the suite has a rule of its own: where ours is another one (a binding is named, and a role that nobody is bound
 * to stands apart), a difference that is explained by name counts neither way.
 */
const ofAnotherRule: Readonly<Record<string, string>> = { polaris: 'rbac.exec' };

/** How often they and we agree on objects of topics that mean the same, by suite. */
export function agreementBySuite({ tallies, disagreements }: Score, explanations: readonly Explanation[]): readonly Agreement[] {
  const same = tallies.filter(({ relation }) => relation === 'same');
  return [...new Set(same.map(({ suite }) => suite))].sort().map((suite) => {
    const own = same.filter((tally) => tally.suite === suite);
    const apart = disagreements.filter((each) => each.suite === suite && ofAnotherRule[suite] === each.topic && explanations.some((row) => explains(row, each))).length;
    return { suite, agreed: sum(own.map(agreedOf)), objects: sum(own.map(objectsOf)) - apart, apart };
  });
}

export const percent = (agreed: number, objects: number): string => `${((100 * agreed) / objects).toFixed(1)} %`;

/** Everything that there is to say of a score, as text for people. */
export function report(score: Score, mapping: Mapping, explanations: readonly Explanation[]): string {
  const agreements = agreementBySuite(score, explanations);
  return [
    'Topics: objects that both call failing, that only they do, that only we do, that neither does',
    table([['suite', 'topic', 'relation', 'cases', 'both', 'theirs', 'ours', 'neither', 'agreed', 'answered by'], ...score.tallies.map((tally) => [
      tally.suite, tally.topic, tally.relation, casesOf(score, tally.topic, tally.relation, tally.suite).length, tally.bothFail, tally.missed, tally.falseAlarms, tally.bothPass,
      percent(agreedOf(tally), objectsOf(tally)), mapping.mapped.get(tally.topic)!.join(', '),
    ] as const).sort((a, b) => (`${a[0]} ${a[2] === 'near' ? 1 : 0} ${a[1]}` < `${b[0]} ${b[2] === 'near' ? 1 : 0} ${b[1]}` ? -1 : 1))]),
    `Topics that mean the same and have fewer than ${FEW} cases, case by case`,
    ...fewCases(score, mapping),
    '',
    'Topics that no control answers',
    table([...unanswered(score, mapping)]),
    'Disagreements where a topic means the same',
    ...score.disagreements.map((each) => `  ${disagreementText(each)}\n    ${explanations.find((row) => explains(row, each))?.why ?? 'NOT EXPLAINED'}`),
    '',
    'Suites, by the objects of topics that mean the same',
    table([['suite', 'objects', 'agreed', 'share', 'apart'], ...agreements.map(({ suite, agreed, objects, apart }) => [suite, objects, agreed, percent(agreed, objects), apart])]),
  ].join('\n');
}

export const disagreementText = ({ suite, topic, case: name, theirs, object }: Disagreement): string => `${suite} ${topic} ${name} ${object}: ${theirs} by theirs, ${theirs === 'pass' ? 'fail' : 'no fail'} by ours`;

const casesOf = ({ cases }: Score, topic: string, relation?: Relation, suite?: string): Score['cases'] =>
  cases.filter((each) => each.topic === topic && (relation === undefined || each.relation === relation) && (suite === undefined || each.suite === suite));

function fewCases(score: Score, { mapped }: Mapping): readonly string[] {
  return [...mapped.keys()].sort().flatMap((topic) => {
    const cases = casesOf(score, topic, 'same');
    if (cases.length === 0 || cases.length >= FEW) return [];
    const differs = (each: Score['cases'][number]): boolean => score.disagreements.some((one) => one.topic === topic && one.suite === each.suite && one.case === each.case);
    return [`  ${topic}`, ...cases.map((each) => `    ${differs(each) ? 'differs' : 'agrees '} ${each.suite} ${each.case}`)];
  });
}

function* unanswered(score: Score, mapping: Mapping): Iterable<readonly (string | number)[]> {
  const topics = new Set([...score.topics, ...score.cases.map(({ topic }) => topic), ...mapping.outOfScope]);
  for (const topic of [...topics].sort()) {
    const answer = answerOf(topic, mapping);
    if (answer.by === 'controls') continue;
    const cases = casesOf(score, topic).length;
    yield [topic, answer.by === 'engine' ? `asked of an engine: ${answer.test}` : answer.isOutOfScope ? 'out of scope' : 'open', cases === 0 ? 'no case' : `${cases} case${cases === 1 ? '' : 's'}`];
  }
}

function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? '').length)));
  return `${rows.map((row) => `  ${row.map((cell, column) => (typeof cell === 'number' ? String(cell).padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  ')}`.trimEnd()).join('\n')}\n`;
}
