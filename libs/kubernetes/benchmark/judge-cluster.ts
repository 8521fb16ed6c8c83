import type { BenchmarkEvidence, BenchmarkResult, EvidencePack } from '#application/ports/cluster-collector.js';
import { chooseBenchmark, type Choice, type DetectedCluster } from '#benchmarks/choice/choose-benchmark.js';
import { detectByNodes, newestOf } from '#benchmarks/choice/detect-by-nodes.js';
import { BenchmarkJudge } from '#benchmarks/judge/benchmark-judge.js';
import { ControlResults } from '#benchmarks/judge/controls/control-results.js';
import type { CollectedNode, JudgeInput } from '#benchmarks/judge/judge-input.js';
import { defaultNodeEvidenceDays } from '#controls/engine/node-evidence.js';
import type { Control } from '#controls/engine/control.js';
import type { ObserveVerdict } from '#controls/engine/tally.js';
import type { Evaluation } from '#controls/engine/evaluation.js';
import type { ControlPolicy } from '#controls/engine/world.js';
import { foundEvaluation } from '#findings/found-failure.js';
import type { Inventory } from '#inventory/inventory.js';
import { isComplete } from '#inventory/observed.js';
import { readEarly, type EarlyEvidence } from './early-evidence.js';

type Chosen = Extract<Choice, { state: 'chosen' }>;

/** A benchmark that is being judged beside the controls. */
export interface BenchmarkUnderWay {
  /** To be told what controls say of the same inventory. */
  readonly observe?: ObserveVerdict;
  /** Every node of which there is evidence, one at a time. */
  readonly nodes: AsyncIterable<CollectedNode>;
  /** To be told what was seen on each of them, where a benchmark could be chosen. */
  readonly add?: (node: CollectedNode) => void;
  /** With what controls said in the end. */
  finish(evaluations: readonly Evaluation<unknown>[]): BenchmarkResult;
}

export interface ToJudge {
  /** Undefined where nobody could ask the API; evidence of nodes need not be in it. */
  readonly inventory: Inventory | undefined;
  /** When the cluster was asked. */
  readonly at: Date;
  readonly controls: readonly Control[];
  readonly evidence: BenchmarkEvidence;
  readonly packs: AsyncIterable<EvidencePack>;
  /** The organisation's. */
  readonly policy: ControlPolicy;
  /** Outside of the cluster, as they are remembered. */
  readonly machines: readonly string[];
}

/** Chooses a benchmark for what is known, and prepares to judge it. */
export async function beginBenchmark({ inventory, at, controls, evidence, packs, policy, machines }: ToJudge): Promise<BenchmarkUnderWay> {
  const told = inventory && toldBy(inventory);
  const early = await readEarly(packs, told?.version === undefined || told.platform === 'unknown');
  const isAnythingKnown = inventory !== undefined || evidence.nodeNames.length > 0 || evidence.clouds.length > 0;
  const choice: Choice = isAnythingKnown ? choose(detected(told, evidence, early), kubeletsOf(inventory, early), evidence.pinned ?? undefined) : nothingKnown;
  const nodes = early.all();
  if (choice.state === 'refused') return { nodes, finish: () => ({ state: 'refused', reason: choice.reason }) };
  const results = inventory && new ControlResults(choice.benchmark, controls, inventory);
  const judge = new BenchmarkJudge({
    ...inputOf(choice, evidence, early.kubeBench, inventory, at), machines, ...(policy.controls && { settings: policy.controls }),
    // Nodes are taken as they are known now, also beside an inventory that was kept.
    nodeAge: { maxDays: policy.nodeEvidenceMaxAgeDays ?? defaultNodeEvidenceDays, now: Date.now() },
  });
  return {
    ...(results && { observe: results.observe }), nodes, add: (node) => judge.add(node),
    finish(evaluations) {
      const judgement = judge.finish(results?.finish(evaluations));
      // Who sent evidence is no list of who is there.
      return {
        state: 'judged', nodes: judge.nodesSeen, findings: judge.ownFindings(inventory !== undefined && nodesOf(inventory) !== undefined).map(foundEvaluation),
        judgement: inventory ? judgement : { ...judgement, nodes: { ...judgement.nodes, listed: undefined } },
      };
    },
  };
}

