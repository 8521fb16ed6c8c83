import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf, type InventoryOptions } from '#test/support/example-inventory.js';
import { evaluate } from '../engine/evaluate.js';
import { podSecurityPolicy } from './pod-security-policy.js';

const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: psp}\nrules: [{apiGroups: [policy], resources: [podsecuritypolicies], verbs: [use]}]';
const namespace = (name: string, level?: string) => `\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {${level === undefined ? '' : `pod-security.kubernetes.io/enforce: ${level}`}}}`;
const judge = (manifests: string, options: InventoryOptions = {}) => evaluate([podSecurityPolicy], inventoryOf(objectsOf(manifests), options))[0]!;

describe('pod security policies before their end', () => {
  it('are relied on as long as any namespace has nothing in their place', () => {
    const some = `${role}${namespace('shop', 'baseline')}${namespace('till')}`;
    expect(judge(some, { version: 'v1.24.9' })).toMatchObject({ outcome: 'fail', failures: [{ severity: 'high', detail: { namespaces: ['till'] } }] });
    expect(judge(some, { version: 'v1.35.0' })).toMatchObject({ outcome: 'fail', failures: [{ severity: 'high' }] });
    // What Kubernetes keeps for itself needs its nodes, or holds no pods.
    const all = `${role}${namespace('shop', 'baseline')}${namespace('kube-system')}${namespace('kube-public')}${namespace('kube-node-lease')}`;
    expect(judge(all, { version: 'v1.24.9' })).toMatchObject({ outcome: 'pass' });
    expect(judge(all, { version: 'v1.35.0' })).toMatchObject({ outcome: 'fail', failures: [{ severity: 'low' }] });
  });

  it('do not pass for replaced where not every namespace was read', () => {
    const partial: InventoryOptions = { version: 'v1.24.9', outcomes: { namespaces: { state: 'partial', count: 1, reason: 'timed-out', detail: 'the server stopped answering' } } };
    expect(judge(`${role}${namespace('shop', 'baseline')}`, partial)).toMatchObject({ outcome: 'unknown', passed: 0 });
    expect(judge(`${role}${namespace('shop')}`, partial)).toMatchObject({ outcome: 'fail' });
  });
});
