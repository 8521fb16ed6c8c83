import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf, type InventoryOptions } from '#test/support/example-inventory.js';
import { catalogue } from '../catalogue.js';
import { escalationVerbs } from '../control-plane/escalation-verbs.js';
import { hostNamespaces } from '../workloads/host-namespaces.js';
import { psaEnforce } from '../workloads/psa-enforce.js';
import { pssBaseline } from '../workloads/pss-baseline.js';
import type { Control } from './control.js';
import { evaluate } from './evaluate.js';
import type { PartResult } from './evaluation.js';
import { pass, provenFail } from './verdict.js';

const NOW = Date.parse('2026-11-24T12:00:00Z');

const partsOf = (control: Control, yaml: string, options: InventoryOptions = {}): Readonly<Record<string, PartResult>> =>
  evaluate([control], inventoryOf(objectsOf(yaml), options), {}, NOW)[0]!.parts ?? {};
const outcomes = (control: Control, yaml: string, options?: InventoryOptions) => Object.fromEntries(Object.entries(partsOf(control, yaml, options)).map(([part, { outcome }]) => [part, outcome]));

const pod = (spec: string, name = 'web', namespace = 'shop') => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, annotations: {kubernetes.io/config.mirror: x}}
spec: {${spec}, containers: [{name: app, image: a}]}`;

const cluster = (rules: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: strong}
rules: ${rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: strong}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: strong}
subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]`;

describe('what a control says of its parts', () => {
  it('tells one setting from its neighbours', () => {
    expect(partsOf(hostNamespaces, `${pod('hostPID: true')}\n---${pod('hostIPC: false', 'other')}`)).toEqual({
      hostNetwork: { outcome: 'pass', passed: 2, failed: 0, unknown: 0, notApplicable: 0 },
      hostPID: { outcome: 'fail', passed: 1, failed: 1, unknown: 0, notApplicable: 0 },
      hostIPC: { outcome: 'pass', passed: 2, failed: 0, unknown: 0, notApplicable: 0 },
    });
  });

  it('tells rules that one result judges together', () => {
    const said = outcomes(pssBaseline, pod('hostPID: true'), { version: 'v1.36.0' });
    expect(Object.keys(said)).toHaveLength(12);
    expect(Object.entries(said).filter(([, outcome]) => outcome === 'fail')).toEqual([['hostNamespaces', 'fail']]);
    expect(new Set(Object.values(outcomes(pssBaseline, pod('hostPID: false'), { version: 'v1.36.0' })))).toEqual(new Set(['pass']));
  });

  it('fails every rule where a failure names none', () => {
    const silent: Control = { ...pssBaseline, check: () => provenFail('it breaks the level') };
    expect(new Set(Object.values(outcomes(silent, pod('hostPID: true'), { version: 'v1.36.0' })))).toEqual(new Set(['fail']));
  });

  it('fails with a wider part those that it says too', () => {
    expect(new Set(Object.values(outcomes(escalationVerbs, cluster('[{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]'))))).toEqual(new Set(['fail']));
    const narrow = outcomes(escalationVerbs, cluster('[{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate, update]}]'));
    expect([narrow['escalate'], narrow['bind'], narrow['everything']]).toEqual(['fail', 'pass', 'pass']);
  });

  it('asks nothing of a part whose wider part is expected to fail', () => {
    const namespace = (name: string) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}`;
    expect(outcomes(psaEnforce, namespace('kube-system'))).toMatchObject({ enforce: 'not-applicable', restricted: 'not-applicable' });
    expect(outcomes(psaEnforce, namespace('shop'))).toMatchObject({ enforce: 'fail', restricted: 'fail' });
    expect(outcomes(hostNamespaces, pod('hostNetwork: true', 'kube-apiserver-a', 'kube-system'))).toMatchObject({ hostNetwork: 'not-applicable', hostPID: 'pass' });
  });

  it('passes no part while subjects may be unseen, and none of a control that broke', () => {
    const blind = { outcomes: { pods: { state: 'partial', count: 1, reason: 'limit', detail: 'too many' } } } as const;
    expect(outcomes(hostNamespaces, pod('hostPID: true'), blind)).toEqual({ hostNetwork: 'unknown', hostPID: 'fail', hostIPC: 'unknown' });
    const broken: Control = { ...hostNamespaces, check: () => { throw new TypeError('broken'); } };
    expect(new Set(Object.values(outcomes(broken, pod('hostPID: true'))))).toEqual(new Set(['error']));
  });

  it('takes a result without a part for all of them, and knows no part that is not declared', () => {
    const all: Control = { ...hostNamespaces, check: () => pass };
    expect(new Set(Object.values(outcomes(all, pod('hostPID: true'))))).toEqual(new Set(['pass']));
    const other: Control = { ...hostNamespaces, check: () => provenFail('fails elsewhere', { part: 'elsewhere' }) };
    expect(new Set(Object.values(outcomes(other, pod('hostPID: true'))))).toEqual(new Set(['not-applicable']));
  });

  it('says nothing by part of a control that has none', () => {
    for (const { controlId, parts } of evaluate(catalogue, inventoryOf([]), {}, NOW)) {
      const control = catalogue.find(({ id }) => id === controlId)!;
      expect(Object.keys(parts ?? {}), controlId).toEqual([...Object.keys(control.parts ?? {}), ...(control.rules ?? [])]);
    }
  });
});
