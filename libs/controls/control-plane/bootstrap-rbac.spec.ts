import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf, type InventoryOptions } from '#test/support/example-inventory.js';
import type { Control } from '../engine/control.js';
import { evaluate } from '../engine/evaluate.js';
import { escalationVerbs } from './escalation-verbs.js';
import { secretReaders } from './secret-readers.js';
import { wildcardRules } from './wildcard-rules.js';

const judge = (control: Control, yaml: string, options: InventoryOptions = {}) => evaluate([control], inventoryOf(objectsOf(yaml), options))[0]!;
const failing = (control: Control, yaml: string) => judge(control, yaml).failures.map(({ key }) => key.slice(control.id.length + 1)).sort();

const labels = 'labels: {kubernetes.io/bootstrapping: rbac-defaults}';
const role = (name: string, rules: string, more = labels) => `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: "${name}", ${more}}\nrules: ${rules}\n---\n`;
const binding = (name: string, roleName: string, subject: string, more = labels) =>
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: "${name}", ${more}}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "${roleName}"}\nsubjects: [${subject}]\n`;
const roleBinding = (namespace: string, roleName: string, subject: string) =>
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: team, namespace: ${namespace}}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "${roleName}"}\nsubjects: [${subject}]\n`;
const group = (name: string) => `{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "${name}"}`;
const account = (name: string) => `{kind: ServiceAccount, name: ${name}, namespace: kube-system}`;

const readsAll = '[{apiGroups: [""], resources: ["*"], verbs: [get, list]}]';
const escalates = '[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate]}]';
const reviews = '{apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews], verbs: [create]}';

describe('what Kubernetes itself grants', () => {
  it('is not judged', () => {
    const own = `${role('system:controller:clusterrole-aggregation-controller', escalates)}${binding('system:controller:clusterrole-aggregation-controller', 'system:controller:clusterrole-aggregation-controller', account('clusterrole-aggregation-controller'))}---
${role('system:basic-user', `[${reviews}]`)}${binding('system:basic-user', 'system:basic-user', group('system:authenticated'))}`;
    for (const control of [escalationVerbs, secretReaders, wildcardRules]) expect(judge(control, own)).toMatchObject({ outcome: 'not-applicable', passed: 0, notApplicable: 2 });
  });

  it('is told by names that exist: one that is made up hides nothing', () => {
    const name = 'system:controller:kube-controller';
    const forged = `${role(name, readsAll)}${binding(name, name, account('kube-controller'))}`;
    expect(failing(secretReaders, forged)).toEqual([`ClusterRoleBinding//${name}|`]);
    expect(failing(wildcardRules, forged)).toEqual([`ClusterRole//${name}|resources`]);
    expect(failing(escalationVerbs, `${role(name, escalates)}${binding(name, name, account('kube-controller'))}`)).toEqual([`ClusterRoleBinding//${name}|escalate`]);
  });

  it('does not cover a rule that somebody added to a role of everybody', () => {
    const widened = `${role('system:basic-user', `[${reviews}, {apiGroups: [""], resources: [secrets], verbs: [list]}]`)}${binding('system:basic-user', 'system:basic-user', group('system:authenticated'))}`;
    expect(failing(secretReaders, widened)).toEqual(['ClusterRoleBinding//system:basic-user|']);
  });

  it('does not cover another role under a built-in binding\'s name', () => {
    const swapped = `${role('helper', escalates, '')}${binding('system:discovery', 'helper', group('system:authenticated'))}`;
    expect(failing(escalationVerbs, swapped)).toEqual(['ClusterRoleBinding//system:discovery|escalate']);
  });
});

describe('the built-in roles of a namespace', () => {
  const edit = role('edit', '[{apiGroups: [""], resources: [secrets], verbs: [get, list]}, {apiGroups: [""], resources: [serviceaccounts], verbs: [impersonate]}, {apiGroups: [""], resources: [serviceaccounts/token], verbs: [create]}]');

  it('are for the people who run it', () => {
    const team = `${edit}${roleBinding('shop', 'edit', group('shop-team'))}`;
    expect(judge(escalationVerbs, team).outcome).toBe('not-applicable');
    expect(judge(secretReaders, team).outcome).toBe('not-applicable');
  });

  it('are the whole cluster in kube-system', () => {
    const team = `${edit}${roleBinding('kube-system', 'edit', group('shop-team'))}`;
    expect(failing(escalationVerbs, team)).toEqual(['RoleBinding/kube-system/team|impersonate', 'RoleBinding/kube-system/team|mint-tokens']);
    expect(failing(secretReaders, team)).toEqual(['RoleBinding/kube-system/team|']);
  });

  it.each(['system:authenticated', 'system:unauthenticated', 'system:serviceaccounts'])('are not for %s', (everybody) => {
    expect(failing(escalationVerbs, `${edit}${roleBinding('shop', 'edit', group(everybody))}`)).toContain('RoleBinding/shop/team|impersonate');
    expect(failing(secretReaders, `${edit}${roleBinding('shop', 'edit', group(everybody))}`)).toEqual(['RoleBinding/shop/team|']);
  });

  it('do not cover what an add-on put into them', () => {
    const widened = edit.replace('rules: [', 'rules: [{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate]}, ');
    expect(failing(escalationVerbs, `${widened}${roleBinding('shop', 'edit', group('shop-team'))}`)).toEqual(['RoleBinding/shop/team|escalate']);
  });
});

describe('a role that is put together from others', () => {
  const aggregated = `${role('helper', '[]', '').trimEnd().slice(0, -4)}\naggregationRule: {clusterRoleSelectors: [{matchLabels: {helper: "true"}}]}\n---\n${binding('helper', 'helper', account('helper'), '')}`;

  it('is proven by nothing where only the given objects are known: the server fills in its rules', () => {
    const given: InventoryOptions = { otherwise: (_key, count) => ({ state: 'given', count }) };
    for (const control of [escalationVerbs, secretReaders]) expect(judge(control, aggregated, given).outcome).toBe('unknown');
    for (const control of [escalationVerbs, secretReaders]) expect(judge(control, aggregated).outcome).toBe('pass');
  });
});
