import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '#controls/catalogue.js';
import { resourceType } from '#inventory/resources.js';
import { objectsOf } from '../support/example-inventory.js';
import { brokenPromises, isRefused, judge, type Judged } from '../support/fault-oracle.js';
import { entriesOf, type Collected, type Entry } from '../support/faulty-cluster.js';
import { randomNumbers } from '../support/random-numbers.js';
import { readRealistic, realisticFiles } from '../support/realistic.js';
import { drawFault, faultKinds, nodeFaultKinds, type FaultKind } from '../support/seeded-faults.js';

const root = join(import.meta.dirname, '../..');

interface Ground extends Collected {
  readonly title: string;
}

/** Of a cluster that was read whole: what is lost beside what was lost before is told apart less finely. */
const examples = (): readonly Ground[] => catalogue.flatMap(({ id, examples: { passes, fails, unknown = [], notApplicable = [] } }) =>
  [...passes, ...fails, ...unknown, ...notApplicable].filter(({ missing }) => !missing).map(({ manifests, version, kubelets, nodes, policy }, i): Ground =>
    ({ title: `${id} ${i}`, entries: entriesOf(objectsOf(manifests)), ...(version !== undefined && { version }), ...(kubelets && { kubelets }), ...(nodes && { nodes }), ...(policy && { policy }) })));

const sample = (): readonly Ground[] => [{ title: 'the sample', entries: entriesOf(objectsOf(readFileSync(join(root, 'apps/standalone/sample/shop.yaml'), 'utf8'))) }];

/** Three namespaces of the sample each, and what is in none. */
function partsOfSample(): readonly Ground[] {
  const [{ entries }] = sample() as readonly [Ground];
  const random = randomNumbers(70);
  const namespaceOf = ({ key, object }: Entry): string | undefined => (resourceType(key).namespaced ? (object as { readonly metadata: { readonly namespace: string } }).metadata.namespace : undefined);
  const namespaces = [...new Set(entries.map(namespaceOf).filter((name) => name !== undefined))];
  return Array.from({ length: 16 }, (_, i) => {
    const kept = new Set(Array.from({ length: 3 }, () => namespaces[Math.floor(random() * namespaces.length)]));
    return { title: `part ${i} of the sample`, entries: entries.filter((entry) => { const name = namespaceOf(entry); return name === undefined || kept.has(name); }) };
  });
}

const realistic = (): readonly Ground[] => realisticFiles.map((title) => ({ title, entries: entriesOf(readRealistic(title)) }));

interface Outcome {
  readonly wrong: readonly string[];
  /** Faults by their kind: all, and those that made a list partial. */
  readonly counts: ReadonlyMap<string, { faults: number; refused: number }>;
}

function run(grounds: readonly Ground[], faults: number, seed: number, kinds: readonly FaultKind[]): Outcome {
  const random = randomNumbers(seed);
  const known = new Map<Ground, Judged>();
  const wrong: string[] = [];
  const counts = new Map(kinds.map((kind) => [kind as string, { faults: 0, refused: 0 }]));
  for (let done = 0, drawn = 0; done < faults; drawn++) {
    const ground = grounds[Math.floor(random() * grounds.length)]!;
    const fault = drawFault(kinds[drawn % kinds.length]!, ground, random);
    if (!fault) continue;
    done++;
    if (!known.has(ground)) known.set(ground, judge(ground));
    const before = known.get(ground)!;
    const count = counts.get(fault.kind)!;
    count.faults++;
    try {
      const after = judge(fault.collected);
      if (fault.promise === 'misshapen' && isRefused(before, after, fault.key)) count.refused++;
      const broken = brokenPromises(before, fault, after);
      if (broken.length > 0) wrong.push(`${ground.title} (${seed}/${done}), ${fault.title}: ${broken.slice(0, 3).join('; ')}`);
    } catch (error) {
      wrong.push(`${ground.title} (${seed}/${done}), ${fault.title}: crashed with ${String(error).slice(0, 200)}`);
    }
  }
  return { wrong, counts };
}

/** What went wrong, in words. */
function wrongWith({ title, grounds, faults, seed, kinds = faultKinds }: { readonly title: string; readonly grounds: () => readonly Ground[]; readonly faults: number; readonly seed: number; readonly kinds?: readonly FaultKind[] }): readonly string[] {
  const { wrong, counts } = run(grounds(), faults, seed, kinds);
  console.info(`${title}: ${[...counts].map(([kind, count]) => `${count.faults} ${kind}${count.refused > 0 ? ` (${count.refused} refused)` : ''}`).join(', ')}`);
  return [...wrong, ...Object.keys(Object.prototype).map((name) => `every object inherits ${name}`)];
}

describe('10,000 faults between collector and judgement: nothing passes, resolves or breaks for them', () => {
  it.each([
    { title: 'the examples of all controls', grounds: examples, faults: 9_000, seed: 71 },
    { title: 'parts of the sample', grounds: partsOfSample, faults: 880, seed: 72 },
    { title: 'the nodes of the examples', grounds: () => examples().filter(({ nodes }) => nodes), faults: 600, seed: 74, kinds: nodeFaultKinds },
    { title: 'the whole sample', grounds: sample, faults: 120, seed: 73 },
  ])('$faults on $title', (where) => {
    expect(wrongWith(where)).toEqual([]);
  }, 600_000);

  it.skipIf(realisticFiles.length === 0)('1,200 more on realistic manifests (needs BULWARK_TRUTH_DIR)', () => {
    expect(wrongWith({ title: 'realistic manifests', grounds: realistic, faults: 1_200, seed: 74 })).toEqual([]);
  }, 600_000);
});
