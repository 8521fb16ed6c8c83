import type { ExposureFacts } from '#inventory/credentials/exposed-credential.js';
import type { ClusterFacts, ComponentFacts, KubeletFacts, PodTemplate, ProbeFacts, Workload } from '#inventory/facts.js';
import { workloadKeys, type FactsOf, type Inventory, type ListedKey, type WorkloadKey } from '#inventory/inventory.js';
import { isComplete, type MissingEvidence, type Observed } from '#inventory/observed.js';
import { policyKeys, reachabilityInput } from '#inventory/reachability/from-inventory.js';
import { Reachability } from '#inventory/reachability/reachability.js';
import { resourceType, type ResourceKey } from '#inventory/resources.js';
import type { NodeEvidenceFacts } from '#inventory/node-facts.js';
import { ToldOfTemplates, type TemplateFact } from '#inventory/template-facts.js';
import type { NetworkTemplate } from '#inventory/template-store.js';
import type { Severity } from './control.js';
import { ReadLists } from './read-lists.js';
import { joinedComponents, machinesOutside, NodeEvidenceView } from './node-evidence.js';

/** A fact that a check asked for and that nobody could read. The engine answers `unknown` for the subject. */
export class MissingEvidenceError extends Error {
  constructor(readonly missing: MissingEvidence) {
    super(missing.detail);
    this.name = 'MissingEvidenceError';
  }
}

/** How an organisation wants one control: another severity for all its findings, or not judged at all and why. */
export interface ControlSetting {
  readonly severity?: Severity;
  readonly off?: string;
}

/** What is remembered of a cluster's benchmark runs. */
export interface BenchmarkHistory {
  /** A schedule judges benchmarks here. */
  readonly isScheduled: boolean;
  /** When the last run was judged; null where there was none. */
  readonly lastRunAt: number | null;
  /** Since when a run is due that did not take place; null where none is. */
  readonly overdueSince: number | null;
}

/** The organisation's own settings, as far as controls read them, and what it remembers. */
export interface ControlPolicy {
  /** Left out where nobody remembers, as of manifests by themselves. */
  readonly benchmarks?: BenchmarkHistory;
  /** By the control's id; what is not here is judged as the control says. */
  readonly controls?: Readonly<Record<string, ControlSetting>>;
  readonly trustedRegistries?: readonly string[];
  /** Labels that workloads and namespaces are to have: `key`, or `key=pattern` with a regular expression for the whole value; see `valuePattern`. */
  readonly requiredLabels?: readonly string[];
  /** The same for annotations. */
  readonly requiredAnnotations?: readonly string[];
  /** Runtime sensors that count, by product or by the end of their image's name; every known one where this is left out. */
  readonly approvedSensors?: readonly string[];
  /** OS images that nodes may run, as the beginning of what nodes say; the known minimal ones where this is left out. */
  readonly approvedNodeImages?: readonly string[];
  /** Age in days from which a static credential is to have been rotated. */
  readonly secretMaxAgeDays?: number;
  /** Days for which what a collector saw on a node counts; a week where this is left out. */
  readonly nodeEvidenceMaxAgeDays?: number;
}

/** A view of the whole inventory that is built once, when the first check asks for it. */
export interface Index<T> {
  readonly reads: readonly ResourceKey[];
  readonly build: (world: World) => T;
}

export const defineIndex = <T>(reads: readonly ResourceKey[], build: (world: World) => T): Index<T> => ({ reads, build });

/** What an index was built to, and the lists that this rests on. */
interface BuiltIndex {
  readonly value: unknown;
  readonly reads: ReadLists;
}

/**
 * What a check may ask beyond its own subject. Every question is recorded, so that a verdict resting on a list
 * that was not read to its end becomes `unknown`, and an `unknown` names the call that would tell.
 */
export class World {
  private readonly indexes = new Map<Index<unknown>, BuiltIndex>();
  private readonly nothing = ReadLists.none();
  private read = this.nothing;
  private builtReachability: Reachability | undefined;
  private readonly lacking = new Map<ResourceKey, MissingEvidenceError>();
  private told: ToldOfTemplates | undefined;
  private builtComponents: readonly ComponentFacts[] | undefined;
  private builtNodeEvidence: NodeEvidenceView | undefined;

