import type { BindingFacts, RoleFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests as plainManifests, type Example } from '../engine/example.js';
import type { ListScope } from '../engine/scope.js';
import { fail, notApplicable, pass, provenFail, provenPass, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { roles } from '../indexes/roles.js';
import { endpoint, probed, unanswered, type Endpoint } from '../scopes/api-server-endpoint.js';
import { eachSubject, type BoundSubject } from '../scopes/each-binding.js';
import { goodProbe } from './probe-example.js';

/** Version and health: what the API server tells everybody since 1.14. */
const publicPaths = new Set(['/healthz', '/healthz/', '/livez', '/livez/', '/readyz', '/readyz/', '/version', '/version/']);
const isPublicInfo = (role: RoleFacts): boolean =>
  role.rules.every((rule) => rule.resources.length === 0 && rule.nonResourceURLs.every((path) => publicPaths.has(path)) && rule.verbs.every((verb) => verb === 'get' || verb === 'head'));

/** Roles that clusters made before 1.14 gave to everybody, and that upgrades leave bound. */
const leftovers = new Set(['system:discovery', 'system:basic-user']);

/** kubeadm lets joining nodes check the cluster's certificate by one ConfigMap, before they have a credential. */
const isJoinInfo = (binding: BindingFacts, role: RoleFacts): boolean =>
  binding.kind === 'RoleBinding' && binding.namespace === 'kube-public' && binding.roleKind === 'Role' && binding.roleName === 'kubeadm:bootstrap-signer-clusterinfo' &&
  role.rules.every((rule) =>
    rule.verbs.every((verb) => verb === 'get') && rule.resources.every((resource) => resource === 'configmaps') && rule.nonResourceURLs.length === 0 &&
    rule.resourceNames.length === 1 && rule.resourceNames[0] === 'cluster-info');

/** Bindings tell what RBAC gives; a request, what the server does with everything that authorizes. */
const boundOrAsked: ListScope<BoundSubject | Endpoint> = {
  ...eachSubject,
  *subjects(world) {
    yield endpoint;
    yield* eachSubject.subjects(world);
  },
};

function judgeRequest(world: World): Verdict {
  const anonymous = probed(world, 'anonymous');
  const status = anonymous.state === 'observed' ? anonymous.value.namespaces : undefined;
  if (status === undefined) return unknown(anonymous.state === 'missing' ? anonymous.missing : unanswered, 'request');
  if (status !== 200) return provenPassPart('request');
  return provenFail('a request without a credential was given the namespaces of the cluster', { part: 'request' });
}

const manifests = (text: string, options: Omit<Example, 'manifests'> = {}): Example => plainManifests(text, { probe: goodProbe, ...options });

const binding = (role: string, subject: string, name = 'open') => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ${name}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${role}}
subjects: [{apiGroup: rbac.authorization.k8s.io, ${subject}}]
`;
const publicRole = (rules: string) => `---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: system:public-info-viewer}\nrules: ${rules}\n`;
const unauthenticated = 'kind: Group, name: system:unauthenticated';
const clusterInfo = (names: string) => manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: kubeadm:bootstrap-signer-clusterinfo, namespace: kube-public}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: kubeadm:bootstrap-signer-clusterinfo}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: system:anonymous}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: kubeadm:bootstrap-signer-clusterinfo, namespace: kube-public}
rules: [{apiGroups: [""], resources: [configmaps], resourceNames: ${names}, verbs: [get]}]`);

