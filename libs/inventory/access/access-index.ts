import type { BindingFacts, PolicyRule, RoleFacts, Subject } from '../facts.js';
import { byText } from '../text-order.js';
import { aggregate, RuleSources } from './aggregation.js';
import type { AccessFacts, AccessRequest, AggregationMode, BindingChain, RbacRef } from './access-facts.js';
import { groupByKey, lowerBound, type CompactLists } from './compact-lists.js';
import { accountOf, accountUser } from './implied-groups.js';
import { RuleTable, type RequestWords } from './rule-table.js';
import { WordTable } from './word-table.js';

const byPlace = (a: { readonly namespace: string; readonly name: string }, b: { readonly namespace: string; readonly name: string }): number =>
  byText(a.namespace, b.namespace) || byText(a.name, b.name);

const bySubject = (a: Subject, b: Subject): number => byText(a.kind, b.kind) || byPlace(a, b);

function firstOfEachName<T extends { readonly namespace: string; readonly name: string }>(sorted: readonly T[]): readonly T[] {
  return sorted.filter((item, at) => at === 0 || byPlace(sorted[at - 1]!, item) !== 0);
}

/** Where a request was found allowed: `part` is the role that has the rule, the bound role itself unless that aggregates. */
export interface Match {
  readonly part: number;
  readonly rule: number;
}

/**
 * Roles, bindings and subjects by dense numbers, built once from one set of facts. Bindings are numbered cluster-wide ones
 * first, then by namespace and name, so that a subject's rights in one namespace lie together. A role that does not exist,
 * a subject of an unknown kind and a service account nowhere grant nothing.
 */
export class AccessIndex {
  /** Cluster roles, then roles, each by namespace and name. */
  readonly roles: readonly RoleFacts[];
  readonly bindings: readonly BindingFacts[];
  /** Role of each binding, -1 where it does not exist. */
  readonly bindingRole: Int32Array;
  /** Number of the binding's namespace; 0 is the whole cluster. */
  readonly bindingNamespace: Int32Array;
  /** Names of namespaces that have bindings, in order; the first is ''. */
  readonly namespaces: readonly string[];
  /** Users, service accounts and groups that bindings name, in order of first appearance in the sorted bindings. */
  readonly subjects: readonly Subject[];
  /** Subjects of each binding. */
  readonly subjectsOf: CompactLists;
  /** Bindings of each subject, in order. */
  readonly bindingsOf: CompactLists;
  /** Bindings of each role, in order. */
  readonly boundBy: CompactLists;
  readonly aggregation: AggregationMode;
  /** Aggregated roles that were too large to compute: what they grant is not in the answers. */
  readonly unresolved: readonly RbacRef[];
  readonly facts: AccessFacts;

  private readonly rules: RuleTable;
  private readonly parts: ReadonlyMap<number, Int32Array>;
  private readonly sources: RuleSources;
  private readonly users = new Map<string, number>();
  private readonly groups = new Map<string, number>();
  private readonly namespaceIds: WordTable;
  private readonly clusterRoleCount: number;

