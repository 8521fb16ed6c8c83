import type { Evaluation } from '#controls/engine/evaluation.js';
import { isFresh } from '#controls/engine/node-evidence.js';
import type { NodeFacts } from '#inventory/facts.js';
import { isComplete } from '#inventory/observed.js';
import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import { itemsOf, type Benchmark, type Item } from '../benchmark.js';
import { whereToGet } from '../evidence.js';
import { itemControlOf } from '../findings/item-control.js';
import { clusterRef, nodeRef, OwnFindings } from '../findings/own-findings.js';
import { clusterSubject } from '../outcomes/subject-verdict.js';
import { worstFirst } from '../rules/combine.js';
import { adviceOf, controlPlaneElsewhere } from './advice.js';
import { ClusterView } from './cluster/cluster-view.js';
import { objectFindings } from './cluster/object-rules.js';
import type { Answer } from './controls/control-results.js';
import { collector, combine, doesNotApply, right, toLookAt, unknownFor, type Finding, type Need } from './finding.js';
import { isOfFiles, planOf, subjectOf, type ItemPlan } from './item-plan.js';
import { ItemRecord } from './item-record.js';
import type { CollectedNode, JudgeInput } from './judge-input.js';
import type { BenchmarkJudgement } from './judgement.js';
import { findingOf, KubeBenchOpinions } from './kube-bench-opinions.js';
import { findingOn, isOutside, ownFindingOf, type OwnFinding } from './node-findings.js';
import { controlPlaneLabels, NodeView, type NodeContext } from './node/node-view.js';
import { judgeRule } from './rule-judge.js';
import { SharedValues } from './shared-values.js';

type NodesPlan = Extract<ItemPlan, { by: 'nodes' }>;
type ClusterPlan = Extract<ItemPlan, { by: 'cluster' }>;

/** One planned item, its record, and what is said of nodes that nobody looked at. */
interface Judged<P extends ItemPlan = ItemPlan> {
  readonly plan: P;
  record: ItemRecord;
  readonly missing: string;
  /** Where it makes findings of its own. */
  readonly own: OwnFindings | undefined;
  /** Why nodes that were looked at are none of those that it is about. */
  readonly outside: Set<string>;
}

/** A node that was looked at, until controls have said what they know of it. */
interface Waiting {
  readonly node: string;
  readonly collectedAt: string;
  /** In the order of the items that controls answer. */
  readonly own: readonly OwnFinding[];
}

const noAnswers: ReadonlyMap<string, Answer> = new Map();

/**
 * Judges one benchmark on one cluster. Nodes are given one by one, before controls have judged the same inventory or after, and
 * nothing of their evidence is kept but what it comes to.
 */
export class BenchmarkJudge {
  private readonly benchmark: Benchmark;
  private readonly cluster: ClusterView;
  private answers = noAnswers;
  private readonly opinions: KubeBenchOpinions;
  private readonly judged: readonly Judged[];
  private readonly byNodeAlone: readonly Judged<NodesPlan>[];
  private readonly byControlsToo: readonly Judged<NodesPlan>[];
  private readonly waiting: Waiting[] = [];
  /** Nodes are much alike. */
  private readonly shared = new SharedValues<OwnFinding>();
  private readonly facts: ReadonlyMap<string, NodeFacts>;
  private readonly listed: ReadonlySet<string> | undefined;
  private readonly seen = new Set<string>();
  private readonly stale = new Set<string>();
  /** Who sent evidence and is not listed. */
  private readonly strangers = new Set<string>();
  private readonly labelsTell: boolean;
  private readonly context: Pick<NodeContext, 'platform' | 'serverVersion' | 'kubeletsCheckImages'>;

  constructor(private readonly input: JudgeInput) {
    const { choice, inventory, clouds = [], kubeBench = [], nodes } = input;
    this.benchmark = choice.benchmark;
    this.cluster = new ClusterView(inventory, new Map(clouds.map((description) => [description.provider, description])));
    this.opinions = new KubeBenchOpinions(this.benchmark.id, kubeBench);
    this.judged = itemsOf(this.benchmark).map((item) => ({
      plan: planOf(item, this.benchmark.platform), record: new ItemRecord(item), missing: missingText(item, this.benchmark), own: this.ownOf(item), outside: new Set<string>(),
    }));
    const ofNodes = this.judged.filter((one): one is Judged<NodesPlan> => one.plan.by === 'nodes');
    // Controls judge an inventory: where there is none, nothing is to be waited for.
    const isToWait = ({ plan }: Judged<NodesPlan>): boolean => inventory !== undefined && plan.answers.length > 0;
    this.byNodeAlone = ofNodes.filter((one) => !isToWait(one));
    this.byControlsToo = ofNodes.filter(isToWait);
    this.facts = new Map((inventory?.list('nodes') ?? []).map((facts) => [facts.name, facts]));
    this.listed = nodes && new Set(nodes);
    const all = [...this.facts.values()];
    this.labelsTell = all.some(({ labels }) => controlPlaneLabels.some((label) => labels[label] !== undefined));
    const serverVersion = inventory?.cluster.version ?? input.serverVersion;
    const areListed = inventory !== undefined && isComplete(inventory.outcome('nodes'));
    this.context = {
      platform: this.benchmark.platform, ...(serverVersion !== undefined && { serverVersion }),
      kubeletsCheckImages: areListed && all.length > 0 && all.every(({ kubeletVersion }) => isSince135(kubeletVersion)),
    };
  }

