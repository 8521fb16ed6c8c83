import { describe, expect, it } from 'vitest';
import { catalogue } from '#controls/catalogue.js';
import { evaluate } from '#controls/engine/evaluate.js';
import { foundEvaluation } from '#findings/found-failure.js';
import { reconcile } from '#findings/reconcile.js';
import type { KnownFinding } from '#findings/known-finding.js';
import { inventoryOf, objectsOf } from '#test/support/example-inventory.js';

/** What the second state of a cluster tells where the first one was known: transition and part. */
function told(controlId: string, before: string, after: string): readonly string[] {
  const control = catalogue.find(({ id }) => id === controlId)!;
  const judge = (yaml: string) => evaluate([control], inventoryOf(objectsOf(yaml), { version: 'v1.36.2' }), {}, Date.parse('2026-11-24T12:00:00Z')).map(foundEvaluation);
  const part = (key: string) => key.slice(key.lastIndexOf('|') + 1);
  const first = reconcile([], judge(before), new Map(), 'first');
  const known = [...first.transitions].map(({ key, severity, digest, sequence }): KnownFinding => ({ key, controlId, state: 'open', severity, digest, sequence }));
  const memories = new Map(first.memories.map((memory) => [controlId, memory]));
  return [...reconcile(known, judge(after), memories, 'second').transitions].map(({ transition, key }) => `${transition} ${part(key)}`).toSorted();
}

const role = (rules: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: helper}
rules: ${rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: helper}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: helper}
subjects: [{kind: ServiceAccount, name: helper, namespace: tools}]`;
const escalates = role('[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [update, escalate]}]');
const everything = role('[{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]');
const reads = role('[{apiGroups: [""], resources: [pods], verbs: [get]}]');

const namespace = (labels: string) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {${labels}}}`;
const baseline = namespace('pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/enforce-version: v1.36');

const ingress = (tls: string) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop, annotations: {nginx.ingress.kubernetes.io/ssl-redirect: "false"}}
spec:
  ingressClassName: nginx
  rules: [{host: www.shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
  tls: ${tls}`;
const tls = '[{hosts: [www.shop.example], secretName: web-tls}]';

describe('what got worse resolves nothing', () => {
  it('a role that may do everything still may do what it could before', () => {
    const grew = told('control-plane/escalation-verbs', escalates, everything);
    expect(grew.filter((line) => line.startsWith('resolved'))).toEqual([]);
    expect(grew).toContain('regressed everything');
    expect(told('control-plane/escalation-verbs', everything, reads)).toEqual(['resolved everything']);
    expect(told('control-plane/escalation-verbs', escalates, reads)).toEqual(['resolved escalate']);
  });

  it('a namespace that enforces nothing is no better than one that enforces baseline', () => {
    expect(told('workloads/psa-enforce', baseline, namespace('team: web'))).toEqual(['regressed enforce']);
    expect(told('workloads/psa-enforce', baseline, namespace('pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/enforce-version: v1.36'))).toEqual(['resolved restricted']);
  });

  it('an Ingress without TLS is no better than one beside which plain HTTP is served', () => {
    expect(told('network/ingress-tls', ingress(tls), ingress('[]'))).toEqual(['regressed tls']);
  });
});