const nothingKnown: Choice = { state: 'refused', reason: 'Nothing is known of this cluster yet: connect it, upload a snapshot, or send what the node collector found on its nodes.' };

const toldBy = ({ cluster: { platform, version }, components }: Inventory): DetectedCluster => ({ platform, ...(version !== undefined && { version }), ...(components.some(({ kind }) => kind !== 'Node') && { hasStaticControlPlane: true }) });

/** The API counts first, then nodes, then the provider's description, then what earlier scans learned. */
function detected(told: DetectedCluster | undefined, { known, clouds: [cloud] }: BenchmarkEvidence, { nodes }: EarlyEvidence): DetectedCluster {
  const seen = detectByNodes(nodes.map(({ evidence }) => evidence));
  const platform = [told?.platform, seen.platform, cloud?.provider, known.platform ?? undefined].find((one) => one !== undefined && one !== 'unknown') ?? 'unknown';
  const version = told?.version ?? seen.version ?? known.version ?? undefined;
  return { platform, ...(version !== undefined && { version }), ...((told?.hasStaticControlPlane || seen.hasStaticControlPlane) && { hasStaticControlPlane: true }) };
}

/** Where nobody tells the API server's version, the newest kubelet's stands for it, with a word of caution: it is never the newer of the two. */
function choose(cluster: DetectedCluster, kubelets: readonly string[], pinned: string | undefined): Choice {
  const kubelet = cluster.version === undefined ? newestOf(kubelets) : undefined;
  if (kubelet === undefined) return chooseBenchmark(cluster, pinned);
  const choice = chooseBenchmark({ ...cluster, version: kubelet }, pinned);
  return choice.state === 'refused' || pinned !== undefined ? choice : withCaveat(choice, `The API server's version was not seen: that of the newest kubelet, ${kubelet}, stands for it, and the server may be newer.`);
}

const kubeletsOf = (inventory: Inventory | undefined, { nodes }: EarlyEvidence): readonly string[] => [
  ...(inventory?.list('nodes').map(({ kubeletVersion }) => kubeletVersion) ?? []), ...nodes.flatMap(({ kubeletVersion }) => kubeletVersion ?? []),
];

const withCaveat = (choice: Chosen, caveat: string): Chosen => ({ ...choice, caveat: choice.caveat === undefined ? caveat : `${choice.caveat} ${caveat}` });

function inputOf(chosen: Chosen, { clouds, nodeNames, unsignedNodes, known }: BenchmarkEvidence, kubeBench: EarlyEvidence['kubeBench'], inventory: Inventory | undefined, at: Date): JudgeInput {
  const listed = inventory ? nodesOf(inventory) : nodeNames;
  const isOurs = listed && new Set(listed);
  const unsigned = isOurs ? unsignedNodes.filter((node) => isOurs.has(node)) : unsignedNodes;
  const choice = unsigned.length === 0 ? chosen : withCaveat(chosen, unsignedText(unsigned));
  return {
    choice: inventory ? choice : ofTheseNodes(choice, nodeNames.length), clouds, kubeBench,
    ...(listed && { nodes: listed }), ...(inventory && { inventory, inventoryAt: at.toISOString() }), ...(known.version !== null && { serverVersion: known.version }),
  };
}

const NAMED = 3;

/** Whoever may upload says what such a node is like. */
function unsignedText(nodes: readonly string[]): string {
  const more = nodes.length > NAMED ? ` and ${nodes.length - NAMED} more` : '';
  return `Evidence of ${nodes.length === 1 ? 'one node' : `${nodes.length} nodes`} was uploaded by hand and is signed by no collector (${nodes.slice(0, NAMED).join(', ')}${more}).`;
}

/** Undefined where nobody could list them all. */
const nodesOf = (inventory: Inventory): readonly string[] | undefined => (isComplete(inventory.outcome('nodes')) ? inventory.list('nodes').map(({ name }) => name) : undefined);

const ofTheseNodes = (choice: Chosen, count: number): Chosen =>
  withCaveat(choice, `Judged on the ${count === 1 ? 'one node' : `${count} nodes`} of which there is evidence: nobody could ask the cluster's API, which may list others.`);
