import type { Subject } from '../facts.js';
import { byText } from '../text-order.js';
import type { AccessIndex } from './access-index.js';
import { SUPERUSERS } from './access-facts.js';
import { EdgeList } from './edge-list.js';
import { abilities, combinations, delegatedKinds, halves, halfIds, type Ability, type CombinationId, type CombinedReach, type HalfId, type ReasonId } from './escalation-reasons.js';
import type { EscalationWorkload, EscalationWorld } from './escalation-world.js';
import { accountOf, groupsOfSubject } from './implied-groups.js';
import { halfBits, type HeldAbility, type RoleAbilities } from './role-abilities.js';
import type { RequestWords } from './rule-table.js';

export const TARGET = 0;
const ANY_ACCOUNT = 1;
const ANY_POD = 2;
export const ANY_HOST = 3;
const ANY_USER = 4;
const ANYBODY = 5;
const ANY_TOKEN = 6;
const ANY_OPERATOR = 7;
/** Accounts whose tokens are in any pod. */
const ANY_MOUNTED = 8;
const FIRST_OPERATOR = 9;
const FIRST_NAMESPACE = FIRST_OPERATOR + delegatedKinds.length;

/** Roles bound on the way that a graph may have: more come of hostile input alone. */
const MAX_BOUND = 100_000;

/** Nodes a namespace has: all its accounts, its pods, its token Secrets, and whoever rules it. */
const PER_NAMESPACE = 4;

const STEP = 1;
/** So that a way of at most fifteen certain steps goes before one with a conditional step. */
export const CONDITIONAL = 16;

/** Edges that are no step: being in a group, being named by a binding, being one of many. */
export const BELONGS = 0;
const reasons: readonly ReasonId[] = [
  'create-host-workloads', 'superuser', 'mounted-token', 'host-access', 'node-tokens', 'control-plane-keys', 'bind-named-role', 'impersonate-named-groups', 'namespace-admin',
  ...(Object.keys(abilities) as (keyof typeof abilities)[]), ...(Object.keys(combinations) as CombinationId[]),
];
const codes = new Map(reasons.map((reason, at) => [reason, at + 1]));
const code = (reason: ReasonId): number => codes.get(reason)!;
export const reasonOf = (edgeReason: number): ReasonId | undefined => reasons[edgeReason - 1];

/** Halves that a RoleBinding does not give. */
export const clusterHalves = halfIds.filter((id) => 'isClusterWide' in halves[id]).reduce((mask, id) => mask | halfBits[id], 0);
const combinationList = (Object.keys(combinations) as CombinationId[]).map((id) => {
  const { all, reach, in: where }: { readonly all: readonly HalfId[]; readonly reach: CombinedReach; readonly in: 'cluster' | 'namespace' | 'anywhere' } = combinations[id];
  return { code: code(id), mask: all.reduce((mask, half) => mask | halfBits[half], 0), reach, where };
});

export type GraphNode =
  | { readonly is: 'target' }
  | { readonly is: 'host'; readonly node?: string }
  | { readonly is: 'subject'; readonly id: number }
  | { readonly is: 'workload'; readonly id: number }
  | { readonly is: 'binding'; readonly id: number }
  | { readonly is: 'role'; readonly role: number; readonly place: number }
  | { readonly is: 'namespace-admin'; readonly place: number }
  /** Stands for many: no place of its own. */
  | { readonly is: 'hub' };

type Masks = Map<number, number>;

/**
 * Who can become whom. Hubs ("all accounts of a namespace", "any pod") stand between those who reach many and the many, so the
 * graph grows with the facts, not with their pairs. Place -1 is the whole cluster, else a position in `namespaces`.
 */
export class EscalationGraph {
  readonly list = new EdgeList();
  readonly namespaces: string[] = [];
  /** The index's subjects, then accounts that no binding names. */
  readonly subjects: readonly Subject[];
  readonly workloads: readonly EscalationWorkload[];
  nodeCount: number;

