import { CollectionError, type BenchmarkEvidence, type BenchmarkResult, type EvidencePack, type FindingsListener, type JudgedControl, type ScanProgress, type ScanResult } from '#application/ports/cluster-collector.js';
import type { Control } from '#controls/engine/control.js';
import { machinesOutside, NodeEvidenceView } from '#controls/engine/node-evidence.js';
import type { ControlPolicy } from '#controls/engine/world.js';
import { evaluate } from '#controls/engine/evaluate.js';
import type { TakeFailure } from '#controls/engine/tally.js';
import { FailureWriter, foundEvaluation, type FoundFailure } from '#findings/found-failure.js';
import type { KeptPiece } from '#inventory/evidence/piece.js';
import { DamagedEvidence, restoreEvidence } from '#inventory/evidence/restore-evidence.js';
import { InventoryBuilder } from '#inventory/inventory-builder.js';
import type { Inventory } from '#inventory/inventory.js';
import { isComplete, type ReadOutcome } from '#inventory/observed.js';
import { resourceKeys, type ResourceKey } from '#inventory/resources.js';
import { nodeFactsOf } from '#nodes/facts/node-facts-of.js';
import type { CollectedNode } from '#benchmarks/judge/judge-input.js';
import { nodesIn } from './benchmark/early-evidence.js';
import { beginBenchmark } from './benchmark/judge-cluster.js';
import { inflate } from '#operations/deflated-text.js';
import { codec } from './codec.js';
import { collectCluster } from './collector/collect-cluster.js';
import { KubeApi, type ApiCost } from './collector/kube-api.js';
import { keptEvidence } from './kept-evidence.js';
import { openCluster } from './open-cluster.js';
import { probeApiServer } from './probe/probe-api-server.js';
import type { ScanRequest } from './scan-request.js';
import type { SecondParser } from './snapshot/parsing-thread.js';
import { readSnapshot } from './snapshot/read-snapshot.js';
import { startCpuClock } from './cpu-clock.js';

export interface ScanHooks {
  /** The upload, for a snapshot. */
  readonly bytes?: AsyncIterable<Uint8Array>;
  /** Starts a second parser for a large upload, where a core is to spare. */
  readonly startParser?: (() => SecondParser) | undefined;
  /** What collectors saw on nodes, after what kube-bench said where a benchmark is to be judged; read once the cluster has been. */
  readonly packs?: AsyncIterable<EvidencePack>;
  readonly onProgress: (progress: ScanProgress) => void;
  /** Of who runs the scan elsewhere, and tells it what comes from there. */
  readonly findings?: FindingsListener;
  /** Where a benchmark is to be judged. */
  readonly benchmark?: BenchmarkEvidence;
  /** Gets the failures, by their control's index and after controls by their item's, which are then not in the result. */
  readonly onFailure?: (control: number, failure: FoundFailure) => void;
  /** Nothing is read any more. */
  readonly onJudging?: (controls: readonly JudgedControl[], outcomes: ScanResult['outcomes']) => void;
  /** No failure comes any more. */
  readonly onJudged?: () => void;
  readonly signal: AbortSignal;
}

/** Objects of an upload between two words of progress. */
const STEP = 1000;

/** A whole scan: collects, reads or restores, then judges. Throws `CollectionError`. */
export async function runScan(request: ScanRequest, controls: readonly Control[], hooks: ScanHooks): Promise<ScanResult> {
  const cpuMs = startCpuClock();
  const { source } = request;
  const { inventory: read, objects, cost } = source.kind === 'kept' ? restored(source.pieces) : await gathered(request, hooks);
  if (hooks.signal.aborted) throw new CollectionError('cancelled', 'the scan was cancelled');
  hooks.onProgress({ phase: 'judging', objects });
  const { onFailure } = hooks;
  const writer = new FailureWriter();
  // Of a scan that keeps nothing nobody reads what failed.
  const take: TakeFailure | undefined = request.discardsEvidence ? () => undefined : onFailure && ((control, failure) => onFailure(control, writer.write(failure)));
  const at = source.kind === 'kept' ? source.at : Date.now();
  const packs = hooks.packs ?? none();
  const benchmark = hooks.benchmark && (await beginBenchmark({ inventory: source.kind === 'nothing' ? undefined : read, at: new Date(at), controls, evidence: hooks.benchmark, packs, policy: request.policy, machines: request.knownMachines ?? [] }));
  const inventory = await lookAtNodes(benchmark?.nodes ?? nodesIn(packs), { inventory: read, isOfNow: source.kind === 'live' || source.kind === 'snapshot', hooks, ...(benchmark?.add && { add: benchmark.add }) });
  const outcomes = outcomesOf(inventory);
  const told = source.kind === 'nothing' ? [] : controls.map(({ id, severity, fields }): JudgedControl => ({ id, severity, ...(fields && { fields }) }));
  hooks.onJudging?.(told, outcomes);
  const evidence = source.kind === 'kept' || source.kind === 'nothing' || request.discardsEvidence ? [] : keptEvidence(inventory, new Set(request.knownEvidence));
  const evaluations = source.kind === 'nothing' ? [] : evaluate(controls, inventory, request.policy, at, take, benchmark?.observe).map(foundEvaluation);
  const finished = benchmark?.finish(evaluations);
  const judged = finished && onFailure ? handedOn(finished, evaluations.length, onFailure) : finished;
  hooks.onJudged?.();
  return {
    cluster: inventory.cluster,
    evaluations,
    controls: told,
    outcomes,
    counts: {
      objects,
      pods: inventory.pods.length,
      workloads: inventory.workloads.length,
      nodes: inventory.list('nodes').length,
      namespaces: inventory.list('namespaces').length,
    },
    collectors: collectorsOf(inventory, at, request.policy),
    standing: standingOf(inventory),
    evidence,
    cost: { ...cost, cpuMs: cpuMs() },
    ...(judged && { benchmark: judged }),
  };
}