  constructor(
    private readonly inventory: Inventory,
    readonly policy: ControlPolicy = {},
    /** Now, in milliseconds since the epoch: for expiry and support windows. */
    readonly now: number = Date.now(),
  ) {}

  get cluster(): ClusterFacts {
    return this.inventory.cluster;
  }

  get basis(): Inventory['basis'] {
    return this.inventory.basis;
  }

  /** Objects of a kind. Throws MissingEvidenceError where nothing was read. */
  list<K extends ListedKey>(key: K): readonly FactsOf<K>[] {
    this.need(key);
    return this.inventory.list(key);
  }

  /** Objects of a kind as far as they could be read, for checks that look for something that proves the case. Rests on nothing. */
  seen<K extends ListedKey>(key: K): readonly FactsOf<K>[] {
    return this.inventory.list(key);
  }

  /** Whether the server has the kind at all. */
  isServed(key: ResourceKey): boolean {
    return this.inventory.outcome(key).state !== 'not-served';
  }

  use<T>(index: Index<T>): T {
    let built = this.indexes.get(index);
    if (!built) {
      for (const key of index.reads) this.need(key);
      this.indexes.set(index, (built = this.built(index)));
    }
    this.read = this.read.andAll(built.reads);
    return built.value as T;
  }

  /** Whoever uses an index rests on its lists and on what its building has read, the first as well as the last. */
  private built(index: Index<unknown>): BuiltIndex {
    const outer = this.read;
    this.read = index.reads.reduce((reads, key) => reads.and(key), this.nothing);
    try {
      const value = index.build(this);
      return { value, reads: this.read };
    } finally {
      this.read = outer.andAll(this.read);
    }
  }

  /** Workloads; `kinds` are the lists the verdict rests on. */
  workloads(kinds: readonly WorkloadKey[] = workloadKeys): readonly Workload[] {
    for (const key of kinds) this.need(key);
    return this.inventory.workloads;
  }

  /** Workloads as far as they could be read. Rests on nothing. */
  seenWorkloads(): readonly Workload[] {
    return this.inventory.workloads;
  }

  template(id: number): PodTemplate {
    return this.inventory.templates.get(id);
  }

  /** What a template tells by itself. Rests on nothing. */
  tells<T>(fact: TemplateFact<T>, id: number): T {
    const told = this.told?.has(fact) ? this.told : (this.told = this.toldWith(fact));
    return told.of(fact, id);
  }

  /** Templates of evidence that was kept are asked all at once. */
  private toldWith(fact: TemplateFact<unknown>): ToldOfTemplates {
    const { templates } = this.inventory;
    if (templates.told?.has(fact)) return templates.told;
    const told = new ToldOfTemplates();
    for (let id = 0; id < templates.size; id++) told.add(templates.get(id));
    return told;
  }

  /** What the network sees of a template's pods, which costs a part of reading all of it. */
  network(id: number): NetworkTemplate {
    return this.inventory.templates.network(id);
  }

  /** Names of nodes on which pods of each workload run, by the workload's index. */
  get pods(): Inventory['pods'] {
    this.need('pods');
    return this.inventory.pods;
  }

  get podNodes(): readonly string[] {
    return this.inventory.podNodes;
  }

  /** Processes of the control plane, as far as their pods could be read and as nodes show them: that there is none rests on all of these. */
  get components(): readonly ComponentFacts[] {
    this.note('pods');
    return (this.builtComponents ??= joinedComponents(this.inventory, this.nodes.fresh));
  }

  /** Addresses of the API servers of the cluster, as they name them. */
  get apiServers(): Observed<readonly string[]> {
    return this.inventory.apiServers;
  }

  /** Why the API server does not say what its flags are; undefined where it does. */
  get flagzLack(): MissingEvidence | undefined {
    const { flagz } = this.inventory;
    return flagz.state === 'missing' ? { fact: 'component-flags', reason: flagz.reason, detail: flagz.detail } : undefined;
  }

