import { describe, expect, it } from 'vitest';
import type { PolicyRule } from '../facts.js';
import { AccessIndex } from './access-index.js';
import { canI } from './can-i.js';
import { account, allRights, clusterRole, facts, group, narrow, role, rule, urlRule, user, wide } from './testing/written-facts.js';
import { whatCan } from './what-can.js';
import { whoCan } from './who-can.js';

const one = (given: PolicyRule): AccessIndex => new AccessIndex(facts({ clusterRoles: [clusterRole('r', [given])], clusterRoleBindings: [wide('b', 'r', user('jane'))] }));
const jane = (index: AccessIndex, verb: string, what: string, name?: string): boolean => {
  const [resource = '', subresource] = what.split('/');
  return canI(index, { user: 'jane', verb, resource, subresource, name, namespace: 'shop' }).allowed;
};

describe('canI', () => {
  it('reads subresources as the API server does', () => {
    expect(jane(one(rule('create', 'pods/*')), 'create', 'pods/exec')).toBe(false);
    expect(jane(one(rule('create', 'pods/*')), 'create', 'pods')).toBe(false);
    expect(jane(one(rule('create', '*')), 'create', 'pods/exec')).toBe(true);
    expect(jane(one(rule('create', '*/exec')), 'create', 'pods/exec')).toBe(true);
    expect(jane(one(rule('create', '*/exec')), 'create', 'pods/attach')).toBe(false);
    expect(jane(one(rule('create', 'pods')), 'create', 'pods/exec')).toBe(false);
    expect(jane(one(rule('create', 'pods/exec')), 'create', 'pods/exec')).toBe(true);
  });

  it('takes case and names literally', () => {
    expect(jane(one(rule('Get', 'pods')), 'get', 'pods')).toBe(false);
    const named = one(rule('get,list', 'secrets', { resourceNames: ['db'] }));
    expect(jane(named, 'get', 'secrets', 'db')).toBe(true);
    expect(jane(named, 'get', 'secrets', 'other')).toBe(false);
    expect(jane(named, 'list', 'secrets')).toBe(false);
    const star = new AccessIndex(facts({ clusterRoles: [clusterRole('r', [allRights])], clusterRoleBindings: [wide('b', 'r', user('*'))] }));
    expect(canI(star, { user: 'jane', verb: 'get', resource: 'pods' }).allowed).toBe(false);
  });

  it('matches URLs by a star at the end only, and never through a RoleBinding', () => {
    const ask = (index: AccessIndex, path: string): boolean => canI(index, { user: 'jane', verb: 'get', path, namespace: 'shop' }).allowed;
    expect(ask(one(urlRule('get', '/healthz/*')), '/healthz/etcd')).toBe(true);
    expect(ask(one(urlRule('get', '/healthz/*')), '/healthz')).toBe(false);
    expect(ask(one(urlRule('get', '/*/etcd')), '/healthz/etcd')).toBe(false);
    expect(ask(one(urlRule('get', '*')), '/anything')).toBe(true);
    expect(ask(one(allRights), '/healthz')).toBe(false);
    expect(ask(new AccessIndex(facts({ clusterRoles: [clusterRole('r', [urlRule('get', '*')])], roleBindings: [narrow('shop', 'b', 'ClusterRole/r', user('jane'))] })), '/x')).toBe(false);
  });

  it('knows service accounts by every name they have', () => {
    const pods = [clusterRole('r', [rule('get', 'pods')])];
    const asks = (index: AccessIndex, namespace = 'shop'): boolean => canI(index, { user: 'system:serviceaccount:shop:web', verb: 'get', resource: 'pods', namespace }).allowed;
    for (const subject of [account('shop', 'web'), user('system:serviceaccount:shop:web'), group('system:serviceaccounts'), group('system:serviceaccounts:shop'), group('system:authenticated')]) {
      expect(asks(new AccessIndex(facts({ clusterRoles: pods, clusterRoleBindings: [wide('b', 'r', subject)] })))).toBe(true);
    }
    expect(asks(new AccessIndex(facts({ clusterRoles: pods, clusterRoleBindings: [wide('b', 'r', account('other', 'web'), group('system:serviceaccounts:other'))] })))).toBe(false);
    // Without a namespace: the RoleBinding's own, and nobody in a ClusterRoleBinding.
    expect(asks(new AccessIndex(facts({ clusterRoles: pods, roleBindings: [narrow('shop', 'b', 'ClusterRole/r', account('', 'web'))] })))).toBe(true);
    expect(asks(new AccessIndex(facts({ clusterRoles: pods, clusterRoleBindings: [wide('b', 'r', account('', 'web'))] })))).toBe(false);
  });

  it('implies groups as asked to', () => {
    const index = new AccessIndex(facts({ clusterRoles: [clusterRole('r', [rule('get', 'pods')])], clusterRoleBindings: [wide('b', 'r', group('system:authenticated'))] }));
    const ask = (name: string, implied?: 'service-accounts' | 'login' | 'none'): boolean => canI(index, { user: name, verb: 'get', resource: 'pods' }, { implied }).allowed;
    expect([ask('jane'), ask('jane', 'login'), ask('system:anonymous', 'login'), ask('system:serviceaccount:a:b', 'none'), ask('system:serviceaccount:A:b')]).toEqual([false, true, false, false, false]);
  });

  it('grants nothing through what is missing or unknown', () => {
    const admin = [clusterRole('r', [allRights])];
    const asks = (given: Parameters<typeof facts>[0], namespace = 'shop'): boolean => canI(new AccessIndex(facts(given)), { user: 'jane', verb: 'get', resource: 'pods', namespace }).allowed;
    expect(asks({ clusterRoleBindings: [wide('b', 'gone', user('jane'))] })).toBe(false);
    expect(asks({ clusterRoles: admin, clusterRoleBindings: [{ ...wide('b', 'r', user('jane')), roleKind: 'Role' }] })).toBe(false);
    expect(asks({ clusterRoles: admin, clusterRoleBindings: [wide('b', 'r', { kind: 'Robot', name: 'jane', namespace: '' })] })).toBe(false);
    expect(asks({ roles: [role('other', 'r', [allRights])], roleBindings: [narrow('shop', 'b', 'Role/r', user('jane'))] })).toBe(false);
    expect(asks({ clusterRoles: admin, roleBindings: [narrow('shop', 'b', 'ClusterRole/r', user('jane'))] }, '')).toBe(false);
    expect(asks({ clusterRoles: admin, roleBindings: [narrow('', 'b', 'ClusterRole/r', user('jane'))] }, '')).toBe(false);
  });

  it('lets system:masters in, unless asked what RBAC alone says', () => {
    const query = { user: 'jane', groups: ['system:masters'], verb: 'get', resource: 'pods' };
    expect(canI(new AccessIndex(facts({})), query)).toEqual({ allowed: true, chain: { by: 'superuser', subject: group('system:masters') } });
    expect(canI(new AccessIndex(facts({})), query, { superusers: false })).toEqual({ allowed: false });
  });

  it('gives the chain: group, binding, role, rule', () => {
    const get = rule('get', 'pods');
    const index = new AccessIndex(facts({ roles: [role('shop', 'reader', [rule('get', 'secrets'), get])], roleBindings: [narrow('shop', 'readers', 'Role/reader', group('team'))] }));
    expect(canI(index, { user: 'jane', groups: ['team'], verb: 'get', resource: 'pods', namespace: 'shop' })).toEqual({
      allowed: true,
      chain: {
        by: 'binding', subject: group('team'), binding: { kind: 'RoleBinding', namespace: 'shop', name: 'readers' },
        role: { kind: 'Role', namespace: 'shop', name: 'reader' }, ruleIndex: 1, rule: get,
      },
    });
  });
});