/** Failures of items come after those of controls, by their index too. */
function handedOn(result: BenchmarkResult, from: number, onFailure: NonNullable<ScanHooks['onFailure']>): BenchmarkResult {
  if (result.state !== 'judged') return result;
  result.findings.forEach(({ failures }, index) => {
    for (const failure of failures) onFailure(from + index, failure);
  });
  return { ...result, findings: result.findings.map((evaluation) => ({ ...evaluation, failures: [] })) };
}

interface Gathered {
  readonly inventory: Inventory;
  readonly objects: number;
  readonly cost: ApiCost;
}

function restored(pieces: readonly KeptPiece[]): Gathered {
  try {
    const inventory = restoreEvidence(pieces, inflate);
    const objects = resourceKeys.reduce((sum, key) => {
      const outcome = inventory.outcome(key);
      return sum + ('count' in outcome ? outcome.count : 0);
    }, 0);
    return { inventory, objects, cost: { requests: 0, bytes: 0, throttled: 0 } };
  } catch (error) {
    if (error instanceof DamagedEvidence) throw new CollectionError('evidence-damaged', `what was kept cannot be read: ${error.message}`);
    throw error;
  }
}

async function gathered(request: ScanRequest, hooks: ScanHooks): Promise<Gathered> {
  const builder = new InventoryBuilder(codec);
  const cost = await gather(request, builder, hooks);
  for (const machine of request.knownMachines ?? []) builder.addLostMachine(machine);
  return { inventory: builder.finish(), objects: builder.objects, cost };
}

async function* none(): AsyncGenerator<never> {}

interface NodesToLookAt {
  readonly inventory: Inventory;
  /** What was kept holds what was known of nodes then. */
  readonly isOfNow: boolean;
  /** The benchmark's. */
  readonly add?: (node: CollectedNode) => void;
  readonly hooks: ScanHooks;
}

/** Each node once, for controls and the benchmark; of its evidence only what they make of it stays. The inventory with what controls go by. */
async function lookAtNodes(nodes: AsyncIterable<CollectedNode>, { inventory, isOfNow, add, hooks: { signal } }: NodesToLookAt): Promise<Inventory> {
  if (!isOfNow && !add) return inventory;
  const versions = new Map(inventory.list('nodes').map(({ name, kubeletVersion }) => [name, kubeletVersion]));
  const nodeEvidence = new Map(inventory.nodeEvidence);
  for await (const node of nodes) {
    if (signal.aborted) throw new CollectionError('cancelled', 'the scan was cancelled');
    const { name, evidence, collectedAt } = node;
    if (isOfNow) nodeEvidence.set(name, { ...nodeFactsOf(name, evidence, versions.get(name)), collectedAt });
    add?.(node);
  }
  // A bundle may have come meanwhile.
  return { ...inventory, nodeEvidence, lostMachines: inventory.lostMachines.filter((name) => !nodeEvidence.has(name)) };
}

async function gather({ source, collect, snapshot }: ScanRequest, builder: InventoryBuilder, { bytes, startParser, onProgress, signal }: ScanHooks): Promise<ApiCost> {
  if (source.kind === 'live') {
    const cluster = openCluster(source.connection, source.addresses);
    // Without lists there is nothing to judge, so the probe ends with them.
    const over = new AbortController();
    try {
      const api = new KubeApi(cluster.connection, source.connection.credential, collect, signal);
      const [probe] = await Promise.all([
        probeApiServer(source.connection, source.addresses, AbortSignal.any([signal, over.signal])),
        collectCluster(api, builder, collect, onProgress),
      ]);
      builder.setProbe(probe);
      return api.cost;
    } finally {
      over.abort();
      await cluster.close();
    }
  }
  if (source.kind === 'nothing') return { requests: 0, bytes: 0, throttled: 0 };
  if (!bytes || source.kind !== 'snapshot') throw new TypeError('a snapshot scan needs its bytes');
  onProgress({ phase: 'collecting', objects: 0 });
  const read = await readSnapshot(untilAborted(bytes, signal), source.complete, builder, {
    settings: snapshot,
    startParser,
    onObject: (objects) => {
      if (objects % STEP === 0) onProgress({ phase: 'collecting', objects });
    },
  });
  return { requests: 0, bytes: read.bytes, throttled: 0 };
}

async function* untilAborted(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    if (signal.aborted) throw new CollectionError('cancelled', 'the scan was cancelled');
    yield chunk;
  }
}

function collectorsOf(inventory: Inventory, at: number, policy: ControlPolicy): ScanResult['collectors'] {
  const view = new NodeEvidenceView(inventory, at, policy.nodeEvidenceMaxAgeDays);
  const nodes = inventory.list('nodes');
  const fresh = nodes.filter(({ name }) => view.of(name).state === 'observed').length;
  return { nodes: nodes.length, fresh, stale: nodes.filter(({ name }) => view.has(name)).length - fresh };
}

function standingOf(inventory: Inventory): ScanResult['standing'] {
  if (!isComplete(inventory.outcome('nodes'))) return { nodes: [], machines: [] };
  return { nodes: inventory.list('nodes').filter(({ name }) => inventory.nodeEvidence.has(name)).map(({ name }) => name), machines: machinesOutside(inventory) };
}

function outcomesOf(inventory: Inventory): Partial<Record<ResourceKey, ReadOutcome>> {
  return Object.fromEntries(resourceKeys.map((key) => [key, inventory.outcome(key)]));
}
