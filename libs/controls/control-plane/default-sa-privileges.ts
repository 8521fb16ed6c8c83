import type { BindingFacts, ServiceAccountFacts, Subject } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import type { ListScope } from '../engine/scope.js';
import { notApplicable, pass, provenFail, provenPass, provenPassPart, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { discoveryRoles } from '../indexes/account-permissions.js';
import { accountsOf } from '../indexes/accounts.js';
import { roles } from '../indexes/roles.js';
import { eachBinding } from '../scopes/each-binding.js';
import { isBootstrapSubject, subjectText } from './bootstrap-rbac.js';

/** Whether a subject means a `default` account: by name, or by a group of service accounts, which always has one in it. */
function meansDefault(subject: Subject): boolean {
  const meant = accountsOf(subject);
  if (meant?.of === 'account') return meant.name === 'default' && meant.namespace !== '';
  return meant !== undefined && subject.name !== 'system:authenticated';
}

/** Whoever breaks into any pod of the namespace has this token, where nobody said otherwise. */
const judgeAccount = ({ namespace, automountToken }: ServiceAccountFacts): Verdict =>
  automountToken === false ? provenPassPart('automount') : provenFail(`service account default of namespace ${namespace} gives its token to every pod that names no other account`, { part: 'automount', severity: 'info' });

function judgeBinding(judged: BindingFacts, world: World): Verdict {
  const named = judged.subjects.filter(meansDefault);
  if (named.length === 0) return provenPass;
  const subjects = named.filter((subject) => !isBootstrapSubject(judged, subject));
  if (subjects.length === 0) return notApplicable('a binding that every cluster starts with, and nobody was added to it');
  if (judged.roleKind === 'ClusterRole' && discoveryRoles.has(judged.roleName)) return provenPass;
  const isClusterAdmin = judged.roleKind === 'ClusterRole' && judged.roleName === 'cluster-admin';
  const found = isClusterAdmin ? undefined : world.use(roles).of(judged);
  // A role that does not exist, or has no rules yet, gives nothing.
  if (!isClusterAdmin && (found?.rules.length ?? 0) === 0) return pass;
  const where = judged.kind === 'ClusterRoleBinding' ? 'in the whole cluster' : `in namespace ${judged.namespace}`;
  const [first, ...others] = subjects.map(subjectText);
  return provenFail(`${judged.roleKind} ${judged.roleName} is given ${where} to ${first}${others.length > 0 ? ` and ${others.length} more` : ''}: every pod that names no account of its own has it`, {
    detail: { role: `${judged.roleKind}/${judged.roleName}`, subjects: [first, ...others].slice(0, 50) },
  });
}

/** Bindings, and the accounts themselves. */
const bindingsAndDefaults: ListScope<BindingFacts | ServiceAccountFacts> = {
  name: 'binding or default service account',
  family: 'list',
  needs: [...eachBinding.needs, 'serviceaccounts'],
  *subjects(world) {
    yield* eachBinding.subjects(world);
    for (const account of world.seen('serviceaccounts')) {
      if (account.name === 'default') yield { subject: account, resource: { group: '', kind: 'ServiceAccount', namespace: account.namespace, name: account.name }, part: '' };
    }
  },
};

const binding = (subject: string, role = 'kind: Role, name: reader') => `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, ${role}}
subjects: [${subject}]
`;
const role = (rules = '[{apiGroups: [""], resources: [configmaps], verbs: [get]}]') => `---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reader, namespace: shop}\nrules: ${rules}\n`;
const account = '{kind: ServiceAccount, name: default, namespace: shop}';

export const defaultSaPrivileges = defineControl({
  id: 'control-plane/default-sa-privileges',
  title: 'Default service accounts have no rights of their own',
  severity: 'high',
  why: 'Every pod that names no service account runs as the default one of its namespace. What that may do, each of them may do, those included that somebody deploys next year without a thought of it.',
  remediation: 'Make a service account for the program that needs the rights, name it in its pods and in this binding, and take the default account, or the group of all accounts, out of the subjects. Set `automountServiceAccountToken: false` on the default account of each namespace, once pods that use the API name another.',
  frameworks: {
    'cis-kubernetes': ['5.1.5'], 'nsa-cisa': ['pod-security/service-account-tokens', 'access/rbac'], 'nist-800-190': ['4.3.1'], 'nist-800-53': ['AC-3', 'AC-6'],
    'mitre-attack': ['T1078.001', 'T1528', 'T1552.007'], 'owasp-kubernetes': ['K02'], 'pci-dss': ['2.2.2', '7.2.5'], soc2: ['CC6.1', 'CC6.3'],
  },
  evidence: ['api'],
  parts: { automount: 'no pod is given a token of it that did not ask' },
  scope: bindingsAndDefaults,
  check: (judged, world) => ('roleName' in judged ? judgeBinding(judged, world) : judgeAccount(judged)),
  examples: {
    passes: [
      manifests('apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: shop}\nautomountServiceAccountToken: false'),
      manifests(`${binding('{kind: ServiceAccount, name: web, namespace: shop}')}${role()}`),
      manifests(binding(account, 'kind: ClusterRole, name: system:discovery')),
      manifests(binding(account), { title: 'A role that does not exist gives nothing' }),
      manifests(`${binding('{apiGroup: rbac.authorization.k8s.io, kind: User, name: default}')}${role()}`, { title: 'A person called default' }),
    ],
    fails: [
      manifests('apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: shop}', { title: 'A token for every pod that did not ask' }),
      manifests(`${binding(account)}${role()}`),
      manifests(`${binding('{apiGroup: rbac.authorization.k8s.io, kind: User, name: "system:serviceaccount:shop:default"}')}${role()}`, { title: 'The same account, by its user name' }),
      manifests(`${binding('{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:serviceaccounts:shop"}')}${role()}`, { title: 'Every account of the namespace, the default one among them' }),
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: quick-fix}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: default, namespace: kube-system}]`),
    ],
    unknown: [manifests(binding(account), { missing: { 'roles.rbac.authorization.k8s.io': 'forbidden' } })],
    notApplicable: [
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: system:service-account-issuer-discovery, labels: {kubernetes.io/bootstrapping: rbac-defaults}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:service-account-issuer-discovery}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:serviceaccounts}]`),
    ],
  },
});
