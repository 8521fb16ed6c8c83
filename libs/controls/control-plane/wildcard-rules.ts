import type { PolicyRule } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import { notApplicable, provenFail, provenPassPart } from '../engine/verdict.js';
import { eachRole } from '../scopes/each-role.js';
import { isBootstrapRole, isFarReaching } from './bootstrap-rbac.js';

const role = (rules: string, metadata = '{name: operator}', options: Omit<Example, 'manifests'> = {}) =>
  manifests(`apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: ${metadata}\nrules: ${rules}`, options);

const fields = [
  { part: 'verbs', field: 'verbs', text: 'every verb, also those that come later' },
  { part: 'resources', field: 'resources', text: 'every resource, Secrets and what is installed later included' },
  { part: 'api-groups', field: 'apiGroups', text: 'every API group, also those of extensions that come later' },
] as const satisfies readonly { readonly part: string; readonly field: keyof PolicyRule; readonly text: string }[];

/** Rules named as examples. */
const SHOWN = 5;

export const wildcardRules = defineControl({
  id: 'control-plane/wildcard-rules',
  title: 'Custom roles name the verbs, resources and API groups they mean',
  severity: 'high',
  why: 'A `*` grants what nobody thought of: `escalate` and `impersonate` among the verbs, Secrets and `pods/exec` among the resources, and every kind that an add-on brings next year.',
  remediation: 'Replace each `*` by the verbs, resources and groups that the audit log shows in use, or that `kubectl auth can-i --list --as=<subject>` and the vendor\'s manual name.',
  frameworks: {
    'cis-kubernetes': ['5.1.3'], 'nsa-cisa': ['access/rbac'], 'nist-800-190': ['4.3.1'], 'nist-800-53': ['AC-3(7)', 'AC-6'], 'mitre-attack': ['T1069', 'T1078'],
    'owasp-kubernetes': ['K02'], 'pci-dss': ['7.2.1', '7.2.2'], soc2: ['CC6.3'],
  },
  evidence: ['api'],
  parts: { verbs: 'a `*` among the verbs', resources: 'a `*` among the resources', 'api-groups': 'a `*` among the API groups' },
  scope: eachRole,
  check(judged) {
    const hasWildcard = judged.rules.some((rule) => fields.some(({ field }) => rule[field].includes('*')));
    if (isBootstrapRole(judged) && (isFarReaching(judged.name) || !hasWildcard)) return notApplicable('a role that Kubernetes creates and repairs at every start; what it is bound to is judged by other controls');
    return fields.map(({ part, field, text }) => {
      const rules = judged.rules.filter((rule) => rule[field].includes('*'));
      if (rules.length === 0) return provenPassPart(part);
      return provenFail(`${judged.kind} ${judged.name} allows ${text}`, {
        part,
        detail: { rules: rules.slice(0, SHOWN), count: rules.length },
      });
    });
  },
  examples: {
    passes: [role('[{apiGroups: [apps], resources: [deployments], verbs: [get, list, patch]}]')],
    fails: [
      role('[{apiGroups: [apps], resources: [deployments], verbs: ["*"]}]'),
      role('[{apiGroups: [apps], resources: ["*"], verbs: [get]}]'),
      role('[{apiGroups: ["*"], resources: [deployments], verbs: [get]}]'),
      role('[{apiGroups: [apps], resources: ["*"], verbs: [get]}]', '{name: mine, labels: {kubernetes.io/bootstrapping: rbac-defaults}}'),
      role('[{apiGroups: [""], resources: ["*"], verbs: [get]}]', '{name: "system:controller:kube-controller", labels: {kubernetes.io/bootstrapping: rbac-defaults}}', { title: 'No controller of Kubernetes has this name' }),
      role('[{apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews], verbs: [create]}, {apiGroups: [""], resources: ["*"], verbs: [get]}]', '{name: "system:basic-user", labels: {kubernetes.io/bootstrapping: rbac-defaults}}', { title: 'A built-in role to which somebody added a rule' }),
    ],
    notApplicable: [role('[{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]', '{name: cluster-admin, labels: {kubernetes.io/bootstrapping: rbac-defaults}}')],
  },
});
