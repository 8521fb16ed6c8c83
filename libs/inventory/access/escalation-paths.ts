import type { Subject } from '../facts.js';
import type { AccessIndex } from './access-index.js';
import type { BindingChain, RbacRef } from './access-facts.js';
import { superuser } from './can-i.js';
import { abilities, combinations, type Ability, type AbilityId, type CombinationId, type HalfId, type ReasonId } from './escalation-reasons.js';
import { ANY_HOST, BELONGS, clusterHalves, CONDITIONAL, EscalationGraph, reasonOf, TARGET, type GraphNode } from './escalation-graph.js';
import type { EscalationPath, EscalationStep, EscalationWorkload, EscalationWorld, Stage } from './escalation-world.js';
import { groupsOfSubject } from './implied-groups.js';
import { isOfSystem } from './of-system.js';
import { halfBits, roleAbilities, type RoleAbilities } from './role-abilities.js';
import { pathsTo, type Distances } from './shortest-paths.js';

/** Bindings tried at most before the best cut found so far is given. */
const MAX_TRIES = 24;

const needsOf: Partial<Record<ReasonId, string>> = {
  'create-host-workloads': 'admission that lets privileged pods into the namespace',
  'host-access': 'a break-out from the pod, which its settings allow',
  'node-tokens': 'a pod of the account on the node',
  'control-plane-keys': 'a pod that is let onto a control-plane node',
  'approve-certificates': 'any name but system:masters, which the API server refuses to sign',
  'host-path-volumes': 'a claim bound to a volume whose path is on the host',
  'relax-admission': 'the admission label of the namespace removed',
  'open-namespace': 'a new namespace, which has no admission label',
  'make-token-secrets': 'a Secret of type service-account-token that the server fills',
  'superuser': 'nothing: the API server lets the group do everything',
};

/** The one binding whose removal takes the way to cluster-admin from most, and from how many. */
export interface BestCut {
  readonly binding: RbacRef;
  /** Subjects and workloads that have no path any more. */
  readonly frees: number;
  /** False where another binding could still do more: the search was cut short. */
  readonly isProven: boolean;
}

/**
 * How far each subject and each breached workload is from being cluster-admin (every verb on every resource, or
 * `system:masters`). Paths are made when asked for, so that all of a large cluster cost no memory.
 */
export class EscalationPaths {
  private readonly roles: readonly RoleAbilities[];
  private readonly graph: EscalationGraph;
  private readonly distances: Distances;

  constructor(private readonly index: AccessIndex, private readonly world: EscalationWorld) {
    this.roles = roleAbilities(index);
    this.graph = new EscalationGraph(index, world, this.roles);
    this.distances = pathsTo(TARGET, this.graph.nodeCount, this.graph.list.edges());
  }

  /** False where the facts hold more ways than can be kept, so that "no path" proves nothing. */
  get isComplete(): boolean {
    return !this.graph.list.isFull && this.index.unresolved.length === 0;
  }

  /** Somebody whom no binding names has what the groups have that everybody of the kind is in. */
  ofSubject(subject: Subject): EscalationPath | undefined {
    const start: Stage = { at: 'subject', subject };
    if (isSuperuser(subject)) return { start, steps: [], isConditional: false };
    const id = this.graph.subjectId(subject);
    if (id >= 0) return this.pathFrom(this.graph.subjectNode(id));
    const path = this.shortestFrom(groupsOfSubject(subject).map((name) => this.index.groupId(name)).filter((group) => group >= 0).map((group) => this.graph.subjectNode(group)));
    const [first, ...rest] = path?.steps ?? [];
    return path && first && { ...path, start, steps: [{ ...first, from: start }, ...rest] };
  }

  /** The shortest of the ways of all accounts that its pods run as. */
  ofWorkload({ kind, namespace, name }: Pick<EscalationWorkload, 'kind' | 'namespace' | 'name'>): EscalationPath | undefined {
    const nodes = [...this.graph.workloads.keys()].filter((id) => {
      const workload = this.graph.workloads[id]!;
      return workload.kind === kind && workload.namespace === namespace && workload.name === name;
    }).map((id) => this.graph.workloadNode(id));
    return this.shortestFrom(nodes);
  }

  /** Kinds of the workloads of this name. */
  kindsOf(namespace: string, name: string): readonly string[] {
    return [...new Set(this.graph.workloads.filter((workload) => workload.namespace === namespace && workload.name === name).map(({ kind }) => kind))];
  }

  /** Paths of all subjects and workloads that have one; subjects first. */
  *all(): Generator<EscalationPath, void, undefined> {
    for (const node of this.starts()) {
      const path = this.pathFrom(node);
      if (path) yield path;
    }
  }