  private readonly namespaceIds = new Map<string, number>();
  private readonly accountIds = new Map<string, number>();
  private readonly accountsByName = new Map<string, number[]>();
  private readonly workloadsByPod = new Map<string, number[]>();
  private readonly tokensByName = new Map<string, number[]>();
  private readonly hostIds = new Map<string, number>();
  private readonly hostsOfStrongPods = new Set<number>();
  private readonly openNamespaces = new Set<number>();
  private readonly namedTargets = new Map<HeldAbility, Map<number, number[]>>();
  private readonly boundRoles = new Map<string, number>();
  private readonly bindableIds = new Map<number, readonly number[]>();
  private readonly dynamic: GraphNode[] = [];
  private readonly clusterRoleIds = new Map<string, number>();
  private readonly hostNames: readonly string[];
  private readonly firstHost: number;
  private readonly firstSubject: number;
  private readonly firstWorkload: number;
  private readonly firstBinding: number;
  private readonly firstDynamic: number;
  private readonly placeOfBinding: Int32Array;
  private readonly hasControlPlane: boolean;
  private readonly kindWords: readonly (readonly RequestWords[])[];

  /** `without`: a binding taken as removed. */
  constructor(
    private readonly index: AccessIndex,
    world: EscalationWorld,
    private readonly roles: readonly RoleAbilities[],
    private readonly without = -1,
  ) {
    this.workloads = [...world.workloads].sort((a, b) => byText(a.namespace, b.namespace) || byText(a.kind, b.kind) || byText(a.name, b.name));
    this.subjects = this.gatherSubjects();
    for (const namespace of [...new Set([...index.namespaces.slice(1), ...world.namespaces.map(({ name }) => name), ...this.workloads.map((workload) => workload.namespace), ...this.subjects.map((subject) => subject.namespace)])].sort(byText)) {
      if (namespace === '') continue;
      this.namespaceIds.set(namespace, this.namespaces.length);
      this.namespaces.push(namespace);
    }
    const levels = new Map(world.namespaces.map(({ name, enforce }) => [name, enforce]));
    this.namespaces.forEach((name, id) => {
      const level = levels.get(name);
      if (level === undefined || level === 'privileged') this.openNamespaces.add(id);
    });
    this.hasControlPlane = world.nodes.some((node) => node.isControlPlane);
    this.hostNames = [...new Set([...world.nodes.map(({ name }) => name), ...this.workloads.flatMap(({ nodes }) => nodes ?? [])])].sort(byText);
    this.firstHost = FIRST_NAMESPACE + PER_NAMESPACE * this.namespaces.length;
    this.hostNames.forEach((name, at) => this.hostIds.set(name, this.firstHost + 2 * at));
    this.firstSubject = this.firstHost + 2 * this.hostNames.length;
    this.firstWorkload = this.firstSubject + this.subjects.length;
    this.firstBinding = this.firstWorkload + this.workloads.length;
    this.firstDynamic = this.firstBinding + index.bindings.length;
    this.nodeCount = this.firstDynamic;
    this.placeOfBinding = Int32Array.from(index.bindingNamespace, (namespace) => (namespace === 0 ? -1 : this.namespaceIds.get(index.namespaces[namespace]!)!));
    index.roles.forEach((role, id) => { if (role.kind === 'ClusterRole') this.clusterRoleIds.set(role.name, id); });
    this.kindWords = delegatedKinds.map(({ group, resources }) => resources.flatMap((resource) => ['create', 'update', 'patch'].map((verb) => index.wordsOf({ verb, group, resource }))));

    this.joinAccounts();
    this.joinGroups();
    this.joinWorkloads(world);
    this.joinAnyHost();
    this.joinTokens(world);
    this.joinOperators();
    for (let binding = 0; binding < index.bindings.length; binding++) {
      const role = index.bindingRole[binding]!;
      if (role < 0 || binding === this.without || this.roles[role]!.held.length === 0) continue;
      for (let at = index.subjectsOf.from[binding]!; at < index.subjectsOf.from[binding + 1]!; at++) this.list.add(this.firstSubject + index.subjectsOf.items[at]!, this.firstBinding + binding, 0, BELONGS, -1);
      this.joinAbilities(this.firstBinding + binding, role, this.placeOfBinding[binding]!);
    }
    this.joinCombinations();
  }