function judgeBinding({ binding: judged, subject }: BoundSubject, world: World): Verdict {
  const isAnonymous = (subject.kind === 'User' && subject.name === 'system:anonymous') || (subject.kind === 'Group' && subject.name === 'system:unauthenticated');
  if (!isAnonymous) return provenPass;
  const role = world.use(roles).of(judged);
  const isClusterRole = judged.roleKind === 'ClusterRole';
  const everybody = `everyone without a credential (${subject.name})`;
  if (isClusterRole && judged.roleName === 'system:public-info-viewer') {
    if (!role) return pass;
    return isPublicInfo(role) ? provenPass : provenFail(`${everybody} holds ClusterRole system:public-info-viewer, which was widened beyond version and health`, { detail: { rules: role.rules.slice(0, 5) } });
  }
  if (role && isJoinInfo(judged, role)) return notApplicable('kubeadm lets joining nodes read one ConfigMap with the cluster\'s certificate before they have a credential');
  if (isClusterRole && leftovers.has(judged.roleName)) {
    return provenFail(`${everybody} holds ClusterRole ${judged.roleName}, left over from a cluster made before 1.14: it lists what the server offers`, { severity: 'medium', detail: { role: judged.roleName } });
  }
  const where = judged.kind === 'ClusterRoleBinding' ? 'in the whole cluster' : `in namespace ${judged.namespace}`;
  // Whoever makes the missing role opens the door, so the binding is no less wrong for it.
  return (role ? provenFail : fail)(`${everybody} holds ${judged.roleKind} ${judged.roleName} ${where}${role ? '' : ', a role that does not exist yet'}`, {
    detail: { role: `${judged.roleKind} ${judged.roleName}`, rules: role?.rules.slice(0, 5) ?? [] },
  });
}

export const anonymousAccess = defineControl({
  id: 'control-plane/anonymous-access',
  title: 'Requests without a credential read no more than version and health',
  severity: 'critical',
  why: 'What `system:anonymous` and `system:unauthenticated` may do, everyone may do who reaches the API server, without any password: scanners on the internet look for just that.',
  remediation: 'Delete the binding, or take these subjects out of it. What needs to ask the API server gets a service account of its own. Only system:public-info-viewer stays bound to system:unauthenticated. Where no binding gives it and requests are answered all the same, look at `--authorization-mode` and at authorization webhooks.',
  frameworks: {
    'nsa-cisa': ['access/authentication', 'access/rbac'], 'nist-800-190': ['4.3.2'], 'nist-800-53': ['AC-3', 'AC-6', 'AC-14', 'IA-2'], 'mitre-attack': ['T1133', 'T1613'],
    'owasp-kubernetes': ['K02', 'K09'], 'pci-dss': ['7.3.3', '8.3.1'], soc2: ['CC6.1', 'CC6.6'],
  },
  evidence: ['api', 'probe'],
  parts: { request: 'a request without a credential is given nothing' },
  scope: boundOrAsked,
  check(subject, world) {
    return 'kind' in subject ? judgeRequest(world) : judgeBinding(subject, world);
  },
  values(subject, world) {
    const anonymous = 'kind' in subject ? probed(world, 'anonymous') : undefined;
    const status = anonymous?.state === 'observed' ? anonymous.value.namespaces : undefined;
    return status === undefined ? undefined : { 'answer to a request without a credential': String(status) };
  },
  examples: {
    passes: [
      manifests(`${binding('system:public-info-viewer', unauthenticated)}${publicRole('[{nonResourceURLs: [/healthz, /livez, /readyz, /version, /version/], verbs: [get]}]')}`),
      manifests(binding('view', 'kind: Group, name: auditors')),
      manifests(clusterInfo('[cluster-info]').manifests, { title: 'What kubeadm lets joining nodes read' }),
    ],
    fails: [
      manifests(binding('view', 'kind: Group, name: auditors'), { probe: { ...goodProbe, anonymous: { version: 200, health: 200, namespaces: 200 } }, title: 'Something beside RBAC lets everybody in' }),
      manifests(binding('view', 'kind: User, name: system:anonymous')),
      manifests(binding('cluster-admin', unauthenticated)),
      manifests(binding('system:discovery', unauthenticated)),
      manifests(binding('system:basic-user', unauthenticated)),
      manifests(`${binding('system:public-info-viewer', unauthenticated)}${publicRole('[{nonResourceURLs: ["*"], verbs: [get]}]')}`),
      clusterInfo('[]'),
    ],
    unknown: [
      manifests(binding('system:public-info-viewer', unauthenticated), { missing: { 'clusterroles.rbac.authorization.k8s.io': 'forbidden' } }),
      plainManifests(binding('view', 'kind: Group, name: auditors'), { title: 'Nobody asked the server itself' }),
    ],
  },
});
