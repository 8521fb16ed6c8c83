import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessRequest } from './access-facts.js';
import { AccessIndex } from './access-index.js';
import { canI } from './can-i.js';
import { rightSize } from './right-size.js';
import { account, allRights, clusterRole, facts, group, narrow, role, rule, urlRule, user, wide } from './testing/written-facts.js';

const web = { user: 'system:serviceaccount:shop:web' };
const index = new AccessIndex(facts({
  roles: [role('shop', 'spare', [rule('get', 'secrets')])],
  clusterRoles: [clusterRole('everything', [allRights, urlRule('get', '/metrics')]), clusterRole('look', [rule('get', 'namespaces')])],
  roleBindings: [narrow('shop', 'spare', 'Role/spare', account('shop', 'web'))],
  clusterRoleBindings: [wide('admin', 'everything', account('shop', 'web')), wide('all', 'look', group('system:serviceaccounts'))],
}));
const used: readonly AccessRequest[] = [
  { verb: 'get', resource: 'configmaps', name: 'settings', namespace: 'shop' },
  { verb: 'list', resource: 'pods', namespace: 'shop' },
  { verb: 'list', resource: 'configmaps', namespace: 'shop' },
  { verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale', name: 'web', namespace: 'shop' },
  { verb: 'get', resource: 'configmaps', name: 'other', namespace: 'shop' },
  { verb: 'watch', resource: 'nodes' },
  { verb: 'get', path: '/metrics' },
  { verb: 'get', path: '/secret' },
];

describe('rightSize', () => {
  it('makes a role a namespace, and one of the cluster, of what was used', () => {
    const { roles, bindings, notGranted } = rightSize(index, web, used);
    expect(roles.map(({ kind, namespace, name, rules }) => [kind, namespace, name, rules.map(({ verbs, resources, nonResourceURLs }) => `${verbs.join()} ${[...resources, ...nonResourceURLs].join()}`)])).toEqual([
      ['ClusterRole', '', 'right-sized:system:serviceaccount:shop:web', ['watch nodes', 'get /metrics']],
      ['Role', 'shop', 'right-sized:system:serviceaccount:shop:web', ['get,list configmaps', 'list pods', 'patch deployments/scale']],
    ]);
    expect(bindings).toMatchObject([{ kind: 'ClusterRoleBinding', roleKind: 'ClusterRole', subjects: [account('shop', 'web')] }, { kind: 'RoleBinding', namespace: 'shop', roleKind: 'Role', roleName: 'right-sized:system:serviceaccount:shop:web' }]);
    expect(notGranted).toEqual([7]);
  });

  it('tells the bindings that gave it, those that gave nothing used, and those that stay', () => {
    expect(rightSize(index, web, used)).toMatchObject({ replaces: [{ kind: 'ClusterRoleBinding', name: 'admin' }], surplus: [{ kind: 'RoleBinding', namespace: 'shop', name: 'spare' }], byGroup: [{ name: 'all' }] });
    expect(rightSize(index, web, [])).toMatchObject({ roles: [], bindings: [], replaces: [], surplus: [{ name: 'admin' }, { name: 'spare' }] });
  });

  it('names objects where asked to, never for verbs that have none', () => {
    const { roles } = rightSize(index, web, used, { byName: true });
    expect(roles[1]!.rules).toEqual([
      rule('get', 'configmaps', { resourceNames: ['other', 'settings'] }), rule('list', 'configmaps,pods'), rule('patch', 'deployments/scale', { apiGroups: ['apps'], resourceNames: ['web'] }),
    ]);
  });

  it('never makes a right to one object one to all', () => {
    const named = new AccessIndex(facts({ roles: [role('shop', 'db', [rule('get,list', 'secrets', { resourceNames: ['db'] })])], roleBindings: [narrow('shop', 'db', 'Role/db', account('shop', 'web'))] }));
    const asked = ['get', 'list'].map((verb) => ({ verb, resource: 'secrets', name: 'db', namespace: 'shop' }));
    expect(rightSize(named, web, asked).roles).toEqual([role('shop', 'right-sized:system:serviceaccount:shop:web', [rule('get,list', 'secrets', { resourceNames: ['db'] })])]);
  });

  it('names people too, by a name that a role can have', () => {
    const people = new AccessIndex(facts({ clusterRoles: [clusterRole('everything', [allRights])], clusterRoleBindings: [wide('admin', 'everything', user('Jane Doe@example.org'))] }));
    expect(rightSize(people, { user: 'Jane Doe@example.org' }, [{ verb: 'get', resource: 'pods' }])).toMatchObject({ roles: [{ name: 'right-sized:Jane Doe@example.org' }], bindings: [{ subjects: [user('Jane Doe@example.org')] }] });
  });

  it('names no role of one subject as that of another', () => {
    const names = ['system:serviceaccount:shop:web', 'system:serviceaccount:bank:web', 'web', 'Web', 'a/b', 'a~1b', 'a%b', 'a~b'].map((subject) => {
      const one = new AccessIndex(facts({ clusterRoles: [clusterRole('everything', [allRights])], clusterRoleBindings: [wide('admin', 'everything', user(subject))] }));
      return rightSize(one, { user: subject }, [{ verb: 'get', resource: 'pods' }]).roles[0]!.name;
    });
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => /[/%]/.test(name))).toEqual([]);
  });

  it('allows what was used and is allowed, and nothing that the subject may not do', () => {
    const word = (...words: string[]) => fc.constantFrom(...words);
    const request: fc.Arbitrary<AccessRequest> = fc.oneof(
      fc.record({ verb: word('get', 'list', 'create', 'delete'), group: word('', 'apps'), resource: word('pods', 'deployments'), subresource: word('', 'status'), name: word('', 'a', 'b'), namespace: word('', 'shop', 'bank') }),
      fc.record({ verb: word('get', 'post'), path: word('/metrics', '/healthz') }),
    );
    const given = fc.record({
      verbs: fc.subarray(['get', 'list', 'create', '*'], { minLength: 1 }), apiGroups: fc.subarray(['', 'apps', '*'], { minLength: 1 }), resources: fc.subarray(['pods', 'pods/status', 'deployments', '*'], { minLength: 1 }),
      resourceNames: fc.subarray(['a']), nonResourceURLs: fc.constant<string[]>([]),
    });
    fc.assert(fc.property(fc.array(given, { maxLength: 3 }), fc.array(given, { maxLength: 2 }), fc.array(request, { maxLength: 8 }), fc.boolean(), request, (wideRules, narrowRules, asked, byName, probe) => {
      const before = new AccessIndex(facts({
        roles: [role('shop', 'n', narrowRules)], clusterRoles: [clusterRole('w', [...wideRules, urlRule('get', '/metrics')])],
        roleBindings: [narrow('shop', 'n', 'Role/n', account('shop', 'web'))], clusterRoleBindings: [wide('w', 'w', account('shop', 'web'))],
      }));
      const { roles, bindings, notGranted } = rightSize(before, web, asked, { byName });
      const after = new AccessIndex(facts({
        roles: roles.filter(({ kind }) => kind === 'Role'), clusterRoles: roles.filter(({ kind }) => kind === 'ClusterRole'),
        roleBindings: bindings.filter(({ kind }) => kind === 'RoleBinding'), clusterRoleBindings: bindings.filter(({ kind }) => kind === 'ClusterRoleBinding'),
      }));
      for (const [at, each] of asked.entries()) {
        expect(canI(before, { ...web, ...each }).allowed).toBe(!notGranted.includes(at));
        if (!notGranted.includes(at)) expect(canI(after, { ...web, ...each }).allowed).toBe(true);
      }
      if (canI(after, { ...web, ...probe }).allowed) expect(canI(before, { ...web, ...probe }).allowed).toBe(true);
    }), { numRuns: 300 });
  });
});