  describe(node: number): GraphNode {
    if (node === TARGET) return { is: 'target' };
    if (node === ANY_HOST) return { is: 'host' };
    if (node < FIRST_NAMESPACE) return { is: 'hub' };
    if (node < this.firstHost) return (node - FIRST_NAMESPACE) % PER_NAMESPACE === 3 ? { is: 'namespace-admin', place: Math.floor((node - FIRST_NAMESPACE) / PER_NAMESPACE) } : { is: 'hub' };
    if (node < this.firstSubject) return (node - this.firstHost) % 2 === 0 ? { is: 'host', node: this.hostNames[(node - this.firstHost) / 2]! } : { is: 'hub' };
    if (node < this.firstWorkload) return { is: 'subject', id: node - this.firstSubject };
    if (node < this.firstBinding) return { is: 'workload', id: node - this.firstWorkload };
    if (node < this.firstDynamic) return { is: 'binding', id: node - this.firstBinding };
    return this.dynamic[node - this.firstDynamic]!;
  }

  subjectNode(id: number): number {
    return this.firstSubject + id;
  }

  workloadNode(id: number): number {
    return this.firstWorkload + id;
  }

  /** Number of a subject, -1 where neither a binding nor an account list names it. */
  subjectId(subject: Subject): number {
    if (subject.kind === 'Group') return this.index.groupId(subject.name);
    const account = subject.kind === 'ServiceAccount' ? subject : accountOf(subject.name);
    return account ? (this.accountIds.get(`${account.namespace}/${account.name}`) ?? -1) : this.index.userId(subject.name);
  }

  /** Place of a binding: -1 for the whole cluster. */
  placeOf(binding: number): number {
    return this.placeOfBinding[binding]!;
  }

  placeName(place: number): string {
    return place < 0 ? '' : this.namespaces[place]!;
  }

  /** A subject and the groups it is in by itself, as far as bindings name them. */
  withGroups(id: number): readonly number[] {
    const found = [id];
    for (const group of groupsOfSubject(this.subjects[id]!)) {
      const known = this.index.groupId(group);
      if (known >= 0) found.push(known);
    }
    return found;
  }

  private gatherSubjects(): readonly Subject[] {
    const subjects = [...this.index.subjects];
    subjects.forEach((subject, id) => { if (subject.kind === 'ServiceAccount') this.accountIds.set(`${subject.namespace}/${subject.name}`, id); });
    const add = (namespace: string, name: string): void => {
      const key = `${namespace}/${name}`;
      if (namespace === '' || name === '' || this.accountIds.has(key)) return;
      this.accountIds.set(key, subjects.length);
      subjects.push({ kind: 'ServiceAccount', namespace, name });
    };
    for (const { namespace, name } of [...(this.index.facts.serviceAccounts ?? [])].sort((a, b) => byText(a.namespace, b.namespace) || byText(a.name, b.name))) add(namespace, name);
    for (const { namespace, serviceAccount } of this.workloads) add(namespace, serviceAccount);
    return subjects;
  }

  private accountsOf(place: number): number {
    return place < 0 ? ANY_ACCOUNT : FIRST_NAMESPACE + PER_NAMESPACE * place;
  }

  private podsOf(place: number): number {
    return place < 0 ? ANY_POD : FIRST_NAMESPACE + PER_NAMESPACE * place + 1;
  }

  private tokensOf(place: number): number {
    return place < 0 ? ANY_TOKEN : FIRST_NAMESPACE + PER_NAMESPACE * place + 2;
  }

  private adminOf(place: number): number {
    return FIRST_NAMESPACE + PER_NAMESPACE * place + 3;
  }