describe('aggregated cluster roles', () => {
  const selector = (key: string) => ({ matchLabels: { [key]: 'true' }, matchExpressions: [] });
  const get = rule('get', 'pods');
  const roles = [
    clusterRole('admin', [], { aggregates: [selector('to-admin')] }),
    clusterRole('edit', [], { aggregates: [selector('to-edit')], labels: { 'to-admin': 'true' } }),
    clusterRole('leaf', [rule('list', 'pods'), get], { labels: { 'to-edit': 'true' } }),
  ];
  const query = { user: 'jane', verb: 'get', resource: 'pods' };
  const bound = [wide('b', 'admin', user('jane'))];

  it('are empty as served where the server has written nothing', () => {
    expect(canI(new AccessIndex(facts({ clusterRoles: roles, clusterRoleBindings: bound })), query).allowed).toBe(false);
  });

  it('are gathered through other aggregates for manifests', () => {
    expect(canI(new AccessIndex(facts({ clusterRoles: roles, clusterRoleBindings: bound }), 'computed'), query))
      .toMatchObject({ allowed: true, chain: { role: { name: 'admin' }, aggregation: 'computed', aggregatedFrom: 'leaf', ruleIndex: 1 } });
  });

  it('may select each other in a circle', () => {
    const circle = [
      clusterRole('admin', [], { aggregates: [selector('x')], labels: { y: 'true' } }),
      clusterRole('edit', [], { aggregates: [selector('y'), { matchLabels: {}, matchExpressions: [] }], labels: { x: 'true' } }),
      clusterRole('leaf', [get], { labels: { y: 'true' } }),
    ];
    expect(canI(new AccessIndex(facts({ clusterRoles: circle, clusterRoleBindings: bound }), 'computed'), query)).toMatchObject({ allowed: true, chain: { aggregatedFrom: 'leaf' } });
  });

  it('say where a served rule came from', () => {
    const served = [clusterRole('admin', [get], { aggregates: [selector('to-edit')] }), roles[2]!];
    expect(canI(new AccessIndex(facts({ clusterRoles: served, clusterRoleBindings: bound }), 'computed'), query))
      .toMatchObject({ chain: { aggregation: 'as-served', aggregatedFrom: 'leaf', ruleIndex: 0 } });
  });
});

