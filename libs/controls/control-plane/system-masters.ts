import type { BindingFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { provenFail, provenPass } from '../engine/verdict.js';
import { eachBinding } from '../scopes/each-binding.js';

/** The one that the API server makes and repairs at every start. A name stands once in a cluster, so no label is needed to tell it. */
const isBootstrap = ({ kind, name, roleKind, roleName }: BindingFacts): boolean =>
  kind === 'ClusterRoleBinding' && name === 'cluster-admin' && roleKind === 'ClusterRole' && roleName === 'cluster-admin';

const binding = (name: string, group: string) => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ${name}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [${group}]`;
const masters = '{apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:masters}';

export const systemMasters = defineControl({
  id: 'control-plane/system-masters',
  title: 'No binding of one\'s own names system:masters',
  severity: 'high',
  why: 'Members of system:masters are let in before any authorizer is asked, so a binding adds nothing to them; that one exists shows that somebody works as a member. Membership comes with a client certificate: it cannot be taken back before that expires, and no rule limits it.',
  remediation: 'Delete the binding, give its people a group of their own that is bound to what they need, and issue their credentials anew. Keep certificates of system:masters for emergencies, locked away and short-lived.',
  frameworks: {
    'cis-kubernetes': ['5.1.7'], 'nsa-cisa': ['access/rbac', 'access/authentication'], 'nist-800-190': ['4.3.1'], 'nist-800-53': ['AC-2', 'AC-6', 'AC-6(5)'],
    'mitre-attack': ['T1078', 'T1098.006'], 'owasp-kubernetes': ['K02', 'K09'], 'pci-dss': ['7.2.2', '8.2.2'], soc2: ['CC6.1', 'CC6.3'],
  },
  evidence: ['api'],
  scope: eachBinding,
  check(judged) {
    if (isBootstrap(judged) || !judged.subjects.some(({ kind, name }) => kind === 'Group' && name === 'system:masters')) return provenPass;
    return provenFail(`${judged.kind} ${judged.name} binds ${judged.roleKind} ${judged.roleName} to system:masters, whose members need no binding and can be held by none`, {
      detail: { role: `${judged.roleKind}/${judged.roleName}` },
    });
  },
  examples: {
    passes: [
      manifests(binding('cluster-admin', masters)),
      manifests(binding('admins', '{apiGroup: rbac.authorization.k8s.io, kind: Group, name: break-glass}')),
      manifests(binding('admins', '{apiGroup: rbac.authorization.k8s.io, kind: User, name: system:masters}'), { title: 'A user of that name is no member' }),
    ],
    fails: [
      manifests(binding('admins', masters)),
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ann}, ${masters}]`),
    ],
    unknown: [manifests(binding('cluster-admin', masters), { missing: { 'rolebindings.rbac.authorization.k8s.io': 'forbidden' } })],
  },
});
