import { chooseBenchmark } from '#benchmarks/choice/choose-benchmark.js';
import { judgeBenchmark } from '#benchmarks/judge/judge-benchmark.js';
import { buildNode } from './build-node.js';
import { collected, nodeName } from './collected.js';
import { inventoryOf } from './inventory.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import type { NodeCase } from './node-case.js';
import type { Judged } from './report.js';

/** Builds a root, collects it, and has its benchmark judged on what a server reads of it. `look`: at the root when all is done, before it goes. */
export async function judgeNode(root: NodeCase, look: (path: string) => void = () => undefined): Promise<Judged & { readonly evidence: NodeEvidence }> {
  const node = buildNode(root.plan);
  try {
    const evidence = await collected(node);
    const choice = chooseBenchmark({ platform: root.plan.platform, version: root.plan.version });
    if (choice.state !== 'chosen') throw new Error(choice.reason);
    if (choice.benchmark.id !== root.plan.benchmark) throw new Error(`${root.name} is to be judged by ${root.plan.benchmark}, and ${choice.benchmark.id} was chosen`);
    const judgement = judgeBenchmark({ choice, nodes: [nodeName], inventory: inventoryOf(root.plan) }, [{ name: nodeName, evidence, collectedAt: evidence.collection.finishedAt }]);
    look(node.path);
    return { root, evidence, found: new Map(judgement.items.map(({ id, outcome, sentence }) => [id, { outcome, why: sentence }])) };
  } finally {
    node.remove();
  }
}
