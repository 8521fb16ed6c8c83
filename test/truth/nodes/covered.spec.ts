import { afterAll, describe, expect, it } from 'vitest';
import { itemsOf, type ControlAnswer } from '#benchmarks/benchmark.js';
import { benchmarks } from '#benchmarks/benchmarks.js';
import { controlById } from '#controls/catalogue.js';
import { evaluate } from '#controls/engine/evaluate.js';
import { mayGiveAway } from './build-node.js';
import { corpus } from './corpus.js';
import { inventoryOf } from './inventory.js';
import { judgeNode } from './judge-node.js';

/** Roots whose files lie where the control does not look, and why it leaves them. */
const elsewhere: Readonly<Record<string, string>> = {
  'kubeadm control plane: a link in a folder that all may write': 'the control takes a link for what it leads to',
  'kubeadm control plane: static pods elsewhere': 'the control takes the usual folder of static pods',
  'kubeadm control plane: a folder of certificates elsewhere': 'the control takes the usual folder of certificates',
  'hardened control plane: network plugins elsewhere': 'the control takes the usual folder of network plugins',
  'EKS node: a drop-in of a person': 'the control takes the file that the kubelet is started with',
};

const textOf = ({ controlId, part }: ControlAnswer): string => (part === undefined ? controlId : `${controlId}#${part}`);

describe.skipIf(!mayGiveAway)('what fails an item on a node fails a control that covers it (needs root)', () => {
  const seen = new Set<string>();
  const left = new Set<string>();

  it.each(corpus.map((root) => [root.name, root] as const))('%s', async (name, root) => {
    const { found, evidence } = await judgeNode(root);
    const items = itemsOf(benchmarks[root.plan.benchmark]).filter(({ id, coveredBy }) => coveredBy && found.get(id)?.outcome === 'fail');
    const controls = [...new Set(items.flatMap(({ coveredBy = [] }) => coveredBy.map(({ controlId }) => controlId)))].map((id) => controlById.get(id)!);
    const evaluations = new Map(evaluate(controls, inventoryOf(root.plan, evidence)).map((evaluation) => [evaluation.controlId, evaluation]));
    const fails = ({ controlId, part }: ControlAnswer): boolean => {
      const evaluation = evaluations.get(controlId)!;
      return (part === undefined ? evaluation.outcome : evaluation.parts?.[part]?.outcome) === 'fail';
    };
    const unfound = items.filter(({ coveredBy = [] }) => !coveredBy.some(fails));
    for (const { coveredBy = [] } of items) for (const answer of coveredBy) if (fails(answer)) seen.add(textOf(answer));
    if (unfound.length > 0 && Object.hasOwn(elsewhere, name)) left.add(name);
    else expect(unfound.map(({ id }) => `${id} ${found.get(id)!.why}`)).toEqual([]);
  });

  it('on many parts of controls', () => {
    expect(seen.size).toBeGreaterThan(35);
    expect([...left].toSorted()).toEqual(Object.keys(elsewhere).toSorted());
  });

  afterAll(() => console.info(`${seen.size} parts of controls were seen to fail beside items that they cover.`));
});