  private ownOf(item: Item): OwnFindings | undefined {
    const control = itemControlOf(this.benchmark, item);
    const setting = control && this.input.settings?.[control.id];
    return control && setting?.off === undefined ? new OwnFindings(control, item, this.benchmark.id, setting) : undefined;
  }

  /** Takes one node's evidence. */
  add({ name, evidence, collectedAt, kubeletVersion }: CollectedNode): void {
    if (this.seen.has(name)) return;
    if (this.listed && !this.listed.has(name)) {
      this.strangers.add(name);
      return;
    }
    const { nodeAge } = this.input;
    if (nodeAge && !isFresh(collectedAt, nodeAge.now, nodeAge.maxDays)) {
      this.stale.add(name);
      return;
    }
    this.seen.add(name);
    const facts = this.facts.get(name);
    const version = facts?.kubeletVersion || kubeletVersion;
    const view = new NodeView(evidence, { ...this.context, name, ...(version && { kubeletVersion: version }), ...(facts && this.labelsTell && { labels: facts.labels }) });
    const ground = { cluster: this.cluster, node: view, nodeName: name };
    for (const judged of this.byNodeAlone) this.judgeSeen(judged, name, ownFindingOf(judged.plan, ground), collectedAt);
    this.waiting.push({ node: name, collectedAt, own: this.byControlsToo.map(({ plan }) => this.shared.of(ownFindingOf(plan, ground))) });
  }

  private judgeSeen({ plan, record, own: findings, outside }: Judged<NodesPlan>, node: string, own: OwnFinding, collectedAt: string): void {
    const { item } = plan;
    const { presence } = own;
    const isOutside = presence.state === 'absent' && this.answered(plan, node) === undefined;
    const { finding: found, isOwn } = isOutside ? { finding: doesNotApply(presence.detail, { source: 'node' }), isOwn: true } : findingOn(plan, node, own, this.answers);
    // That files are right proves nothing where nobody knows whether they are used here.
    const finding = found.status === 'pass' && isOwn && presence.state === 'unseen' ? unknownFor(presence.detail, collector) : found;
    record.opinion = this.opinions.beside(item.id, node, finding, record.opinion);
    if (isOutside) {
      outside.add(presence.detail);
      findings?.hold(nodeRef(node));
      return;
    }
    const subject = subjectOf(plan, node);
    // Where nobody knows whether there is any, that there is nothing to judge is not known either.
    if (finding.status === 'not-applicable' && presence.state === 'unseen') findings?.hold(nodeRef(node));
    else findings?.add(nodeRef(node), subject, finding);
    record.add(subject, finding, isOwn && finding.source !== 'configz' && finding.source !== 'flagz' ? collectedAt : this.input.inventoryAt);
  }

  private elsewhere(): ReadonlySet<string> {
    const machines = (this.input.machines ?? []).filter((name) => !this.seen.has(name) && !this.stale.has(name) && !this.listed?.has(name));
    return new Set([...this.strangers, ...machines]);
  }

  /** What the API says of a node, where it says anything. */
  private answered({ answers }: NodesPlan, node: string): Finding | undefined {
    const all = answers.flatMap(({ key }) => this.answers.get(key)?.byNode.get(node) ?? []);
    return all.length === 0 ? undefined : combine('all', all);
  }

  /** Nodes that were taken, by name: of those that are no nodes of the cluster nothing was. */
  get nodesSeen(): readonly string[] {
    return [...this.seen];
  }

  /** What it all comes to. `answers`: what controls say of the inventory, see `ControlResults`. Nothing may be added after. */
  finish(answers: ReadonlyMap<string, Answer> = noAnswers): BenchmarkJudgement {
    const { choice, nodes } = this.input;
    this.answers = answers;
    for (const { node, collectedAt, own } of this.waiting) this.byControlsToo.forEach((judged, at) => this.judgeSeen(judged, node, own[at]!, collectedAt));
    for (const judged of this.judged) this.close(judged);
    // They are somewhere, although nobody lists them.
    for (const name of this.elsewhere()) for (const { plan, own } of this.judged) if (plan.by === 'nodes') own?.hold(nodeRef(name));
    const records = this.judged.map(({ record }) => record);
    return {
      benchmark: this.benchmark.id, reason: choice.reason, ...(choice.caveat !== undefined && { caveat: choice.caveat }),
      items: records.map((record) => record.result()),
      nodes: { listed: nodes?.length, withEvidence: this.seen.size },
      advice: adviceOf(records, { listed: nodes?.length, withEvidence: this.seen.size, strangers: this.strangers.size, benchmark: this.benchmark }),
    };
  }

