import { kubeletVersionOf } from '#benchmarks/choice/detect-by-nodes.js';
import type { EvidencePack } from '#application/ports/cluster-collector.js';
import type { CollectedNode } from '#benchmarks/judge/judge-input.js';
import { evidenceOf, type KubeBenchEvidence } from '#kube-bench/evidence.js';
import { unpackNode, unpackRun } from './unpack.js';

/** Nodes that are looked at before a benchmark is chosen, where only they can tell of their cluster. */
const LOOKED_AT = 50;

/** What came before the choice of a benchmark, and what is still to come. */
export interface EarlyEvidence {
  readonly kubeBench: readonly KubeBenchEvidence[];
  readonly nodes: readonly CollectedNode[];
  /** Those and the nodes after them, one at a time; to be called once. */
  all(): AsyncGenerator<CollectedNode>;
}

/** Reads what kube-bench said, and of nodes none yet, or some where they are to tell of their cluster. */
export async function readEarly(packs: AsyncIterable<EvidencePack>, lookAtNodes: boolean): Promise<EarlyEvidence> {
  const iterator = packs[Symbol.asyncIterator]();
  const kubeBench: KubeBenchEvidence[] = [];
  const nodes: CollectedNode[] = [];
  let next = await iterator.next();
  for (; !next.done && next.value.kind === 'kube-bench'; next = await iterator.next()) {
    const { toolVersion } = next.value;
    kubeBench.push(...evidenceOf({ runs: [unpackRun(next.value)], skipped: 0, ...(toolVersion !== null && { toolVersion }) }).evidence);
  }
  const looked = lookAtNodes ? LOOKED_AT : 0;
  for (; !next.done && nodes.length < looked; next = await iterator.next()) if (next.value.kind === 'node') nodes.push(collectedNode(next.value));
  return {
    kubeBench, nodes,
    async *all() {
      while (nodes.length > 0) yield nodes.shift()!;
      for (; !next.done; next = await iterator.next()) if (next.value.kind === 'node') yield collectedNode(next.value);
    },
  };
}

/** Every node of which there is evidence, one at a time. */
export async function* nodesIn(packs: AsyncIterable<EvidencePack>): AsyncGenerator<CollectedNode> {
  for await (const pack of packs) if (pack.kind === 'node') yield collectedNode(pack);
}

function collectedNode(pack: Extract<EvidencePack, { kind: 'node' }>): CollectedNode {
  const evidence = unpackNode(pack);
  const kubeletVersion = kubeletVersionOf(evidence);
  return { name: pack.node, evidence, collectedAt: pack.collectedAt, ...(kubeletVersion !== undefined && { kubeletVersion }) };
}