  /** The shortest paths of all, those first that start at what is no part of Kubernetes itself. `system:masters` is not among them: it is there already. */
  shortest(limit: number): readonly EscalationPath[] {
    const starts: { readonly node: number; readonly cost: number; readonly isSystem: boolean }[] = [];
    for (const node of this.starts()) {
      const stage = this.stageOf(this.graph.describe(node))!;
      const cost = this.distances.cost[node]!;
      if (cost >= 0 && !(stage.at === 'subject' && isSuperuser(stage.subject))) starts.push({ node, cost, isSystem: isOfSystem(stage) });
    }
    starts.sort((a, b) => Number(a.isSystem) - Number(b.isSystem) || a.cost - b.cost || a.node - b.node);
    return starts.slice(0, limit).map(({ node }) => this.pathFrom(node)!);
  }

  /** How many subjects and workloads have a path. */
  count(): number {
    const { subjects, workloads } = this.counts();
    return subjects + workloads;
  }

  counts(): { readonly subjects: number; readonly workloads: number } {
    return reaching(this.graph, this.distances);
  }

  /**
   * The single best change. A binding can free only those whose shortest path it is on, so bindings are tried from the
   * most used down until none is left that could do better.
   */
  bestCut(): BestCut | undefined {
    const uses = this.bindingUses();
    const before = this.count();
    let best: { readonly binding: number; readonly frees: number } | undefined;
    for (const [tries, [binding, used]] of uses.entries()) {
      if (best && best.frees >= used) break;
      if (tries >= MAX_TRIES) return best && { binding: this.index.bindingRef(best.binding), frees: best.frees, isProven: false };
      const graph = new EscalationGraph(this.index, this.world, this.roles, binding);
      const { subjects, workloads } = reaching(graph, pathsTo(TARGET, graph.nodeCount, graph.list.edges()));
      const frees = before - subjects - workloads;
      if (!best || frees > best.frees) best = { binding, frees };
    }
    return best && best.frees > 0 ? { binding: this.index.bindingRef(best.binding), frees: best.frees, isProven: true } : undefined;
  }

  private shortestFrom(nodes: readonly number[]): EscalationPath | undefined {
    let best: number | undefined;
    for (const node of nodes) {
      const cost = this.distances.cost[node]!;
      if (cost >= 0 && (best === undefined || cost < this.distances.cost[best]!)) best = node;
    }
    return best === undefined ? undefined : this.pathFrom(best);
  }

  private *starts(): Generator<number, void, undefined> {
    for (let id = 0; id < this.graph.subjects.length; id++) yield this.graph.subjectNode(id);
    for (let id = 0; id < this.graph.workloads.length; id++) yield this.graph.workloadNode(id);
  }

  /** Bindings by how many shortest paths they are on, most first. */
  private bindingUses(): readonly (readonly [binding: number, used: number])[] {
    const uses = new Map<number, number>();
    for (const start of this.starts()) {
      const on = new Set<number>();
      for (let node = start; ;) {
        const edge = this.distances.next[node]!;
        if (edge < 0) break;
        for (const binding of this.bindingsOn(edge, node)) on.add(binding);
        node = this.graph.list.to(edge);
      }
      for (const binding of on) uses.set(binding, (uses.get(binding) ?? 0) + 1);
    }
    return [...uses].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  }

  private bindingsOn(edge: number, node: number): readonly number[] {
    const to = this.graph.describe(this.graph.list.to(edge));
    if (to.is === 'binding') return [to.id];
    const from = this.graph.describe(node);
    return from.is === 'subject' ? this.halvesOf(edge, from.id).map(({ binding }) => binding) : [];
  }

  private pathFrom(start: number): EscalationPath | undefined {
    if (this.distances.cost[start]! < 0) return undefined;
    const steps: EscalationStep[] = [];
    const first = this.graph.describe(start);
    let stage = this.stageOf(first);
    let last = first;
    let pending: { readonly edge: number; readonly by: GraphNode; readonly holder: GraphNode } | undefined;
    let holder = first;
    for (let node = start; node !== TARGET;) {
      const edge = this.distances.next[node]!;
      const next = this.graph.list.to(edge);
      const described = this.graph.describe(next);
      if (this.graph.list.reason(edge) !== BELONGS) pending = { edge, by: last, holder };
      if (described.is === 'subject') holder = described;
      const there = this.stageOf(described);
      if (there && pending && stage) {
        steps.push(this.step(stage, there, pending.edge, pending.by, pending.holder));
        pending = undefined;
      }
      // Membership of a group is no stage: the path goes on from who is in it.
      const isMembership = this.graph.list.reason(edge) === BELONGS && described.is === 'subject' && last.is === 'subject';
      if (there && !isMembership) stage = there;
      last = described;
      node = next;
    }
    return { start: this.stageOf(this.graph.describe(start))!, steps, isConditional: this.distances.cost[start]! >= CONDITIONAL };
  }