  constructor(facts: AccessFacts, aggregation: AggregationMode = 'as-served') {
    this.facts = facts;
    this.aggregation = aggregation;
    const clusterRoles = firstOfEachName([...facts.clusterRoles].sort(byPlace));
    const roles = firstOfEachName([...facts.roles].sort(byPlace));
    this.clusterRoleCount = clusterRoles.length;
    this.roles = [...clusterRoles, ...roles];
    this.rules = new RuleTable(this.roles.map((role) => role.rules));
    const aggregated = aggregation === 'computed' ? aggregate(clusterRoles) : { parts: new Map<number, Int32Array>(), tooLarge: [] };
    this.parts = aggregated.parts;
    this.unresolved = aggregated.tooLarge.map((id) => this.roleRef(id));
    this.sources = new RuleSources(clusterRoles);

    const wide = firstOfEachName([...facts.clusterRoleBindings].sort(byPlace));
    // Without a namespace it would count for the whole cluster.
    const narrow = firstOfEachName(facts.roleBindings.filter(({ namespace }) => namespace !== '').sort(byPlace));
    this.bindings = [...wide, ...narrow];
    this.namespaceIds = new WordTable();
    this.namespaceIds.intern('');
    this.bindingNamespace = new Int32Array(this.bindings.length);
    narrow.forEach((binding, at) => { this.bindingNamespace[wide.length + at] = this.namespaceIds.intern(binding.namespace); });
    this.namespaces = Array.from({ length: this.namespaceIds.size }, (_, id) => this.namespaceIds.text(id));
    this.bindingRole = this.resolveRoles(clusterRoles, roles, wide.length);

    const subjects: Subject[] = [];
    const subjectOf: number[] = [];
    const bindingOf: number[] = [];
    this.bindings.forEach((binding, id) => {
      const seen = binding.subjects.length > 1 ? new Set<number>() : undefined;
      for (const subject of binding.subjects.length > 1 ? [...binding.subjects].sort(bySubject) : binding.subjects) {
        const subjectId = this.internSubject(subject, id < wide.length ? '' : binding.namespace, subjects);
        if (subjectId < 0 || seen?.has(subjectId)) continue;
        seen?.add(subjectId);
        subjectOf.push(subjectId);
        bindingOf.push(id);
      }
    });
    this.subjects = subjects;
    this.subjectsOf = groupByKey(this.bindings.length, bindingOf, subjectOf);
    this.bindingsOf = groupByKey(subjects.length, subjectOf, bindingOf);
    const bound = [...this.bindings.keys()].filter((id) => this.bindingRole[id]! >= 0);
    this.boundBy = groupByKey(this.roles.length, bound.map((id) => this.bindingRole[id]!), bound);
  }

  /** Number of the user or service account, -1 where no binding names it. */
  userId(user: string): number {
    return this.users.get(user) ?? -1;
  }

  /** Number of the group, -1 where no binding names it. */
  groupId(group: string): number {
    return this.groups.get(group) ?? -1;
  }

  /** Number of the namespace, -1 where it has no bindings; 0 for ''. */
  namespaceId(namespace: string): number {
    return this.namespaceIds.find(namespace);
  }

  wordsOf(request: AccessRequest): RequestWords {
    return this.rules.wordsOf(request);
  }

  /** Roles whose rules a role has. */
  partsOf(role: number): Iterable<number> {
    return this.parts.get(role) ?? [role];
  }

  /** Whether a role's rules were gathered from others. */
  isComputed(role: number): boolean {
    return this.parts.has(role);
  }

  /** The first rule of a role that allows a request. */
  matchRole(role: number, request: RequestWords): Match | undefined {
    const parts = this.parts.get(role);
    if (!parts) {
      const rule = this.rules.firstMatch(role, request);
      return rule < 0 ? undefined : { part: role, rule };
    }
    for (const part of parts) {
      const rule = this.rules.firstMatch(part, request);
      if (rule >= 0) return { part, rule };
    }
    return undefined;
  }

  /** Calls back with each rule of a role that allows the request for at least some names, until told to stop. */
  eachReaching(role: number, request: RequestWords, visit: (match: Match, rule: PolicyRule) => boolean): void {
    let goOn = true;
    for (const part of this.partsOf(role)) {
      if (!goOn) return;
      const { rules } = this.roles[part]!;
      this.rules.eachReaching(part, request, (rule) => (goOn = visit({ part, rule }, rules[rule]!)));
    }
  }