  /** What items that no control covers come to as findings; after `finish`. `areNodesListed`: the cluster itself lists them all. */
  ownFindings(areNodesListed: boolean): readonly Evaluation[] {
    return this.judged.flatMap(({ own, plan }) => own?.finish(plan.by === 'cluster' ? own.isDecided : areNodesListed) ?? []);
  }

  private close(judged: Judged): void {
    const { plan, record } = judged;
    switch (plan.by) {
      case 'nothing': return record.add(clusterSubject, decided(plan.item), undefined);
      case 'cluster': return this.closeCluster(judged as Judged<ClusterPlan>);
      case 'node-objects': return this.closeObjects(judged, plan);
      case 'nodes': return this.closeNodes(judged as Judged<NodesPlan>);
    }
  }

  private closeCluster(judged: Judged<ClusterPlan>): void {
    const { plan, missing } = judged;
    const { item, answers, rule } = plan;
    if (answers.length === 0) {
      const finding = judgeRule(rule!, { cluster: this.cluster });
      judged.own?.add(clusterRef, clusterSubject, finding);
      judged.record.add(clusterSubject, finding, this.input.inventoryAt);
    } else {
      const wholes = answers.flatMap(({ key }) => this.addAnswer(judged.record, key, missing) ?? []);
      // One subject, whichever of several controls says something of it as a whole.
      if (wholes.length > 0) judged.record.add(clusterSubject, combine('all', wholes), this.input.inventoryAt);
      if (rule && judged.record.result().outcome === 'unknown') {
        const otherwise = judgeRule(rule, { cluster: this.cluster });
        if (otherwise.status !== 'unknown') judged.record = recordOf(item, otherwise);
      }
    }
    const theirs = this.opinions.of(item.id);
    if (!theirs) return;
    const { outcome, causes } = judged.record.result();
    if (outcome === 'unknown') judged.record = recordOf(item, findingOf(theirs));
    else judged.record.opinion = this.opinions.beside(item.id, undefined, { status: outcome, text: causes[0]?.text ?? '' }, undefined);
  }

  /** What it says of the cluster as a whole is returned. */
  private addAnswer(record: ItemRecord, key: string, missing: string): Finding | undefined {
    const { inventoryAt } = this.input;
    const answer = this.answers.get(key);
    if (!answer) return unknownFor(missing, this.needOf(record.item));
    for (const [node, finding] of answer.byNode) record.add(node, finding, inventoryAt);
    for (const { subject, finding } of answer.others) record.add(subject, finding, inventoryAt);
    for (const status of worstFirst) record.addMore(status, answer.more[status]);
    return answer.whole;
  }

  private needOf({ evidence }: Item): Need {
    const [resource] = evidence.flatMap((one) => (one.class === 'api' ? one.resources : []));
    if (resource !== undefined) return right(resource);
    return evidence.some((one) => one.class === 'cloud') ? { of: 'cloud' } : collector;
  }

  private closeObjects({ record, own }: Judged, plan: Extract<ItemPlan, { by: 'node-objects' }>): void {
    const byNode = new Map<string, Finding[]>();
    for (const rule of plan.rules) {
      for (const { name, finding } of objectFindings(this.cluster, rule)) {
        const known = byNode.get(name);
        if (known) known.push(finding);
        else byNode.set(name, [finding]);
      }
    }
    for (const [node, findings] of byNode) {
      const finding = combine('all', findings);
      own?.add(nodeRef(node), node, finding);
      record.add(node, finding, this.input.inventoryAt);
    }
    for (const node of this.listed ?? []) {
      if (byNode.has(node)) continue;
      own?.hold(nodeRef(node));
      record.add(node, unknownFor(`the node object of ${node}`, right('nodes')), undefined);
    }
    if (!this.listed && this.facts.size > 0) record.add(clusterSubject, withoutList, undefined);
  }

