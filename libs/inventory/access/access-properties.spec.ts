import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BindingFacts, PolicyRule, RoleFacts, Subject } from '../facts.js';
import type { AccessFacts, AccessQuery } from './access-facts.js';
import { AccessIndex } from './access-index.js';
import { canI } from './can-i.js';
import { covers } from './covers.js';
import { EscalationPaths } from './escalation-paths.js';
import { whoCan } from './who-can.js';

const some = (...words: string[]): fc.Arbitrary<string[]> => fc.uniqueArray(fc.constantFrom(...words), { minLength: 1, maxLength: 3 });
const anyRule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: some('get', 'create', 'patch', 'bind', 'impersonate', '*'),
  apiGroups: some('', 'apps', 'rbac.authorization.k8s.io', '*'),
  resources: some('pods', 'pods/exec', 'pods/*', '*/exec', 'secrets', 'deployments', 'clusterroles', 'clusterrolebindings', 'users', '*'),
  resourceNames: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some('a', 'b', '') }),
  nonResourceURLs: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some('/a', '/a/*', '*') }),
});
const namespaces = ['red', 'blue'];
const anyNamespace = fc.constantFrom(...namespaces);
const roleName = fc.constantFrom('r1', 'r2', 'r3');
const anySubject: fc.Arbitrary<Subject> = fc.oneof(
  fc.record({ kind: fc.constant('User'), name: fc.constantFrom('u1', 'u2', 'system:serviceaccount:red:s1'), namespace: fc.constant('') }),
  fc.record({ kind: fc.constant('Group'), name: fc.constantFrom('g1', 'system:authenticated', 'system:serviceaccounts:red'), namespace: fc.constant('') }),
  fc.record({ kind: fc.constant('ServiceAccount'), name: fc.constantFrom('s1', 's2'), namespace: fc.constantFrom('red', 'blue', '') }),
);
const rules = fc.array(anyRule, { maxLength: 14 });
const subjects = fc.array(anySubject, { maxLength: 3 });
const named = <T extends { readonly namespace: string; readonly name: string }>(of: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> =>
  fc.uniqueArray(of, { maxLength, selector: ({ namespace, name }) => `${namespace}/${name}` });
const anyFacts: fc.Arbitrary<AccessFacts> = fc.record({
  roles: named(fc.record({ kind: fc.constant<RoleFacts['kind']>('Role'), namespace: anyNamespace, name: roleName, rules }), 5),
  clusterRoles: named(fc.record({ kind: fc.constant<RoleFacts['kind']>('ClusterRole'), namespace: fc.constant(''), name: roleName, rules }), 3),
  roleBindings: named(fc.record({ kind: fc.constant<BindingFacts['kind']>('RoleBinding'), namespace: anyNamespace, name: fc.constantFrom('b1', 'b2', 'b3'), roleKind: fc.constantFrom('Role', 'ClusterRole'), roleName, subjects }), 5),
  clusterRoleBindings: named(fc.record({ kind: fc.constant<BindingFacts['kind']>('ClusterRoleBinding'), namespace: fc.constant(''), name: fc.constantFrom('b1', 'b2', 'b3'), roleKind: fc.constantFrom('Role', 'ClusterRole'), roleName, subjects }), 3),
});
const anyQuery: fc.Arbitrary<AccessQuery> = fc.record({
  user: fc.constantFrom('u1', 'u2', 'system:serviceaccount:red:s1', 'system:serviceaccount:blue:s2'),
  groups: fc.uniqueArray(fc.constantFrom('g1', 'g2', 'system:authenticated'), { maxLength: 2 }),
  verb: fc.constantFrom('get', 'create', 'list', '*'),
  group: fc.constantFrom('', 'apps', 'batch'),
  resource: fc.constantFrom('pods', 'secrets', 'nodes', '*'),
  subresource: fc.constantFrom('', 'exec', '*'),
  name: fc.constantFrom('', 'a', 'c'),
  namespace: fc.constantFrom('', 'red', 'blue'),
  path: fc.constantFrom('', '', '', '/a', '/a/b', '/b'),
});

/** The rules of RBAC once more, read straight off the documentation: slow, and hard to get wrong. */
function plainly(all: AccessFacts, query: AccessQuery): boolean {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(query.user);
  const groups = [...(query.groups ?? []), ...(account ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`, 'system:authenticated'] : [])];
  const has = (list: readonly string[], word: string): boolean => list.some((entry) => entry === '*' || entry === word);
  const allows = (given: PolicyRule): boolean => {
    if (!has(given.verbs, query.verb)) return false;
    if (query.path) return given.nonResourceURLs.some((url) => url === query.path || (url.endsWith('*') && query.path!.startsWith(url.slice(0, -1))));
    const wanted = query.subresource ? [`${query.resource}/${query.subresource}`, `*/${query.subresource}`] : [query.resource!];
    return has(given.apiGroups, query.group!) && given.resources.some((entry) => entry === '*' || wanted.includes(entry))
      && (given.resourceNames.length === 0 || given.resourceNames.includes(query.name!));
  };
  const means = (subject: Subject, namespace: string): boolean => subject.kind === 'Group'
    ? groups.includes(subject.name)
    : subject.kind === 'User' ? subject.name === query.user : query.user === `system:serviceaccount:${subject.namespace || namespace}:${subject.name}` && (subject.namespace || namespace) !== '';
  return all.clusterRoleBindings.some((binding) => binding.roleKind === 'ClusterRole' && binding.subjects.some((subject) => means(subject, ''))
    && all.clusterRoles.some((role) => role.name === binding.roleName && role.rules.some(allows)))
    || (!query.path && query.namespace !== '' && all.roleBindings.some((binding) => binding.namespace === query.namespace && binding.subjects.some((subject) => means(subject, binding.namespace))
      && (binding.roleKind === 'Role' ? all.roles.filter((role) => role.namespace === binding.namespace) : all.clusterRoles).some((role) => role.name === binding.roleName && role.rules.some(allows))));
}

const shuffle = <T>(list: readonly T[]): T[] => [...list].reverse();
const shuffled = (all: AccessFacts): AccessFacts => ({
  roles: shuffle(all.roles), clusterRoles: shuffle(all.clusterRoles),
  roleBindings: shuffle(all.roleBindings).map((binding) => ({ ...binding, subjects: shuffle(binding.subjects) })),
  clusterRoleBindings: shuffle(all.clusterRoleBindings).map((binding) => ({ ...binding, subjects: shuffle(binding.subjects) })),
});
const world = { namespaces: [], workloads: [{ kind: 'Deployment', namespace: 'red', name: 'w', serviceAccount: 's1', mountsToken: true, reachesHost: false }], nodes: [], tokenSecrets: [] };

describe('access, whatever the facts', () => {
  it('answers as a plain reading of the rules does', () => {
    fc.assert(fc.property(anyFacts, fc.array(anyQuery, { minLength: 5, maxLength: 20 }), (all, queries) => {
      const index = new AccessIndex(all);
      for (const query of queries) expect(canI(index, query).allowed).toBe(plainly(all, query));
    }), { numRuns: 400 });
  });

  it('gives the same answers and chains in any order of objects', () => {
    fc.assert(fc.property(anyFacts, anyQuery, (all, query) => {
      const [index, other] = [new AccessIndex(all), new AccessIndex(shuffled(all))];
      expect(canI(other, query)).toEqual(canI(index, query));
      expect(whoCan(other, query)).toEqual(whoCan(index, query));
      expect([...new EscalationPaths(other, world).all()]).toEqual([...new EscalationPaths(index, world).all()]);
    }));
  });

  it('never takes a right away by adding a binding, nor brings anybody further from the top', () => {
    fc.assert(fc.property(anyFacts, anyQuery, (all, query) => {
      const fewer = { ...all, roleBindings: all.roleBindings.slice(1), clusterRoleBindings: all.clusterRoleBindings.slice(1) };
      if (canI(new AccessIndex(fewer), query).allowed) expect(canI(new AccessIndex(all), query).allowed).toBe(true);
      expect(new EscalationPaths(new AccessIndex(all), world).count()).toBeGreaterThanOrEqual(new EscalationPaths(new AccessIndex(fewer), world).count());
    }));
  });

  it('only renames in the answer what was renamed', () => {
    fc.assert(fc.property(anyFacts, anyQuery, (all, query) => {
      const text = JSON.stringify(all).replaceAll('"u1"', '"zoe"').replaceAll('"r1"', '"zr"').replaceAll('"b1"', '"zb"').replaceAll('"g1"', '"zg"');
      const renamed = JSON.parse(text) as AccessFacts;
      const user = query.user === 'u1' ? 'zoe' : query.user;
      expect(canI(new AccessIndex(renamed), { ...query, user, groups: query.groups?.map((name) => (name === 'g1' ? 'zg' : name)) }).allowed).toBe(canI(new AccessIndex(all), query).allowed);
    }));
  });

  it('names among those who can exactly the subjects whose own binding lets them', () => {
    fc.assert(fc.property(anyFacts, anyQuery, (all, query) => {
      const index = new AccessIndex(all);
      const holders = new Set(whoCan(index, query, { superusers: false }).map(({ subject }) => JSON.stringify(subject)));
      for (const subject of index.subjects) {
        const asker = subject.kind === 'Group' ? { user: '', groups: [subject.name] } : { user: subject.kind === 'User' ? subject.name : `system:serviceaccount:${subject.namespace}:${subject.name}`, groups: [] };
        expect(holders.has(JSON.stringify(subject))).toBe(canI(index, { ...query, ...asker }, { implied: 'none' }).allowed);
      }
    }));
  });

  it('covers each part of rules, and adds up', () => {
    // The server refuses rules that hold both, and compares them oddly: URLs of a rule with names cover nothing.
    const unmixed = rules.map((list) => list.map((given) => (given.nonResourceURLs.length > 0 ? { ...given, apiGroups: [], resources: [], resourceNames: [] } : given)));
    fc.assert(fc.property(unmixed, unmixed, (a, b) => {
      expect(covers([...a, ...b], a).state).toBe('covered');
      const rest = covers(a, b);
      if (rest.state === 'uncovered') expect(covers([...a, ...rest.uncovered], b).state).toBe('covered');
    }));
  });

  it('compares rules right by right, as the server does', () => {
    fc.assert(fc.property(rules, rules, (owner, servant) => {
      const uncovered = servant.flatMap(single).filter((right) => !owner.some((given) => holdsRight(given, right)));
      const answer = covers(owner, servant);
      expect(answer.state === 'uncovered' ? answer.uncovered : []).toEqual(uncovered);
    }), { numRuns: 300 });
  });
});

function single(given: PolicyRule): PolicyRule[] {
  const none = { apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };
  const names = given.resourceNames.length > 0 ? given.resourceNames.map((name) => [name]) : [[]];
  return [
    ...given.apiGroups.flatMap((apiGroup) => given.resources.flatMap((resource) => given.verbs.flatMap((verb) =>
      names.map((resourceNames) => ({ ...none, verbs: [verb], apiGroups: [apiGroup], resources: [resource], resourceNames }))))),
    ...given.nonResourceURLs.flatMap((url) => given.verbs.map((verb) => ({ ...none, verbs: [verb], nonResourceURLs: [url] }))),
  ];
}

function holdsRight(given: PolicyRule, right: PolicyRule): boolean {
  const all = (has: readonly string[], wanted: readonly string[]): boolean => wanted.every((word) => has.includes(word));
  return (given.verbs.includes('*') || all(given.verbs, right.verbs))
    && (given.apiGroups.includes('*') || all(given.apiGroups, right.apiGroups))
    && (given.resources.includes('*') || right.resources.every((word) => given.resources.includes(word) || (word.includes('/') && given.resources.includes(`*${word.slice(word.indexOf('/'))}`))))
    && (given.resourceNames.length === 0 || (right.resourceNames.length > 0 && all(given.resourceNames, right.resourceNames)))
    && right.nonResourceURLs.every((url) => given.nonResourceURLs.some((held) => held === url || (held.endsWith('*') && url.startsWith(held.slice(0, -1)))));
}
