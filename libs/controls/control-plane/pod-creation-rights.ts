import { enforcedLevel } from '#inventory/pod-security/namespace-labels.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { pass } from '../engine/verdict.js';
import { defineIndex, type World } from '../engine/world.js';
import { permissionKeys } from '../indexes/account-permissions.js';
import { accountsOf } from '../indexes/accounts.js';
import { eachGrant } from '../scopes/each-grant.js';
import type { Granted } from './granted.js';
import { judgeRights, type Right } from './rights.js';
import { boundEverywhere, boundIn, controllerGrant, editInNamespace, unboundRole } from './rights-examples.js';
import { strongAccounts } from './strong-accounts.js';

const writes = ['create', 'update', 'patch'];
const rights: readonly Right[] = [
  { part: 'pods', text: 'create pods', ways: [[{ verbs: ['create'], group: '', resources: ['pods'] }]] },
  {
    part: 'workloads', text: 'decide what pods run, by the workloads that make them',
    ways: [
      [{ verbs: writes, group: 'apps', resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'] }],
      [{ verbs: writes, group: 'batch', resources: ['jobs', 'cronjobs'] }],
      [{ verbs: writes, group: '', resources: ['replicationcontrollers', 'podtemplates'] }],
      [{ verbs: ['update', 'patch'], group: '', resources: ['pods'] }],
    ],
  },
];

const enforced = defineIndex(['namespaces'], (world) => new Map(world.list('namespaces').map(({ name, labels }) => [name, enforcedLevel(labels)])));

/** An account of the namespace, other than those that hold the grant, with rights worth running as it for. */
function strongNeighbour({ subjects, namespace }: Granted, world: World): string | undefined {
  const own = new Set<string>();
  for (const subject of subjects) {
    const meant = accountsOf(subject);
    if (meant?.of === 'account' && meant.namespace === namespace) own.add(meant.name);
  }
  let first: string | undefined;
  for (const name of world.use(strongAccounts).get(namespace) ?? []) if (!own.has(name) && (first === undefined || name < first)) first = name;
  return first;
}

const labelled = (level: string) => `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: ${level}}}\n`;
const creates = '[{apiGroups: [""], resources: [pods], verbs: [create]}]';
const operator = `---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: operator, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: operator, namespace: shop}]
`;

export const podCreationRights = defineControl({
  id: 'control-plane/pod-creation-rights',
  title: 'Who creates pods gains no more rights by it',
  severity: 'high',
  why: 'A pod runs as any service account of its namespace, mounts any of its Secrets and, where no Pod Security level forbids it, takes over its node. So the right to create one, or to change a workload that does, is worth all of these.',
  remediation: 'Bind the role in single namespaces instead of the whole cluster, let those enforce the Pod Security level restricted, and keep service accounts with strong rights in namespaces of their own. Take the verb away from whoever only looks on.',
  frameworks: {
    'cis-kubernetes': ['5.1.4'], 'nsa-cisa': ['access/rbac'], 'nist-800-190': ['4.3.1', '4.4.5'], 'nist-800-53': ['AC-3', 'AC-6', 'AC-6(10)', 'CM-5'],
    'mitre-attack': ['T1053', 'T1053.007', 'T1543.005', 'T1610'], 'owasp-kubernetes': ['K02'], 'pci-dss': ['7.2.2', '7.2.5'], soc2: ['CC6.3', 'CC6.8'],
  },
  evidence: ['api'],
  parts: { everything: 'a rule that allows everything', ...Object.fromEntries(rights.map(({ part, text }) => [part, `may ${text}`])) },
  scope: eachGrant,
  check: (grant, world) => judgeRights(grant, world, {
    rights,
    ofNamespaceRoles: 'the people who run the namespace create its pods',
    settle(_right, granted) {
      const { namespace } = granted;
      if (namespace === '' || namespace === 'kube-system') return undefined;
      const neighbour = strongNeighbour(granted, world);
      if (neighbour !== undefined) return { because: `service account ${neighbour} there has rights that its pods would run with` };
      const level = world.use(enforced).get(namespace);
      if (level !== 'baseline' && level !== 'restricted') return { because: 'no Pod Security level keeps privileged pods out there' };
      // That no account there is strong rests on all of these.
      for (const key of permissionKeys) world.list(key);
      return pass;
    },
  }),
  examples: {
    passes: [
      manifests(boundEverywhere('[{apiGroups: ["", apps], resources: [pods, deployments], verbs: [get, list, watch, delete]}]')),
      manifests(`${boundIn('shop', creates)}${labelled('restricted')}`, { title: 'In a namespace that admits no privileged pods and has no strong accounts' }),
      manifests(boundEverywhere('[{apiGroups: [apps], resources: [deployments/scale, deployments/status], verbs: [update, patch]}]')),
    ],
    fails: [
      manifests(boundEverywhere(creates)),
      manifests(boundIn('shop', creates), { title: 'The namespace enforces no level' }),
      manifests(`${boundIn('shop', creates)}${labelled('privileged')}`),
      manifests(`${boundIn('shop', creates)}${labelled('restricted')}${operator}`, { title: 'Its pods may run as a stronger account' }),
      manifests(boundIn('kube-system', '[{apiGroups: [apps], resources: [daemonsets], resourceNames: [agent], verbs: [patch]}]')),
      manifests(boundEverywhere('[{apiGroups: [batch], resources: ["*"], verbs: [create]}]')),
      manifests(boundEverywhere('[{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]')),
      manifests(unboundRole(creates), { title: 'A role that nobody is bound to: one step less severe' }),
    ],
    unknown: [
      manifests(boundIn('shop', creates), { missing: { namespaces: 'forbidden' } }),
      manifests(boundEverywhere('[]'), { missing: { 'clusterroles.rbac.authorization.k8s.io': 'forbidden' } }),
      manifests(`${boundIn('shop', creates)}${labelled('restricted')}`, { missing: { 'clusterrolebindings.rbac.authorization.k8s.io': 'forbidden' } }),
    ],
    notApplicable: [manifests(editInNamespace), manifests(controllerGrant('replicaset-controller', '[{apiGroups: [""], resources: [pods], verbs: [create, delete, list, patch]}]'))],
  },
});
