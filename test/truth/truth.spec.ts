import { describe, expect, it } from 'vitest';
import { controlById } from '#controls/catalogue.js';
import { explains, readExplanations } from './disagreements.js';
import { agreementBySuite, disagreementText, percent, report } from './report.js';
import { score, truthFolder } from './score.js';
import { readMapping } from './topics.js';

/** Share of objects that each suite and we are to agree on, where a topic means the same. */
const AGREEMENT = 0.95;

const mapping = readMapping();
const explanations = readExplanations();
const truth = truthFolder();
const scored = truth === undefined ? undefined : score(truth, mapping);
console.info(scored ? report(scored, mapping, explanations) : 'Skipped: BULWARK_TRUTH_DIR names no folder with the verdicts of other projects.');

it('maps topics to controls that there are, and to parts that they have', () => {
  const strangers = [...mapping.mapped].flatMap(([topic, controls]) => controls.filter((named) => {
    const [id = '', part] = named.split('#');
    const control = controlById.get(id);
    return !control || (part !== undefined && !Object.hasOwn(control.parts ?? {}, part));
  }).map((named) => `${topic}: ${named}`));
  expect(strangers).toEqual([]);
});

describe.skipIf(!scored)('verdicts of other projects (needs BULWARK_TRUTH_DIR)', () => {
  it.each(scored ? agreementBySuite(scored, explanations) : [])('$suite: ours are the same for at least 95 of 100 objects', ({ suite, agreed, objects }) => {
    const differences = scored!.disagreements.filter((each) => each.suite === suite).map(disagreementText);
    expect(agreed / objects, `${percent(agreed, objects)} of ${objects}:\n${differences.join('\n')}\n`).toBeGreaterThanOrEqual(AGREEMENT);
  });

  it('has an explanation for each that differs', () => {
    expect(scored!.disagreements.filter((each) => !explanations.some((row) => explains(row, each))).map(disagreementText)).toEqual([]);
  });

  it('explains nothing that does not differ', () => {
    const idle = explanations.flatMap((row) => row.cases.filter((name) => !scored!.disagreements.some((each) => explains({ ...row, cases: [name] }, each))).map((name) => `${row.topic} ${row.suite} ${name}`));
    expect(idle).toEqual([]);
  });
});