describe('whoCan and whatCan', () => {
  const index = new AccessIndex(facts({
    clusterRoles: [clusterRole('r', [rule('get', 'pods')])],
    roleBindings: [narrow('shop', 'b', 'ClusterRole/r', account('', 'web'), user('jane')), narrow('bank', 'b', 'ClusterRole/r', user('joe'))],
    clusterRoleBindings: [wide('all', 'r', group('ops'), user('jane'))],
  }));

  it('names each subject once, cluster-wide grants first', () => {
    expect(whoCan(index, { verb: 'get', resource: 'pods', namespace: 'shop' }).map(({ subject, chain }) => [subject.kind, subject.namespace, subject.name, chain.by === 'binding' ? chain.binding.name : ''])).toEqual([
      ['Group', '', 'system:masters', ''], ['Group', '', 'ops', 'all'], ['User', '', 'jane', 'all'], ['ServiceAccount', 'shop', 'web', 'b'],
    ]);
    expect(whoCan(index, { verb: 'get', resource: 'pods' }, { superusers: false }).map(({ subject }) => subject.name)).toEqual(['ops', 'jane']);
  });

  it('lists all rules of a subject, or those of one namespace', () => {
    expect([...whatCan(index, { user: 'jane', groups: ['ops'] })].map(({ namespace }) => namespace)).toEqual(['', '', 'shop']);
    expect([...whatCan(index, { user: 'joe' }, 'shop')]).toEqual([]);
    expect([...whatCan(index, { user: 'joe' }, 'bank')]).toHaveLength(1);
    expect([...whatCan(index, { user: 'jane' }, '')]).toHaveLength(1);
    expect([...whatCan(index, { user: 'root', groups: ['system:masters'] })]).toHaveLength(2);
  });
});
