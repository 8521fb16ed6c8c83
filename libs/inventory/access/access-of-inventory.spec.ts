import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf } from '#test/support/example-inventory.js';
import { AccessIndex } from './access-index.js';
import { accessFactsOf } from './access-of-inventory.js';
import { canI } from './can-i.js';
import { unused } from './unused.js';

const sample = objectsOf(readFileSync('apps/standalone/sample/shop.yaml', 'utf8'));
const clusterRole = (name: string, more: object) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, ...more });
const aggregating = [
  clusterRole('shop-all', { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'example.com/aggregate-to-shop': 'true' } }] } }),
  clusterRole('shop-part', { metadata: { name: 'shop-part', labels: { 'example.com/aggregate-to-shop': 'true', team: 'shop' } }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['delete'] }] }),
  {
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'shop' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'shop-all' }, subjects: [{ kind: 'User', name: 'jane' }],
  },
];

describe('what RBAC decides by, of an inventory', () => {
  it('computes aggregation by labels of any name', () => {
    const index = new AccessIndex(accessFactsOf(inventoryOf(aggregating)), 'computed');
    expect(canI(index, { user: 'jane', verb: 'delete', resource: 'pods' })).toMatchObject({ allowed: true, chain: { role: { name: 'shop-all' }, aggregatedFrom: 'shop-part' } });
    expect(unused(index).unboundRoles).toEqual({ state: 'known', value: [] });
  });

  it('tells which role a served aggregate has a rule from, and does not call that unused', () => {
    const index = new AccessIndex(accessFactsOf(inventoryOf(sample)));
    const answer = canI(index, { user: 'system:serviceaccount:default:default', verb: 'create', group: 'apps', resource: 'deployments', namespace: 'default' });
    expect(answer).toMatchObject({ allowed: true, chain: { role: { name: 'edit' }, aggregatedFrom: 'system:aggregate-to-edit' } });
    const { unboundRoles } = unused(index);
    expect(unboundRoles.state === 'known' && unboundRoles.value.map(({ name }) => name)).not.toContain('system:aggregate-to-edit');
  });

  it('gives no accounts where they were not all read, and names the lists of RBAC that were not', () => {
    const missing = (key: string) => ({ state: 'missing', reason: 'forbidden', detail: `list ${key}: forbidden` }) as const;
    const facts = accessFactsOf(inventoryOf(sample, { outcomes: { serviceaccounts: missing('serviceaccounts'), 'roles.rbac.authorization.k8s.io': missing('roles') } }));
    expect(facts.serviceAccounts).toBeUndefined();
    expect(facts.incomplete).toEqual(['roles.rbac.authorization.k8s.io']);
    expect(accessFactsOf(inventoryOf(sample)).incomplete).toEqual([]);
  });
});