  private belongs(from: number, to: number): void {
    this.list.add(from, to, 0, BELONGS, -1);
  }

  private joinAccounts(): void {
    const { serviceAccounts } = this.index.facts;
    const existing = serviceAccounts && new Set([...serviceAccounts.map(({ namespace, name }) => `${namespace}/${name}`), ...this.workloads.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`)]);
    for (const [key, id] of this.accountIds) {
      if (existing && !existing.has(key)) continue;
      const { namespace, name } = this.subjects[id]!;
      const place = this.namespaceIds.get(namespace)!;
      this.belongs(this.accountsOf(place), this.firstSubject + id);
      push(this.accountsByName, name, id);
    }
    this.namespaces.forEach((_, place) => {
      this.belongs(ANY_ACCOUNT, this.accountsOf(place));
      this.list.add(this.adminOf(place), this.accountsOf(place), STEP, code('namespace-admin'), place);
      // Who has every right in a namespace may take its admission label off.
      this.list.add(this.adminOf(place), ANY_HOST, STEP, code('namespace-admin'), place);
    });
    this.belongs(ANYBODY, ANY_ACCOUNT);
    this.belongs(ANYBODY, ANY_USER);
  }

  private joinGroups(): void {
    this.subjects.forEach(({ kind, name }, id) => {
      const node = this.firstSubject + id;
      const [, ...groups] = this.withGroups(id);
      for (const group of groups) this.belongs(node, this.firstSubject + group);
      if (kind === 'User') this.belongs(ANY_USER, node);
      if (kind === 'Group' && name === SUPERUSERS) this.list.add(node, TARGET, STEP, code('superuser'), -1);
      else if (kind === 'Group') this.belongs(ANYBODY, node);
    });
  }

  private joinWorkloads(world: EscalationWorld): void {
    const controlPlane = new Set(world.nodes.filter((node) => node.isControlPlane).map(({ name }) => name));
    this.workloads.forEach((workload, id) => {
      const node = this.firstWorkload + id;
      const place = this.namespaceIds.get(workload.namespace);
      if (place !== undefined) this.belongs(this.podsOf(place), node);
      const account = this.accountIds.get(`${workload.namespace}/${workload.serviceAccount}`);
      if (workload.mountsToken && account !== undefined) {
        this.list.add(node, this.firstSubject + account, STEP, code('mounted-token'), place ?? -1);
        this.belongs(ANY_MOUNTED, this.firstSubject + account);
      }
      if (workload.kind === 'Pod' || workload.kind === 'StatefulSet') push(this.workloadsByPod, workload.name, id);
      for (const name of workload.nodes ?? []) {
        const host = this.hostIds.get(name)!;
        // A node has the tokens of its own pods, not the workload: what that has on other nodes is out of reach.
        if (workload.mountsToken && account !== undefined) this.belongs(host + 1, this.firstSubject + account);
        if (!workload.reachesHost) continue;
        this.hostsOfStrongPods.add(host);
        this.list.add(node, host, STEP, code('host-access'), -1);
      }
      if (workload.reachesHost && !workload.nodes) this.list.add(node, ANY_HOST, CONDITIONAL, code('host-access'), -1);
    });
    this.namespaces.forEach((_, place) => this.belongs(ANY_POD, this.podsOf(place)));
    for (const [name, host] of this.hostIds) {
      this.list.add(host, host + 1, STEP, code('node-tokens'), -1);
      if (controlPlane.has(name)) this.list.add(host, TARGET, STEP, code('control-plane-keys'), -1);
    }
  }

  private joinAnyHost(): void {
    this.list.add(ANY_HOST, ANY_MOUNTED, STEP, code('node-tokens'), -1);
    if (this.hasControlPlane) this.list.add(ANY_HOST, TARGET, STEP, code('control-plane-keys'), -1);
  }

  private joinTokens(world: EscalationWorld): void {
    for (const { namespace, name, serviceAccount } of world.tokenSecrets) {
      const account = this.accountIds.get(`${namespace}/${serviceAccount}`);
      const place = this.namespaceIds.get(namespace);
      if (account === undefined || place === undefined) continue;
      this.belongs(this.tokensOf(place), this.firstSubject + account);
      push(this.tokensByName, name, account);
    }
    this.namespaces.forEach((_, place) => this.belongs(ANY_TOKEN, this.tokensOf(place)));
  }

  /** An operator's account is one that runs a workload and may write the operator's kind by its name, not by `*`. */
  private joinOperators(): void {
    const running = new Set(this.workloads.map(({ namespace, serviceAccount }) => this.accountIds.get(`${namespace}/${serviceAccount}`)));
    delegatedKinds.forEach(({ group, resources }, kind) => {
      this.belongs(ANY_OPERATOR, FIRST_OPERATOR + kind);
      const found = new Set<number>();
      this.index.roles.forEach((role, id) => {
        const parts = [...this.index.partsOf(id)];
        const writes = parts.some((part) => this.index.roles[part]!.rules.some((rule) => rule.apiGroups.includes(group) && rule.verbs.some((verb) => verb === '*' || verb === 'update' || verb === 'patch')
          && rule.resources.some((resource) => resource === '*' || resources.some((wanted) => resource === wanted || resource === `${wanted}/status`))));
        if (!writes) return;
        for (let at = this.index.boundBy.from[id]!; at < this.index.boundBy.from[id + 1]!; at++) {
          const binding = this.index.boundBy.items[at]!;
          if (binding === this.without) continue;
          for (let i = this.index.subjectsOf.from[binding]!; i < this.index.subjectsOf.from[binding + 1]!; i++) {
            const subject = this.index.subjectsOf.items[i]!;
            if (running.has(subject)) found.add(subject);
          }
        }
      });
      for (const id of found) this.belongs(FIRST_OPERATOR + kind, this.firstSubject + id);
    });
  }

  private joinAbilities(from: number, role: number, place: number): void {
    if (this.list.isFull) return;
    for (const held of this.roles[role]!.held) {
      const ability: Ability = abilities[held.id];
      if (ability.isClusterWide && place >= 0) continue;
      const cost = ability.isConditional ? CONDITIONAL : STEP;
      const reason = code(held.id);
      const to = (node: number): void => this.list.add(from, node, cost, reason, place);
      switch (ability.reach) {
        case 'cluster-admin': to(TARGET); break;
        case 'workloads':
          to(this.accountsOf(place));
          if (place < 0 ? this.openNamespaces.size > 0 || this.namespaces.length === 0 : this.openNamespaces.has(place)) this.list.add(from, ANY_HOST, cost, code('create-host-workloads'), place);
          break;
        case 'accounts': this.toNamed(held, place, this.accountsOf(place), this.findAccount(this.accountsByName), to); break;
        case 'token-secrets': this.toNamed(held, place, this.tokensOf(place), this.findAccount(this.tokensByName), to); break;
        case 'pods': this.toNamed(held, place, this.podsOf(place), (name, reach) => this.findPod(name, reach), to); break;
        case 'users': this.toUsers(held, to); break;
        case 'nodes':
          // Pods that come to a node bring their tokens; commands in pods reach further where those are strong.
          if (!held.names) to(held.id === 'node-status' ? ANY_MOUNTED : ANY_POD);
          for (const name of held.names ?? []) {
            const host = this.hostIds.get(name);
            if (host === undefined) continue;
            to(host + 1);
            if (this.hostsOfStrongPods.has(host)) to(host);
          }
          break;
        case 'injected':
          to(ANY_ACCOUNT);
          to(ANY_HOST);
          break;
        case 'operators':
          if (held.id === 'crd-conversion') to(ANY_OPERATOR);
          else this.kindWords.forEach((requests, kind) => { if (requests.some((request) => this.reaches(role, request))) to(FIRST_OPERATOR + kind); });
          break;
      }
    }
  }

  private reaches(role: number, request: RequestWords): boolean {
    let found = false;
    this.index.eachReaching(role, request, () => !(found = true));
    return found;
  }

  /** What a rule for some names reaches, found once and kept by namespace: many bindings may name one large role. */
  private toNamed(held: HeldAbility, place: number, hub: number, find: (name: string, reach: (place: number, node: number) => void) => void, to: (node: number) => void): void {
    if (!held.names) {
      to(hub);
      return;
    }
    let byPlace = this.namedTargets.get(held);
    if (!byPlace) {
      byPlace = new Map();
      this.namedTargets.set(held, byPlace);
      const all: number[] = [];
      byPlace.set(-1, all);
      for (const name of held.names) {
        find(name, (there, node) => {
          all.push(node);
          const known = byPlace!.get(there);
          if (known) known.push(node);
          else byPlace!.set(there, [node]);
        });
      }
    }
    byPlace.get(place)?.forEach(to);
  }

  private findAccount(byName: ReadonlyMap<string, readonly number[]>) {
    return (name: string, reach: (place: number, node: number) => void): void => {
      for (const id of byName.get(name) ?? []) reach(this.namespaceIds.get(this.subjects[id]!.namespace)!, this.firstSubject + id);
    };
  }

  /** Pods by name: bare ones, and those of a stateful set, which are numbered. */
  private findPod(name: string, reach: (place: number, node: number) => void): void {
    const set = name.replace(/-\d+$/, '');
    for (const owner of set === name ? [name] : [name, set]) {
      for (const id of this.workloadsByPod.get(owner) ?? []) {
        const workload = this.workloads[id]!;
        if ((workload.kind === 'Pod') === (owner === name)) reach(this.namespaceIds.get(workload.namespace) ?? -2, this.firstWorkload + id);
      }
    }
  }

  private toUsers(held: HeldAbility, to: (node: number) => void): void {
    if (!held.names) to(ANY_USER);
    for (const name of held.names ?? []) {
      // A service account by its user name is asked for as an account.
      const id = accountOf(name) ? -1 : this.index.userId(name);
      if (id >= 0) to(this.firstSubject + id);
    }
  }

  private joinCombinations(): void {
    const masks = new Map<number, Masks>();
    const named = new Uint8Array(this.index.subjects.length);
    const all = new Uint8Array(this.index.subjects.length);
    const masksOf = (id: number): Masks => {
      const known = masks.get(id);
      if (known) return known;
      const made: Masks = new Map();
      masks.set(id, made);
      if (id >= this.index.subjects.length) return made;
      for (let at = this.index.bindingsOf.from[id]!; at < this.index.bindingsOf.from[id + 1]!; at++) {
        const binding = this.index.bindingsOf.items[at]!;
        const role = this.index.bindingRole[binding]!;
        if (role < 0 || binding === this.without) continue;
        const place = this.placeOfBinding[binding]!;
        if (place < 0 && this.roles[role]!.held[0]?.id === 'everything') all[id] = 1;
        const { halves: mask, bindable, groups } = this.roles[role]!;
        if (bindable.length > 0 || (groups.length > 0 && place < 0)) named[id] = 1;
        const there = place < 0 ? mask : mask & ~clusterHalves;
        if (there !== 0) made.set(place, (made.get(place) ?? 0) | there);
      }
      return made;
    };
    for (let id = 0; id < this.index.subjects.length; id++) {
      const own = masksOf(id);
      // Who may do everything needs no combination.
      if (all[id] === 1) continue;
      if (own.size === 0 && named[id] === 0) continue;
      const together: Masks = new Map(own);
      for (const group of this.withGroups(id).slice(1)) {
        for (const [place, mask] of masksOf(group)) {
          // A group's rights in a namespace matter here only beside rights of one's own that hold there.
          if (place < 0 || own.has(-1) || own.has(place)) together.set(place, (together.get(place) ?? 0) | mask);
        }
      }
      this.combine(this.firstSubject + id, together);
      if (named[id] === 1) this.joinNamed(id, together);
    }
  }

  private combine(from: number, masks: Masks): void {
    const wide = masks.get(-1) ?? 0;
    for (const { code: reason, mask, reach, where } of combinationList) {
      if ((wide & mask) === mask) {
        this.toReach(from, reach, reason, -1);
        continue;
      }
      if (where === 'cluster') continue;
      for (const [place, narrow] of masks) {
        if (place < 0 || ((wide | narrow) & mask) !== mask) continue;
        this.toReach(from, reach, reason, place);
        if (where === 'anywhere') break;
      }
    }
  }

  private toReach(from: number, reach: CombinedReach, reason: number, place: number): void {
    const to = (node: number): void => this.list.add(from, node, STEP, reason, place);
    switch (reach) {
      case 'cluster-admin': to(TARGET); break;
      case 'accounts': to(this.accountsOf(place)); break;
      case 'anybody': to(ANYBODY); break;
      case 'host': to(ANY_HOST); break;
      case 'namespace-admin':
        if (place >= 0) to(this.adminOf(place));
        else {
          to(ANY_ACCOUNT);
          to(ANY_HOST);
        }
        break;
    }
  }

  /** Binding a role that is not everything gives what that role gives; acting as a group what the group may. */
  private joinNamed(id: number, masks: Masks): void {
    const wide = masks.get(-1) ?? 0;
    const isSomebody = [...masks.values()].some((mask) => (mask & halfBits['impersonate-somebody']) !== 0);
    const done = new Set<string>();
    for (let at = this.index.bindingsOf.from[id]!; at < this.index.bindingsOf.from[id + 1]!; at++) {
      const binding = this.index.bindingsOf.items[at]!;
      const role = this.index.bindingRole[binding]!;
      const there = this.placeOfBinding[binding]!;
      if (role < 0 || binding === this.without || this.list.isFull || done.has(`${role}/${there}`)) continue;
      done.add(`${role}/${there}`);
      if (there < 0 && isSomebody) {
        for (const name of this.roles[role]!.groups) {
          const group = this.index.groupId(name);
          if (group >= 0) this.list.add(this.firstSubject + id, this.firstSubject + group, STEP, code('impersonate-named-groups'), -1);
        }
      }
      const places = there < 0 && (wide & halfBits['write-cluster-bindings']) !== 0 ? [-1]
        : [...masks].filter(([place, mask]) => place >= 0 && (there < 0 || place === there) && ((mask | wide) & halfBits['write-bindings']) !== 0).map(([place]) => place);
      for (const bound of places.length > 0 ? this.bindableRoles(role) : []) for (const place of places) this.toBound(this.firstSubject + id, bound, place);
    }
  }

  /** Cluster roles a role may bind that exist and lead anywhere. */
  private bindableRoles(role: number): readonly number[] {
    const known = this.bindableIds.get(role);
    if (known) return known;
    const found = this.roles[role]!.bindable.map((name) => this.clusterRoleIds.get(name) ?? -1).filter((id) => id >= 0 && this.roles[id]!.held.length > 0);
    this.bindableIds.set(role, found);
    return found;
  }

  private toBound(from: number, role: number, place: number): void {
    if (this.list.isFull) return;
    const key = `${role}/${place}`;
    let node = this.boundRoles.get(key);
    if (node === undefined) {
      if (this.dynamic.length >= MAX_BOUND) {
        this.list.isFull = true;
        return;
      }
      node = this.firstDynamic + this.dynamic.length;
      this.boundRoles.set(key, node);
      this.dynamic.push({ is: 'role', role, place });
      this.nodeCount++;
      this.joinAbilities(node, role, place);
    }
    this.list.add(from, node, STEP, code('bind-named-role'), place);
  }
}

function push(lists: Map<string, number[]>, key: string, item: number): void {
  const known = lists.get(key);
  if (known) known.push(item);
  else lists.set(key, [item]);
}
