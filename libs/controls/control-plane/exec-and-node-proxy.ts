import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { notApplicable } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { eachGrant, type Grant } from '../scopes/each-grant.js';
import { judgeRights, type Right } from './rights.js';
import { boundEverywhere, boundIn, controllerGrant, editInNamespace, unboundRole } from './rights-examples.js';

const anyVerb = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

/** Streams into pods. Over websockets they open by a GET, for which the verb get was enough before 1.35. */
const stream = (part: string, text: string, verbs: readonly string[]): Right => ({ part, text, ways: [[{ verbs, group: '', resources: [`pods/${part}`] }]] });

const rightsBy = (verbs: readonly string[]): readonly Right[] => [
  stream('exec', 'run commands in containers', verbs),
  stream('attach', 'attach to processes in containers', verbs),
  stream('portforward', 'open connections to ports of pods, past every network policy', verbs),
  { part: 'ephemeral-containers', text: 'add containers to running pods', ways: [[{ verbs: ['update', 'patch'], group: '', resources: ['pods/ephemeralcontainers'] }]] },
  { part: 'node-proxy', text: 'talk to kubelets, and so run commands in every container of a node', ways: [[{ verbs: anyVerb, group: '', resources: ['nodes/proxy'], clusterWide: ['nodes/proxy'] }]] },
];

const byCreate = rightsBy(['create']);
const byGetToo = rightsBy(['create', 'get']);

const asksForCreate = { major: 1, minor: 35 };

function rightsIn(world: World): readonly Right[] {
  const server = minorOf(world.cluster.version ?? '');
  return server && !isBefore(server, asksForCreate) ? byCreate : byGetToo;
}

/** Names under which installers let API servers in at kubelets. */
const apiServers = new Set(['kube-apiserver', 'kubelet-api', 'system:kube-apiserver']);

const isApiServer = ({ binding }: Grant): boolean =>
  binding?.roleName === 'system:kubelet-api-admin' && binding.subjects.length > 0 && binding.subjects.every(({ kind, name }) => kind === 'User' && apiServers.has(name));

export const execAndNodeProxy = defineControl({
  id: 'control-plane/exec-and-node-proxy',
  title: 'Nobody may reach into running pods or talk to kubelets in the API server\'s name',
  severity: 'high',
  why: 'Who may run commands in a pod has its files, its secrets and the rights of its service account, without leaving a new object behind. Any verb on nodes/proxy, reading included, hands requests on to the kubelet: it runs commands in every pod of the node, and no audit log of the API server has them.',
  remediation: 'Delete the rule. People who debug get it in one namespace, for as long as they need it; monitoring gets nodes/metrics and nodes/stats instead of nodes/proxy. `kubectl auth can-i create pods/exec --as=<subject>` shows what is left.',
  frameworks: {
    'cis-kubernetes': ['5.1.10#node-proxy'], 'nsa-cisa': ['access/rbac'], 'nist-800-190': ['4.3.1'], 'nist-800-53': ['AC-3', 'AC-6', 'AC-6(10)', 'AC-17'],
    'mitre-attack': ['T1059.013', 'T1609'], 'owasp-kubernetes': ['K02'], 'pci-dss': ['7.2.2', '7.2.5'], soc2: ['CC6.3'],
  },
  evidence: ['api'],
  parts: { everything: 'a rule that allows everything', ...Object.fromEntries(byCreate.map(({ part, text }) => [part, `may ${text}`])) },
  scope: eachGrant,
  check(grant, world) {
    if (isApiServer(grant)) return notApplicable('the API server\'s own way to kubelets, by the role that Kubernetes has for it');
    return judgeRights(grant, world, { rights: rightsIn(world), ofNamespaceRoles: 'the people who run the namespace reach into its pods' });
  },
  examples: {
    passes: [
      manifests(boundEverywhere('[{apiGroups: [""], resources: [pods, pods/log], verbs: [get, list, watch]}]')),
      manifests(boundEverywhere('[{apiGroups: [""], resources: ["pods/*"], verbs: [create]}]'), { title: '`pods/*` is no pattern: it names nothing' }),
      manifests(boundEverywhere('[{apiGroups: [""], resources: [nodes/metrics, nodes/stats], verbs: [get]}]')),
      manifests(boundEverywhere('[{apiGroups: [""], resources: [pods/exec], verbs: [get]}]'), { version: 'v1.36.1', title: 'From 1.35 on, get alone opens nothing' }),
      manifests(boundIn('shop', '[{apiGroups: [""], resources: [nodes/proxy], verbs: [get]}]'), { title: 'Nodes have no namespace, so a RoleBinding gives nothing on them' }),
    ],
    fails: [
      manifests(boundEverywhere('[{apiGroups: [""], resources: [pods/exec], verbs: [create]}]')),
      manifests(boundEverywhere('[{apiGroups: [""], resources: [pods/exec], verbs: [get]}]'), { version: 'v1.34.2', title: 'Before 1.35, get is enough' }),
      manifests(boundEverywhere('[{apiGroups: [""], resources: ["*/attach"], verbs: ["*"]}]')),
      manifests(boundIn('shop', '[{apiGroups: [""], resources: [pods/portforward], verbs: [create]}]')),
      manifests(boundIn('shop', '[{apiGroups: [""], resources: [pods/ephemeralcontainers], verbs: [patch]}]')),
      manifests(boundEverywhere('[{apiGroups: [""], resources: [nodes/proxy], verbs: [get]}]')),
      manifests(boundEverywhere('[{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]')),
      manifests(unboundRole('[{apiGroups: [""], resources: [pods/exec], verbs: [create]}]'), { title: 'A role that nobody is bound to: one step less severe' }),
    ],
    unknown: [
      manifests(boundEverywhere('[]'), { missing: { 'clusterroles.rbac.authorization.k8s.io': 'forbidden' } }),
      manifests(unboundRole('[{apiGroups: [""], resources: [pods/exec], verbs: [create]}]'), { missing: { 'rolebindings.rbac.authorization.k8s.io': 'forbidden' } }),
    ],
    notApplicable: [
      manifests(editInNamespace),
      manifests(controllerGrant('job-controller', '[{apiGroups: [""], resources: [pods], verbs: [create]}]')),
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: apiserver-to-kubelet}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:kubelet-api-admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: kube-apiserver}]`),
    ],
  },
});
