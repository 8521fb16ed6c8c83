import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file that maps topics to controls: `topic<TAB>controlId[#part][,…]`, or `topic<TAB>-` for what we do not judge. */
export const mappingFile = join(import.meta.dirname, 'controls.tsv');

/** Topics that are questions to an engine and no control's, with the test that asks them. */
const askedOfEngines: Readonly<Record<string, string>> = {
  'net.reachability': 'libs/inventory/reachability/truth.spec.ts',
  'rbac.effective': 'libs/inventory/access/truth-cases.spec.ts',
};

export interface Mapping {
  /** Controls, or parts of them, by the topic they answer. */
  readonly mapped: ReadonlyMap<string, readonly string[]>;
  readonly outOfScope: readonly string[];
}

export function readMapping(text = readFileSync(mappingFile, 'utf8')): Mapping {
  const mapped = new Map<string, readonly string[]>();
  const outOfScope: string[] = [];
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [topic, answer, ...rest] = line.split('\t');
    if (!topic || !answer || rest.length > 0) throw new Error(`controls.tsv: "${line}" is no topic, a tab, and what answers it`);
    if (mapped.has(topic) || outOfScope.includes(topic)) throw new Error(`controls.tsv: ${topic} is there twice`);
    if (answer === '-') outOfScope.push(topic);
    else mapped.set(topic, answer.split(','));
  }
  return { mapped, outOfScope };
}

/** What becomes of a topic that others judge. */
export type Answer = { readonly by: 'controls'; readonly controls: readonly string[] } | { readonly by: 'engine'; readonly test: string } | { readonly by: 'nobody'; readonly isOutOfScope: boolean };

export function answerOf(topic: string, { mapped, outOfScope }: Mapping): Answer {
  const controls = mapped.get(topic);
  if (controls) return { by: 'controls', controls };
  const test = askedOfEngines[topic];
  return test === undefined ? { by: 'nobody', isOutOfScope: outOfScope.includes(topic) } : { by: 'engine', test };
}