  private closeNodes(judged: Judged<NodesPlan>): void {
    const { plan, record, missing, outside } = judged;
    const { item } = plan;
    const results = plan.answers.flatMap(({ key }) => this.answers.get(key) ?? []);
    const endpoints = results.flatMap(({ others }) => others);
    // That there may be others beside what answered leaves open whether they are alike.
    const others = results.flatMap(({ whole }) => whole ?? []);
    if (endpoints.length > 0) record.add(clusterSubject, combine('all', [...endpoints.map(({ finding }) => finding), ...others]), this.input.inventoryAt);
    const unseen = this.unseenOf(item.id, results);
    const ofEvidence = unknownFor(missing, collector);
    const tooOld = unknownFor(`newer evidence of the node, for what was collected there is older than ${this.input.nodeAge?.maxDays} days`, collector);
    for (const node of unseen) this.judgeUnseen(judged, node, endpoints.length > 0 ? undefined : this.stale.has(node) ? tooOld : ofEvidence);
    if (record.isEmpty) {
      const whole = results.find((answer) => answer.whole)?.whole;
      if (whole && this.seen.size === 0) record.add(clusterSubject, whole, this.input.inventoryAt);
      else if (this.seen.size > 0 && this.listed) record.add(clusterSubject, nowhere(plan, [...outside], this.cluster), undefined);
      else record.add(clusterSubject, ofEvidence, undefined);
    } else if (!this.listed && endpoints.length === 0) record.add(clusterSubject, withoutList, undefined);
  }

  /** Nodes that are there and sent no evidence. */
  private unseenOf(item: string, results: readonly Answer[]): readonly string[] {
    const names = this.listed ?? new Set([...this.facts.keys(), ...this.stale, ...results.flatMap(({ byNode }) => [...byNode.keys()]), ...this.opinions.nodesOf(item)]);
    return [...names].filter((name) => !this.seen.has(name));
  }

  private judgeUnseen({ plan, record, own }: Judged<NodesPlan>, node: string, otherwise: Finding | undefined): void {
    const { item, concern } = plan;
    const theirs = this.opinions.of(item.id, node);
    const hasAnswer = this.answered(plan, node) !== undefined;
    const facts = this.facts.get(node);
    if (!hasAnswer && this.labelsTell && isOutside(concern, facts?.labels)) return own?.hold(nodeRef(node));
    const finding = plan.answers.length === 0 ? judgeRule(plan.rule!, { cluster: this.cluster, nodeName: node }) : findingOn(plan, node, undefined, this.answers).finding;
    own?.add(nodeRef(node), subjectOf(plan, node), finding);
    if (finding.status !== 'unknown') {
      record.opinion = this.opinions.beside(item.id, node, finding, record.opinion);
      return record.add(subjectOf(plan, node), finding, this.input.inventoryAt);
    }
    if (theirs) return record.add(subjectOf(plan, node), findingOf(theirs), undefined);
    // An unknown with a source says why nothing was read there.
    if (hasAnswer || finding.source !== undefined) record.add(subjectOf(plan, node), finding, this.input.inventoryAt);
    else if (otherwise) record.add(subjectOf(plan, node), otherwise, undefined);
  }
}

/** On none of the nodes. Files that none has are none, but every cluster has a control plane and a store: if on no node, then somewhere else. */
function nowhere(plan: NodesPlan, outside: readonly string[], cluster: ClusterView): Finding {
  const { rule } = plan.item;
  // What no version of the cluster's has is nowhere.
  const byVersion = rule?.kind === 'before' ? judgeRule(rule, { cluster }) : undefined;
  if (byVersion?.status === 'not-applicable') return byVersion;
  const detail = outside[0] === undefined ? 'no node is of the control plane' : `on no node that was looked at: ${outside.join('; ')}`;
  const isElsewhere = plan.concern !== 'kubelet' && plan.concern !== 'kube-proxy' && !isOfFiles(plan);
  return isElsewhere ? unknownFor(`${plan.concern === 'control-plane' ? 'the control plane' : plan.concern}, which every cluster has somewhere: ${detail}`, { of: 'other', name: plan.concern === 'etcd' ? 'etcd-elsewhere' : controlPlaneElsewhere }) : doesNotApply(detail);
}

const withoutList = unknownFor('the list of nodes, without which there may be others', right('nodes'));

function recordOf(item: Item, finding: Finding): ItemRecord {
  const record = new ItemRecord(item);
  record.add(clusterSubject, finding, undefined);
  return record;
}

function decided({ rule }: Item): Finding {
  return rule?.kind === 'undecidable' ? toLookAt(rule.look, rule.gathered) : doesNotApply(rule?.kind === 'not-applicable' ? rule.reason : '');
}

const missingText = ({ evidence }: Item, { platform }: Benchmark): string => (evidence.length === 0 ? 'any evidence' : `evidence: ${evidence.map((one) => whereToGet(one, platform)).join('; or ')}`);

function isSince135(kubeletVersion: string): boolean {
  const version = minorOf(kubeletVersion);
  return version !== undefined && !isBefore(version, { major: 1, minor: 35 });
}