  /**
   * The first binding that allows a subject a request, of those in the whole cluster (`namespace` 0) or of those in one
   * namespace. Calls back with its number and the match; what the call gives is the answer.
   */
  findBinding<T>(subject: number, namespace: number, request: RequestWords, found: (binding: number, match: Match) => T): T | undefined {
    const { from, items } = this.bindingsOf;
    const to = from[subject + 1]!;
    let at = from[subject]!;
    if (namespace > 0) at = this.firstIn(namespace, at, to);
    for (; at < to; at++) {
      const binding = items[at]!;
      if (this.bindingNamespace[binding] !== namespace) return undefined;
      const role = this.bindingRole[binding]!;
      if (role < 0) continue;
      const match = this.matchRole(role, request);
      if (match) return found(binding, match);
    }
    return undefined;
  }

  /** Bindings of one namespace, as a range of binding numbers. */
  bindingsIn(namespace: number): readonly [from: number, to: number] {
    const count = this.bindings.length;
    return [lowerBound(this.bindingNamespace, namespace, 0, count), lowerBound(this.bindingNamespace, namespace + 1, 0, count)];
  }

  chain(subject: Subject, binding: number, { part, rule }: Match): BindingChain {
    const { kind, namespace, name } = this.bindings[binding]!;
    const roleId = this.bindingRole[binding]!;
    const role = this.roles[roleId]!;
    const text = this.roles[part]!.rules[rule]!;
    const chain: BindingChain = { by: 'binding', subject, binding: { kind, namespace, name }, role: this.roleRef(roleId), ruleIndex: rule, rule: text };
    if (this.isComputed(roleId)) return { ...chain, aggregation: 'computed', aggregatedFrom: this.roles[part]!.name };
    if (!role.aggregates || roleId >= this.clusterRoleCount) return chain;
    const aggregatedFrom = this.sources.of(roleId, text);
    return aggregatedFrom === undefined ? { ...chain, aggregation: 'as-served' } : { ...chain, aggregation: 'as-served', aggregatedFrom };
  }

  roleRef(role: number): RbacRef {
    const { kind, namespace, name } = this.roles[role]!;
    return { kind, namespace, name };
  }

  bindingRef(binding: number): RbacRef {
    const { kind, namespace, name } = this.bindings[binding]!;
    return { kind, namespace, name };
  }

  /** First position in a range of `bindingsOf` whose binding is in a namespace with this number or a higher one. */
  private firstIn(namespace: number, from: number, to: number): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.bindingNamespace[this.bindingsOf.items[middle]!]! < namespace) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private resolveRoles(clusterRoles: readonly RoleFacts[], roles: readonly RoleFacts[], wide: number): Int32Array {
    const clusterRoleIds = new Map(clusterRoles.map((role, id) => [role.name, id]));
    const roleIds = new Map(roles.map((role, at) => [`${role.namespace}/${role.name}`, clusterRoles.length + at]));
    return Int32Array.from(this.bindings, (binding, id) => {
      if (binding.roleKind === 'ClusterRole') return clusterRoleIds.get(binding.roleName) ?? -1;
      return binding.roleKind === 'Role' && id >= wide ? (roleIds.get(`${binding.namespace}/${binding.roleName}`) ?? -1) : -1;
    });
  }

  /** A user name that means a service account is that account, whichever way a binding writes it. */
  private internSubject(subject: Subject, bindingNamespace: string, subjects: Subject[]): number {
    const account = subject.kind === 'ServiceAccount'
      ? { namespace: subject.namespace || bindingNamespace, name: subject.name }
      : subject.kind === 'User' ? accountOf(subject.name) : undefined;
    if (subject.kind === 'ServiceAccount' && account?.namespace === '') return -1;
    if (!account && subject.kind !== 'User' && subject.kind !== 'Group') return -1;
    const ids = subject.kind === 'Group' ? this.groups : this.users;
    const key = account ? accountUser(account.namespace, account.name) : subject.name;
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, subjects.length);
    subjects.push(account ? { kind: 'ServiceAccount', ...account } : { kind: subject.kind, name: subject.name, namespace: '' });
    return subjects.length - 1;
  }
}
