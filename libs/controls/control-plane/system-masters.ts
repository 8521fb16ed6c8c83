import type { BindingFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import type { ListScope } from '../engine/scope.js';
import { provenFail, provenPass, unknown, type Verdict } from '../engine/verdict.js';
import { collectedNodes, nodeNeeds, notCollected, notSeen, type CollectedNode } from '../scopes/each-collected-node.js';
import { eachBinding } from '../scopes/each-binding.js';

/** The one that the API server makes and repairs at every start. A name stands once in a cluster, so no label is needed to tell it. */
const isBootstrap = ({ kind, name, roleKind, roleName }: BindingFacts): boolean =>
  kind === 'ClusterRoleBinding' && name === 'cluster-admin' && roleKind === 'ClusterRole' && roleName === 'cluster-admin';

function judgeBinding(judged: BindingFacts): Verdict {
  if (isBootstrap(judged) || !judged.subjects.some(({ kind, name }) => kind === 'Group' && name === 'system:masters')) return provenPass;
  return provenFail(`${judged.kind} ${judged.name} binds ${judged.roleKind} ${judged.roleName} to system:masters, whose members need no binding and can be held by none`, {
    detail: { role: `${judged.roleKind}/${judged.roleName}` },
  });
}

/** A kubeconfig that lies on a node for whoever comes by, emergency or not. */
function judgeNode({ name, evidence }: CollectedNode): Verdict {
  if (evidence.state === 'missing') return unknown(notCollected(evidence));
  const { certificates, unseenCertificates } = evidence.value;
  const members = certificates.filter(({ isOfKubeconfig, organizations }) => isOfKubeconfig && organizations.includes('system:masters'));
  const [first] = members;
  if (first) {
    return provenFail(`${first.path} on ${name} signs in as a member of system:masters (${first.subject.slice(0, 80)})${members.length > 1 ? `, and so do ${members.length - 1} more` : ''}`, {
      detail: { paths: members.map(({ path }) => path).slice(0, 10), subject: first.subject, notAfter: first.notAfter },
    });
  }
  return unseenCertificates === undefined ? provenPass : unknown(notSeen(unseenCertificates));
}

/** Bindings, and what kubeconfigs on nodes sign in as. */
const bindingsAndNodes: ListScope<BindingFacts | CollectedNode> = {
  name: 'binding or node',
  family: 'list',
  needs: [...eachBinding.needs, ...nodeNeeds],
  *subjects(world) {
    yield* eachBinding.subjects(world);
    yield* collectedNodes(world);
  },
};

const onNode = (organizations: readonly string[], options: Partial<Example> = {}): Example =>
  manifests('apiVersion: v1\nkind: Node\nmetadata: {name: a}', { ...options, nodes: { a: { kubeconfigs: { '/etc/kubernetes/super-admin.conf': { subject: 'kubernetes-super-admin', organizations } } } } });

const binding = (name: string, group: string) => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ${name}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [${group}]`;
const masters = '{apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:masters}';

export const systemMasters = defineControl({
  id: 'control-plane/system-masters',
  title: 'No binding of one\'s own names system:masters, and no kubeconfig on a node signs in as one of it',
  severity: 'high',
  why: 'Members of system:masters are let in before any authorizer is asked, so a binding adds nothing to them; that one exists shows that somebody works as a member. Membership comes with a client certificate: it cannot be taken back before that expires, and no rule limits it.',
  remediation: 'Delete the binding, give its people a group of their own that is bound to what they need, and issue their credentials anew. Keep certificates of system:masters for emergencies, locked away and short-lived: take `super-admin.conf`, and `admin.conf` from before 1.29, off the nodes.',
  frameworks: {
    'cis-kubernetes': ['5.1.7'], 'nsa-cisa': ['access/rbac', 'access/authentication'], 'nist-800-190': ['4.3.1'], 'nist-800-53': ['AC-2', 'AC-6', 'AC-6(5)'],
    'mitre-attack': ['T1078', 'T1098.006'], 'owasp-kubernetes': ['K02', 'K09'], 'pci-dss': ['7.2.2', '8.2.2'], soc2: ['CC6.1', 'CC6.3'],
  },
  evidence: ['api', 'node'],
  scope: bindingsAndNodes,
  check: (subject) => (subject.kind === 'node' ? judgeNode(subject) : judgeBinding(subject)),
  examples: {
    passes: [
      onNode(['kubeadm:cluster-admins']),
      manifests(binding('cluster-admin', masters)),
      manifests(binding('admins', '{apiGroup: rbac.authorization.k8s.io, kind: Group, name: break-glass}')),
      manifests(binding('admins', '{apiGroup: rbac.authorization.k8s.io, kind: User, name: system:masters}'), { title: 'A user of that name is no member' }),
    ],
    fails: [
      onNode(['system:masters'], { title: 'A kubeconfig left on a node' }),
      manifests(binding('admins', masters)),
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ann}, ${masters}]`),
    ],
    unknown: [manifests('apiVersion: v1\nkind: Node\nmetadata: {name: a}', { title: 'A node that nobody looked at' }), manifests(binding('cluster-admin', masters), { missing: { 'rolebindings.rbac.authorization.k8s.io': 'forbidden' } })],
  },
});
