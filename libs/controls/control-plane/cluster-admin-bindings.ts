import type { Subject } from '#inventory/facts.js';
import { allowsEverything, rulesEverything } from '#inventory/readers/policy-rule.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { pass, provenFail, provenPass } from '../engine/verdict.js';
import { roles } from '../indexes/roles.js';
import { eachBinding } from '../scopes/each-binding.js';

/** Subjects the control plane itself creates with full rights. */
const builtIn = (subject: Subject): boolean => subject.kind === 'Group' && (subject.name === 'system:masters' || subject.name === 'kubeadm:cluster-admins');

const text = (subject: Subject): string => `${subject.kind} ${subject.namespace === '' ? '' : `${subject.namespace}/`}${subject.name}`;

export const clusterAdminBindings = defineControl({
  id: 'control-plane/cluster-admin-bindings',
  title: 'Nobody but break-glass groups is bound to cluster-admin or its equal',
  severity: 'critical',
  why: 'Whoever holds cluster-admin, or a role that allows everything, reads every secret and changes every object; a leaked token of such a subject is the whole cluster.',
  remediation: 'Bind the subject to a role with the verbs and resources it uses, in its own namespace where that serves, and delete this binding. Keep one break-glass group whose members are few and watched.',
  frameworks: {
    'cis-kubernetes': ['5.1.1'], 'nsa-cisa': ['access/rbac'], 'nist-800-190': ['4.3.1'], 'nist-800-53': ['AC-2', 'AC-3', 'AC-6', 'AC-6(1)', 'AC-6(5)'],
    'mitre-attack': ['T1078', 'T1098.006'], 'owasp-kubernetes': ['K02'], 'pci-dss': ['7.2.1', '7.2.2'], soc2: ['CC6.1', 'CC6.3'],
  },
  evidence: ['api'],
  scope: eachBinding,
  check(binding, world) {
    const subjects = binding.subjects.filter((subject) => !builtIn(subject));
    if (subjects.length === 0) return provenPass;
    // In a namespace the role rules that namespace alone: still everything in it, the tokens of its accounts included.
    const isClusterAdmin = binding.roleKind === 'ClusterRole' && binding.roleName === 'cluster-admin';
    const role = isClusterAdmin ? undefined : world.use(roles).of(binding);
    if (!isClusterAdmin && !role?.rules.some(rulesEverything)) return pass;
    const where = binding.kind === 'ClusterRoleBinding' ? 'in the whole cluster' : `in namespace ${binding.namespace}`;
    return provenFail(`${binding.roleKind} ${binding.roleName} gives everything ${where} to ${subjects.map(text).join(', ')}`, {
      ...(binding.kind === 'RoleBinding' && { severity: 'high' as const }),
      detail: { role: `${binding.roleKind}/${binding.roleName}`, subjects: subjects.map(text), rule: isClusterAdmin ? 'cluster-admin' : `${role?.rules.some(allowsEverything) ? '*' : 'every ordinary verb'} on *.*` },
    });
  },
  examples: {
    passes: [
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: admins}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:masters}]`),
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: deployers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer}
subjects: [{kind: ServiceAccount, name: ci, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deployer, namespace: shop}
rules: [{apiGroups: [apps], resources: [deployments], verbs: [get, patch]}]`),
    ],
    fails: [
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ci-is-admin}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: runner, namespace: ci}]`),
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: helper}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: harmless-name}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:authenticated}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: harmless-name}
rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]`),
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: operator}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: operator}
subjects: [{kind: ServiceAccount, name: operator, namespace: tools}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: operator}
rules: [{apiGroups: ['*'], resources: ['*'], verbs: [get, list, watch, create, update, patch, delete]}]`, { title: 'Verb by verb, and yet everything' }),
    ],
    unknown: [
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: team, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: team}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ann}]`, { missing: { 'clusterroles.rbac.authorization.k8s.io': 'forbidden' } }),
    ],
  },
});
