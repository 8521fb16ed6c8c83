import { bindingObject } from '#inventory/access/rbac-objects.js';
import type { BindingFacts, PolicyRule } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { notApplicable, pass, provenFail, provenPass } from '../engine/verdict.js';
import { accountsInUse, accountsOf } from '../indexes/accounts.js';
import { roles } from '../indexes/roles.js';
import { eachBinding } from '../scopes/each-binding.js';
import { isBootstrapSubject, subjectText } from './bootstrap-rbac.js';

/** Resources that live in namespaces, by API group. Of custom ones that is not known here, so they count as what needs the whole cluster. */
const namespaced: Readonly<Record<string, readonly string[]>> = {
  '': ['bindings', 'configmaps', 'endpoints', 'events', 'limitranges', 'persistentvolumeclaims', 'pods', 'podtemplates', 'replicationcontrollers', 'resourcequotas', 'secrets', 'serviceaccounts', 'services'],
  apps: ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  autoscaling: ['horizontalpodautoscalers'],
  batch: ['cronjobs', 'jobs'],
  'coordination.k8s.io': ['leases'],
  'discovery.k8s.io': ['endpointslices'],
  'events.k8s.io': ['events'],
  'networking.k8s.io': ['ingresses', 'networkpolicies'],
  policy: ['poddisruptionbudgets'],
  'rbac.authorization.k8s.io': ['rolebindings', 'roles'],
};
const known = new Map(Object.entries(namespaced).map(([group, resources]) => [group, new Set(resources)]));

/** Whether a Role could say the same. */
const isOfNamespaces = ({ apiGroups, resources, nonResourceURLs }: PolicyRule): boolean =>
  nonResourceURLs.length === 0 && apiGroups.length > 0 && resources.length > 0 &&
  // A rule may name groups and resources that do not go together; what it gives is what does.
  apiGroups.every((group) => known.has(group)) && resources.every((entry) => {
    const resource = entry.split('/')[0]!;
    return apiGroups.some((group) => known.get(group)!.has(resource));
  });

/** The same rights where the accounts run. */
const inNamespace = ({ name, roleKind, roleName, subjects }: BindingFacts, namespace: string) => bindingObject({
  kind: 'RoleBinding', namespace, name, roleKind, roleName,
  subjects: subjects.map(accountsOf).map((meant) => ({ kind: 'ServiceAccount', namespace, name: meant?.of === 'account' ? meant.name : '' })),
});

const binding = (subject = '{kind: ServiceAccount, name: web, namespace: shop}') => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: web}
subjects: [${subject}]
`;
const role = (rules = '[{apiGroups: [""], resources: [configmaps, pods/log], verbs: [get, list]}]') => `---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: web}\nrules: ${rules}\n`;
const pod = '---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {serviceAccountName: web, containers: [{name: app, image: registry.example/web:1}]}\n';

export const clusterRoleWhereRoleServes = defineControl({
  id: 'control-plane/cluster-role-where-role-serves',
  title: 'Rights on what lives in namespaces are given in namespaces',
  severity: 'low',
  why: 'A ClusterRoleBinding gives its rights in every namespace, those of other teams and of the control plane included, and in each that comes later. A program that works in one namespace rarely needs them in more.',
  remediation: 'Bind the same ClusterRole, or a Role, by a RoleBinding in the namespace of the service account (`replacement` in the detail of the finding is one) and in each other one that it works on, then delete this binding. What the account really uses, `POST /v1/clusters/{id}/access/right-size` makes a Role of. Programs that watch all namespaces keep it, with an exception that says so.',
  frameworks: {
    'nsa-cisa': ['access/rbac'], 'nist-800-190': ['4.3.1'], 'nist-800-53': ['AC-6'], 'mitre-attack': ['T1069', 'T1613'], 'owasp-kubernetes': ['K02'],
    'pci-dss': ['7.2.5'], soc2: ['CC6.3'],
  },
  evidence: ['api'],
  scope: eachBinding,
  check(judged, world) {
    if (judged.kind === 'RoleBinding') return notApplicable('a RoleBinding gives rights in its namespace alone');
    const accounts = judged.subjects.map(accountsOf);
    const [first] = accounts;
    if (first?.of !== 'account' || !accounts.every((meant) => meant?.of === 'account' && meant.namespace === first.namespace)) return notApplicable('its subjects are no service accounts of one namespace');
    if (judged.subjects.every((subject) => isBootstrapSubject(judged, subject))) return notApplicable('a binding that every cluster starts with, and nobody was added to it');
    const found = world.use(roles).of(judged);
    if (!found || found.rules.length === 0) return pass;
    if (!found.rules.every(isOfNamespaces)) return provenPass;
    const { accounts: inUse } = world.use(accountsInUse);
    if (!accounts.every((meant) => meant?.of === 'account' && inUse.has(`${meant.namespace}/${meant.name}`))) {
      // Where it works is not known before it does.
      world.workloads();
      return pass;
    }
    return provenFail(`${judged.roleKind} ${judged.roleName} is given in the whole cluster to ${subjectText(judged.subjects[0]!)}, which runs in namespace ${first.namespace}, and names only what lives in namespaces`, {
      detail: { role: `${judged.roleKind}/${judged.roleName}`, namespace: first.namespace, replacement: inNamespace(judged, first.namespace), resources: [...new Set(found.rules.flatMap((rule) => rule.resources))].slice(0, 20) },
    });
  },
  examples: {
    passes: [
      manifests(`${binding()}${role('[{apiGroups: [""], resources: [pods, nodes], verbs: [get]}]')}${pod}`, { title: 'Nodes are in no namespace' }),
      manifests(`${binding()}${role('[{apiGroups: [example.com], resources: [widgets], verbs: [get]}]')}${pod}`, { title: 'Whether widgets live in namespaces is not known' }),
      manifests(`${binding()}${role()}`, { title: 'Nothing runs as it' }),
    ],
    fails: [
      manifests(`${binding()}${role()}${pod}`),
      manifests(`${binding('{apiGroup: rbac.authorization.k8s.io, kind: User, name: "system:serviceaccount:shop:web"}')}${role('[{apiGroups: ["", apps], resources: [pods, deployments], verbs: [list, watch]}]')}${pod}`),
    ],
    unknown: [manifests(`${binding()}${pod}`, { missing: { 'clusterroles.rbac.authorization.k8s.io': 'forbidden' } })],
    notApplicable: [manifests(binding('{apiGroup: rbac.authorization.k8s.io, kind: Group, name: team}'))],
  },
});