  private stageOf(node: GraphNode): Stage | undefined {
    switch (node.is) {
      case 'target': return { at: 'cluster-admin' };
      case 'host': return node.node === undefined ? { at: 'host' } : { at: 'host', node: node.node };
      case 'subject': return { at: 'subject', subject: this.graph.subjects[node.id]! };
      case 'workload': {
        const { kind, namespace, name } = this.graph.workloads[node.id]!;
        return { at: 'workload', kind, namespace, name };
      }
      case 'role': return { at: 'role', role: this.index.roles[node.role]!.name, namespace: this.graph.placeName(node.place) };
      case 'namespace-admin': return { at: 'role', role: '*', namespace: this.graph.placeName(node.place) };
      case 'binding': case 'hub': return undefined;
    }
  }

  private step(from: Stage, to: Stage, edge: number, by: GraphNode, holder: GraphNode): EscalationStep {
    const { list } = this.graph;
    const reason = reasonOf(list.reason(edge))!;
    const ability: Ability | undefined = reason in abilities ? abilities[reason as AbilityId] : undefined;
    const isUnplaced = reason === 'host-access' && list.to(edge) === ANY_HOST;
    const needs = isUnplaced ? 'a node with a stronger pod, as the nodes of its pods are not known' : (ability?.needs ?? needsOf[reason]);
    const step = { reason, from, to, namespace: this.graph.placeName(list.place(edge)), grants: this.grants(reason, edge, by, holder), isConditional: ability?.isConditional === true || isUnplaced };
    return needs === undefined ? step : { ...step, needs };
  }

  private grants(reason: ReasonId, edge: number, by: GraphNode, holder: GraphNode): EscalationStep['grants'] {
    if (reason === 'superuser') return [{ by: 'superuser', subject: superuser }];
    if (holder.is !== 'subject') return [];
    if (by.is === 'binding') {
      const id = reason === 'create-host-workloads' ? 'create-workloads' : reason;
      const held = this.roles[this.index.bindingRole[by.id]!]!.held.find((ability) => ability.id === id);
      return held ? [this.index.chain(this.graph.subjects[holder.id]!, by.id, held.match)] : [];
    }
    return by.is === 'subject' ? this.halvesOf(edge, by.id).map(({ chain }) => chain) : [];
  }

  /** The bindings behind a step that several rights make together. */
  private halvesOf(edge: number, subject: number): readonly { readonly binding: number; readonly chain: BindingChain }[] {
    const reason = reasonOf(this.graph.list.reason(edge));
    const place = this.graph.list.place(edge);
    if (reason === 'impersonate-named-groups') return this.find(['impersonate-groups', 'impersonate-somebody'], subject, undefined);
    if (reason === 'bind-named-role') return this.find(place < 0 ? ['bind', 'write-cluster-bindings'] : ['bind', 'write-bindings'], subject, place);
    if (reason === undefined || !(reason in combinations)) return [];
    const { all, in: where } = combinations[reason as CombinationId];
    return this.find(all, subject, where === 'anywhere' ? undefined : place);
  }

  private find(halves: readonly HalfId[], subject: number, place: number | undefined): readonly { readonly binding: number; readonly chain: BindingChain }[] {
    const found: { readonly binding: number; readonly chain: BindingChain }[] = [];
    for (const half of halves) {
      const one = this.findHalf(half, subject, place);
      if (one && !found.some(({ binding, chain }) => binding === one.binding && chain.rule === one.chain.rule)) found.push(one);
    }
    return found;
  }

  private findHalf(half: HalfId, subject: number, place: number | undefined): { readonly binding: number; readonly chain: BindingChain } | undefined {
    for (const id of this.graph.withGroups(subject)) {
      if (id >= this.index.subjects.length) continue;
      for (let at = this.index.bindingsOf.from[id]!; at < this.index.bindingsOf.from[id + 1]!; at++) {
        const binding = this.index.bindingsOf.items[at]!;
        const role = this.index.bindingRole[binding]!;
        const there = this.graph.placeOf(binding);
        if (role < 0 || (there >= 0 && place !== undefined && there !== place)) continue;
        const match = this.roles[role]!.halfMatches.get(half);
        if (match && (there < 0 || (clusterHalves & halfBits[half]) === 0)) return { binding, chain: this.index.chain(this.graph.subjects[id]!, binding, match) };
      }
    }
    return undefined;
  }
}

function reaching(graph: EscalationGraph, { cost }: Distances): { readonly subjects: number; readonly workloads: number } {
  let subjects = 0;
  let workloads = 0;
  for (let id = 0; id < graph.subjects.length; id++) if (cost[graph.subjectNode(id)]! >= 0 && !isSuperuser(graph.subjects[id]!)) subjects++;
  for (let id = 0; id < graph.workloads.length; id++) if (cost[graph.workloadNode(id)]! >= 0) workloads++;
  return { subjects, workloads };
}

const isSuperuser = ({ kind, name }: Subject): boolean => kind === 'Group' && name === superuser.name;