  /** What collectors saw on nodes, as it stands now. Whoever concludes from the lack of it rests on the list of nodes. */
  get nodes(): NodeEvidenceView {
    return (this.builtNodeEvidence ??= new NodeEvidenceView(this.inventory, this.now, this.policy.nodeEvidenceMaxAgeDays));
  }

  /** See `machinesOutside`. */
  get machinesOutside(): readonly string[] {
    return machinesOutside(this.inventory);
  }

  /** What a collector saw on a node, or what would tell. */
  nodeEvidence(node: string): Observed<NodeEvidenceFacts> {
    return this.nodes.of(node);
  }

  /**
   * What reaches what, workload by workload, by every policy. Built when the first check asks, which takes a part of a second where pods
   * are many: to be asked about workloads and classes of pods, never about pairs of pods. Rests on the lists that policies are read from;
   * who asks about Services, Ingresses, nodes or who else there is reads those too.
   */
  get reachability(): Reachability {
    for (const key of policyKeys) this.need(key);
    return this.seenReachability;
  }

  /** The same as far as policies could be read: what one of them selects it selects, whatever others there are. Rests on nothing. */
  get seenReachability(): Reachability {
    return (this.builtReachability ??= new Reachability(reachabilityInput(this.inventory, 'workloads')));
  }

  /** Where credentials stand in plain text. Throws MissingEvidenceError where nobody looked; rests on no list, for each object tells of itself. */
  get exposures(): readonly ExposureFacts[] {
    const { exposures } = this.inventory;
    if (exposures.state === 'missing') throw new MissingEvidenceError({ fact: 'exposures', reason: exposures.reason, detail: exposures.detail });
    return exposures.value;
  }

  /** What a kubelet goes by: as it says itself, else as its node's own evidence tells, else as far as its flags tell. */
  kubelet(node: string): Observed<KubeletFacts> {
    const asked = this.inventory.kubelets.get(node);
    if (asked?.state === 'observed' && asked.value.shownBy === undefined) return asked;
    if (this.nodes.has(node)) {
      const evidence = this.nodes.of(node);
      const told = evidence.state === 'observed' ? evidence.value.kubelet : evidence;
      if (told.state === 'observed' || asked?.state !== 'observed') return told;
    }
    return asked ?? { state: 'missing', reason: 'not-requested', detail: `the kubelet of ${node} was not asked for its configuration` };
  }

  get probe(): Observed<ProbeFacts> {
    return this.inventory.probe;
  }

  outcome(key: ResourceKey): ReturnType<Inventory['outcome']> {
    return this.inventory.outcome(key);
  }

  /** Forgets what was asked before; the engine calls it before every check. */
  startRecording(): void {
    this.read = this.nothing;
  }

  /** Lists the last check rested on. */
  recorded(): ReadLists {
    return this.read;
  }

  private note(key: ResourceKey): void {
    this.read = this.read.and(key);
  }

  private need(key: ResourceKey): void {
    this.note(key);
    const outcome = this.inventory.outcome(key);
    if (outcome.state !== 'missing') return;
    // One for all that ask: what an upload leaves out is asked of every object in it, and where an error was made costs more than to judge.
    let error = this.lacking.get(key);
    if (!error) this.lacking.set(key, (error = new MissingEvidenceError(missingList(key, outcome.reason, outcome.detail))));
    throw error;
  }
}

export function missingList(key: ResourceKey, reason: MissingEvidence['reason'], detail: string): MissingEvidence {
  return { fact: key, reason, detail };
}

/** The evidence an incomplete list lacks; undefined for a complete one. */
export function lackOf(inventory: Pick<Inventory, 'outcome'>, key: ResourceKey): MissingEvidence | undefined {
  const outcome = inventory.outcome(key);
  if (isComplete(outcome)) return undefined;
  if (outcome.state === 'given') return missingList(key, 'not-in-upload', `only the uploaded ${resourceType(key).kind} objects are known, not whether there are others`);
  if (outcome.state === 'partial' || outcome.state === 'missing') return missingList(key, outcome.reason, outcome.detail);
  return undefined;
}
