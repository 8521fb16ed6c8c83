import { describe, expect, it } from 'vitest';
import { projectMetadata, projectNode, projectRole } from './objects.js';

const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults', 'example.com/aggregate-to-shop': 'true', team: 'shop' };

describe('facts of objects', () => {
  it('keep every label of a cluster role, by any of which another may aggregate it', () => {
    expect(projectRole({ metadata: { labels } }, { namespace: '', name: 'shop-reader' }, 'ClusterRole')).toMatchObject({ labels });
    expect(projectRole({ metadata: {} }, { namespace: '', name: 'bare' }, 'ClusterRole')).not.toHaveProperty('labels');
  });

  it('keep of a role, which nothing aggregates, only labels that decide verdicts', () => {
    expect(projectRole({ metadata: { labels } }, { namespace: 'shop', name: 'reader' }, 'Role').labels).toEqual({ 'kubernetes.io/bootstrapping': 'rbac-defaults' });
  });

  it('keep of a Secret whose token it holds, and never what else is in it', () => {
    const secret = { type: 'kubernetes.io/service-account-token', metadata: { annotations: { 'kubernetes.io/service-account.name': 'web', note: 'private' } }, data: { token: 'c2VjcmV0' } };
    expect(projectMetadata(secret, { namespace: 'shop', name: 'web-token' })).toEqual({
      namespace: 'shop', name: 'web-token', type: 'kubernetes.io/service-account-token', annotations: { 'kubernetes.io/service-account.name': 'web' },
    });
  });

  it.each([
    ['["server"]', 'on'],
    ['["server","--flannel-backend","none","--disable-network-policy","true"]', 'off'],
    ['["server","--disable-network-policy"]', 'off'],
    ['["server","--disable-network-policy","false"]', 'on'],
    ['["agent"]', undefined],
  ] as const)('keep of a node that was started with %s that policies are %s', (args, expected) => {
    expect(projectNode({ metadata: { annotations: { 'k3s.io/node-args': args } } }, { namespace: '', name: 'a' }).policyController).toBe(expected);
  });
});
