import { describe, expect, it } from 'vitest';
import { accessDifference } from './access-difference.js';
import type { AccessFacts } from './access-facts.js';
import { AccessIndex } from './access-index.js';
import { account, clusterRole, group, narrow, role, rule, user, wide } from './testing/written-facts.js';

const nobody: AccessFacts = { roles: [], clusterRoles: [], roleBindings: [], clusterRoleBindings: [] };
const said = (before: AccessFacts, after: AccessFacts, limit = 100) => {
  const { grown, isCut } = accessDifference(new AccessIndex(before), new AccessIndex(after), limit);
  return { isCut, grown: grown.map(({ subject, namespace, rights, count }) => `${subject.kind} ${subject.namespace}/${subject.name} in '${namespace}': ${rights.map(({ verbs, resources }) => `${verbs[0]} ${resources[0]}`).join(', ')} (${count})`) };
};

const before: AccessFacts = {
  ...nobody,
  clusterRoles: [clusterRole('reader', [rule('get,list', 'pods')])],
  roles: [role('shop', 'writer', [rule('create', 'pods')])],
  clusterRoleBindings: [wide('readers', 'reader', group('staff'), account('ops', 'bot'))],
  roleBindings: [narrow('shop', 'writers', 'Role/writer', user('ann'))],
};

describe('the difference in access', () => {
  it('is nothing between a cluster and itself, whatever the order', () => {
    expect(said(before, before)).toEqual({ grown: [], isCut: false });
    expect(said(before, { ...before, clusterRoles: [clusterRole('reader', [rule('list', 'pods'), rule('get', 'pods')])] })).toEqual({ grown: [], isCut: false });
  });

  it('names who may do more, where, and what', () => {
    const after: AccessFacts = {
      ...before,
      clusterRoles: [clusterRole('reader', [rule('get,list,watch', 'pods')])],
      roleBindings: [...before.roleBindings, narrow('shop', 'more', 'Role/writer', account('ops', 'bot'), user('eve'))],
    };
    expect(said(before, after).grown).toEqual([
      "Group /staff in '': watch pods (1)",
      "ServiceAccount ops/bot in '': watch pods (1)",
      "ServiceAccount ops/bot in 'shop': create pods (1)",
      "User /eve in 'shop': create pods (1)",
    ]);
    // The other way round it is what was lost.
    expect(said(after, before).grown).toEqual([]);
  });

  it('counts a right that was held in the whole cluster as held in a namespace', () => {
    const after = { ...before, roleBindings: [...before.roleBindings, narrow('shop', 'again', 'ClusterRole/reader', account('ops', 'bot'))] };
    expect(said(before, after).grown).toEqual([]);
    expect(said({ ...before, clusterRoleBindings: [] }, after).grown).toContain("ServiceAccount ops/bot in 'shop': get pods, list pods (2)");
  });

  it('ends at its limit and says so', () => {
    expect(said(nobody, before, 1)).toMatchObject({ isCut: true, grown: [expect.anything()] });
  });
});
