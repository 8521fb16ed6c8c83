import type { Subject } from '#inventory/facts.js';
import { readsAnySecret } from '#inventory/readers/policy-rule.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, notApplicable, provenFail, provenPass } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { accountsInUse, accountsOf } from '../indexes/accounts.js';
import { eachGrant } from '../scopes/each-grant.js';
import { givesNamespaceRole } from './bootstrap-rbac.js';
import { grantDetail, grantedBy, grantText, nothingFound, severityOf } from './granted.js';

/** Whether a subject has a workload in the namespace that its rights are for. */
function worksIn(world: World, subject: Subject, namespace: string): boolean {
  const meant = accountsOf(subject);
  const { accounts, namespaces } = world.use(accountsInUse);
  if (meant?.of === 'account') return meant.namespace === namespace && accounts.has(`${meant.namespace}/${meant.name}`);
  return meant?.of === 'namespace' && meant.namespace === namespace && namespaces.has(namespace);
}

const binding = (kind: 'RoleBinding' | 'ClusterRoleBinding', metadata: string, subject: string) => `apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: ${metadata}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [${subject}]
---
`;
const role = (rule: string) => `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: reader}\nrules: [${rule}]\n`;
const allSecrets = '{apiGroups: [""], resources: [secrets], verbs: [get, list]}';
const indexer = '{kind: ServiceAccount, name: indexer, namespace: search}';
const pod = '---\napiVersion: v1\nkind: Pod\nmetadata: {name: indexer, namespace: search}\nspec: {serviceAccountName: indexer, containers: [{name: app, image: registry.example/indexer:1}]}\n';

export const secretReaders = defineControl({
  id: 'control-plane/secret-readers',
  title: 'Secrets are read only by who works in their namespace',
  severity: 'high',
  why: 'Secrets hold the passwords and keys of everything else, tokens of service accounts among them. Who may list them has them all at one request, and listing is as good as getting.',
  remediation: 'Give the subject a Role in the namespace of the Secret it needs, with resourceNames and the verb get alone, and delete this rule. Programs that only use a Secret mount it and need no right at all.',
  frameworks: {
    'cis-kubernetes': ['5.1.2'], 'nsa-cisa': ['access/rbac', 'network/secrets'], 'nist-800-190': ['4.3.1'], 'nist-800-53': ['AC-3', 'AC-6', 'IA-5'],
    'mitre-attack': ['T1528', 'T1552', 'T1552.007'], 'owasp-kubernetes': ['K02', 'K03'], 'pci-dss': ['7.2.2', '7.2.5', '8.3.2'], soc2: ['CC6.1', 'CC6.3', 'C1.1'],
  },
  evidence: ['api'],
  scope: eachGrant,
  check(grant, world) {
    const granted = grantedBy(grant, world);
    if ('nothingAdded' in granted) return notApplicable(granted.nothingAdded);
    const rules = granted.rules.filter(readsAnySecret);
    if (rules.length === 0) return nothingFound(granted);
    const detail = (subjects: readonly Subject[]) => grantDetail(grant, { ...granted, subjects }, rules.slice(0, 5));
    if (granted.isUnbound) {
      const where = granted.namespace === '' ? 'of the whole cluster' : `of namespace ${granted.namespace}`;
      return fail(grantText(grant, granted, `read the Secrets ${where}`), { severity: severityOf('high', granted), detail: detail([]) });
    }
    if (granted.namespace === '') return provenFail(grantText(grant, granted, 'read the Secrets of every namespace'), { detail: detail(granted.subjects) });
    const { namespace } = granted;
    const outsiders = granted.subjects.filter((subject) => !worksIn(world, subject, namespace));
    if (outsiders.length === 0) return provenPass;
    const accounts = outsiders.filter((subject) => accountsOf(subject) !== undefined);
    if (accounts.length === 0 && grant.binding && givesNamespaceRole(grant.binding)) {
      return notApplicable(`the built-in role ${grant.binding.roleName}, bound in one namespace: that the people who run the namespace read its Secrets is what it is for`);
    }
    if (accounts.length > 0) world.workloads();
    return fail(grantText(grant, { ...granted, subjects: outsiders }, `read the Secrets of namespace ${namespace} without a workload there`), { detail: detail(outsiders) });
  },
  examples: {
    passes: [
      manifests(`${binding('RoleBinding', '{name: indexer, namespace: search}', indexer)}${role(allSecrets)}${pod}`),
      manifests(`${binding('ClusterRoleBinding', '{name: indexer}', indexer)}${role('{apiGroups: [""], resources: [configmaps], verbs: [get, list]}')}`),
      manifests(`${binding('RoleBinding', '{name: one, namespace: payments}', indexer)}${role('{apiGroups: [""], resources: [secrets], resourceNames: [search-key], verbs: [get]}')}`, { title: 'One Secret, by name' }),
    ],
    fails: [
      manifests(`${binding('ClusterRoleBinding', '{name: indexer}', indexer)}${role(allSecrets)}`),
      manifests(`${binding('RoleBinding', '{name: indexer, namespace: payments}', indexer)}${role(allSecrets)}${pod}`, { title: 'Its workload is elsewhere' }),
      manifests(`${binding('RoleBinding', '{name: team, namespace: search}', '{apiGroup: rbac.authorization.k8s.io, kind: Group, name: team}')}${role('{apiGroups: [""], resources: ["*"], verbs: [watch]}')}`),
      manifests(`${binding('RoleBinding', '{name: all, namespace: search}', '{apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:authenticated}')}${role(allSecrets)}${pod}`),
      manifests(role(allSecrets), { title: 'A role that nobody is bound to: one step less severe' }),
    ],
    unknown: [
      manifests(`${binding('RoleBinding', '{name: indexer, namespace: search}', indexer)}${role(allSecrets)}`, { missing: { pods: 'forbidden' } }),
      manifests(binding('ClusterRoleBinding', '{name: indexer}', indexer).slice(0, -4), { missing: { 'clusterroles.rbac.authorization.k8s.io': 'forbidden' } }),
    ],
    notApplicable: [
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: edit, labels: {kubernetes.io/bootstrapping: rbac-defaults}}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get, list, watch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: team, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: shop-team}]`),
    ],
  },
});
