import { describe, expect, it } from 'vitest';
import { AccessIndex } from './access-index.js';
import { account, clusterRole, facts, narrow, role, rule, user, wide } from './testing/written-facts.js';
import { unused } from './unused.js';

const some = facts({
  roles: [role('shop', 'loose', [rule('get', 'pods')])],
  clusterRoles: [
    clusterRole('sum', [], { aggregates: [{ matchLabels: { part: 'yes' }, matchExpressions: [] }] }),
    clusterRole('part', [rule('get', 'pods')], { labels: { part: 'yes' } }),
    clusterRole('idle', [rule('get', 'pods')]),
  ],
  clusterRoleBindings: [wide('b', 'sum', account('shop', 'web'), user('jane')), wide('lost', 'gone', user('jane'))],
  roleBindings: [narrow('shop', 'nobody', 'ClusterRole/sum')],
});

describe('unused', () => {
  it('finds roles nobody is bound to, counting what is aggregated into one that is', () => {
    expect(unused(new AccessIndex(some)).unboundRoles).toEqual({ state: 'known', value: [{ kind: 'ClusterRole', namespace: '', name: 'idle' }, { kind: 'Role', namespace: 'shop', name: 'loose' }] });
  });

  it('finds bindings to no role and to nobody', () => {
    const { danglingBindings, emptyBindings } = unused(new AccessIndex(some));
    expect(danglingBindings).toEqual({ state: 'known', value: [{ binding: { kind: 'ClusterRoleBinding', namespace: '', name: 'lost' }, role: { kind: 'ClusterRole', name: 'gone' } }] });
    expect(emptyBindings).toEqual([{ kind: 'RoleBinding', namespace: 'shop', name: 'nobody' }]);
  });

  it('concludes from absence only where a list was read to the end', () => {
    expect(unused(new AccessIndex(some)).lostSubjects).toEqual({ state: 'unknown', missing: ['serviceaccounts'] });
    const complete = unused(new AccessIndex({ ...some, serviceAccounts: [] })).lostSubjects;
    expect(complete).toMatchObject({ state: 'known', value: [{ binding: { name: 'b' }, subjects: [account('shop', 'web')] }] });
    const key = 'clusterroles.rbac.authorization.k8s.io';
    const { danglingBindings, unboundRoles } = unused(new AccessIndex({ ...some, incomplete: [key] }));
    expect([danglingBindings, unboundRoles]).toEqual([{ state: 'unknown', missing: [key] }, { state: 'unknown', missing: [key] }]);
  });
});
