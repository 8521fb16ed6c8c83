import { heldRoles } from '#inventory/access/unused.js';
import type { BindingFacts, RoleFacts, Subject } from '#inventory/facts.js';
import { isComplete } from '#inventory/observed.js';
import { isBootstrapRole, isBootstrapSubject, isBuiltInName, subjectText } from '../control-plane/bootstrap-rbac.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import type { ListScope } from '../engine/scope.js';
import { fail, notApplicable, pass, provenPass, unknown, type Verdict } from '../engine/verdict.js';
import { defineIndex, type World } from '../engine/world.js';
import { permissionKeys } from '../indexes/account-permissions.js';
import { Roles, roles } from '../indexes/roles.js';
import { eachBinding } from '../scopes/each-binding.js';
import { eachRole } from '../scopes/each-role.js';

type Judged =
  | { readonly of: 'role'; readonly role: RoleFacts }
  | { readonly of: 'role-of-binding' | 'subjects-of-binding'; readonly binding: BindingFacts };

/** Roles, and of bindings both ends. */
const eachEnd: ListScope<Judged> = {
  name: 'role or binding',
  family: 'list',
  needs: permissionKeys,
  *subjects(world) {
    for (const { subject, resource } of eachRole.subjects(world)) yield { subject: { of: 'role', role: subject }, resource, part: '' };
    for (const { subject, resource } of eachBinding.subjects(world)) {
      yield { subject: { of: 'role-of-binding', binding: subject }, resource, part: 'role' };
      yield { subject: { of: 'subjects-of-binding', binding: subject }, resource, part: 'subjects' };
    }
  },
};

const keyOf = ({ kind, namespace, name }: { readonly kind: string; readonly namespace: string; readonly name: string }): string => `${kind}/${namespace}/${name}`;

/** Keys of the roles that nothing seen leads to; undefined where roles aggregate more than can be followed. */
const unboundRoles = defineIndex(['rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'], (world) => {
  const clusterRoles = world.seen('clusterroles.rbac.authorization.k8s.io');
  const all = [...world.seen('roles.rbac.authorization.k8s.io'), ...clusterRoles];
  const known = new Roles(all);
  // Without a namespace it binds nobody anywhere.
  const bindings = [...world.seen('rolebindings.rbac.authorization.k8s.io').filter(({ namespace }) => namespace !== ''), ...world.seen('clusterrolebindings.rbac.authorization.k8s.io')];
  const held = heldRoles(bindings.flatMap((binding) => known.of(binding) ?? []), clusterRoles);
  if (!held) return undefined;
  const unbound = new Set(all.filter((role) => !held.has(role)).map(keyOf));
  // A role that is listed twice, as where pages move while they are read, is held as one of the two.
  for (const role of held) unbound.delete(keyOf(role));
  return unbound;
});

const accountNames = defineIndex(['serviceaccounts'], (world) => new Set(world.list('serviceaccounts').map(({ namespace, name }) => `${namespace}/${name}`)));

/** Add-ons bring rules for the roles by which people run namespaces, whether somebody is bound to those yet or not. */
const addsToBuiltIn = (role: RoleFacts): boolean => Object.keys(role.labels ?? {}).some((label) => label.startsWith('rbac.authorization.k8s.io/aggregate-to-'));

function judgeRole(role: RoleFacts, world: World): Verdict {
  if (isBootstrapRole(role)) return notApplicable('a role that Kubernetes creates, bound or not');
  if (addsToBuiltIn(role)) return notApplicable('a role whose rules are added to a built-in one');
  const unbound = world.use(unboundRoles);
  if (!unbound) return unknown({ fact: 'clusterroles.rbac.authorization.k8s.io', reason: 'too-large', detail: 'cluster roles aggregate more of each other than can be followed' });
  return unbound.has(keyOf(role)) ? fail(`nobody is bound to ${role.kind} ${role.name}`, { detail: { rules: role.rules.length } }) : provenPass;
}

function judgeRoleOf(binding: BindingFacts, world: World): Verdict {
  if (binding.subjects.length > 0 && binding.subjects.every((subject) => isBootstrapSubject(binding, subject))) return notApplicable('a binding that every cluster starts with');
  if (world.use(roles).of(binding)) return provenPass;
  const list = binding.roleKind === 'Role' ? 'roles.rbac.authorization.k8s.io' : 'clusterroles.rbac.authorization.k8s.io';
  // Nobody sends in the roles that every cluster has.
  if (binding.roleKind === 'ClusterRole' && isBuiltInName(binding.roleName) && !isComplete(world.outcome(list))) return pass;
  return fail(`${binding.kind} ${binding.name} gives ${binding.roleKind} ${binding.roleName}, which does not exist: whoever may create it decides what its subjects may do`, {
    detail: { role: `${binding.roleKind}/${binding.roleName}` },
  });
}

function judgeSubjectsOf(binding: BindingFacts, world: World): Verdict {
  if (binding.subjects.length === 0) return binding.labels?.['kubernetes.io/bootstrapping'] === 'rbac-defaults' && isBuiltInName(binding.name) ? notApplicable('a binding that every cluster starts with') : fail(`${binding.kind} ${binding.name} has no subjects`);
  const accounts = binding.subjects.filter(({ kind }) => kind === 'ServiceAccount');
  if (accounts.length === 0) return provenPass;
  const names = world.use(accountNames);
  const isWhole = isComplete(world.outcome('serviceaccounts'));
  // Controllers make theirs when they first need them, and every namespace has a default one, sent in or not.
  const isThere = (subject: Subject): boolean => names.has(`${subject.namespace}/${subject.name}`) || isBootstrapSubject(binding, subject) || (!isWhole && subject.name === 'default');
  const lost = accounts.filter((subject) => !isThere(subject)).map(subjectText);
  if (lost.length === 0) return provenPass;
  return fail(`${binding.kind} ${binding.name} gives rights to ${lost[0]}${lost.length > 1 ? ` and ${lost.length - 1} more` : ''}, which does not exist: whoever may create it has them`, { detail: { subjects: lost.slice(0, 50) } });
}

const role = (name = 'reader', labels = '{}') => `---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: ${name}, labels: ${labels}}\nrules: [{apiGroups: [""], resources: [pods], verbs: [get]}]\n`;
const binding = (subjects = '[{kind: ServiceAccount, name: web, namespace: shop}]', name = 'reader') => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${name}}
subjects: ${subjects}
`;
const account = '---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: shop}\n';
const team = '[{apiGroup: rbac.authorization.k8s.io, kind: Group, name: team}]';

export const unusedRbac = defineControl({
  id: 'governance/unused-rbac',
  title: 'Roles have holders, and bindings lead from somebody to something',
  severity: 'low',
  why: 'A role nobody holds is one careless binding away from being granted unread. A binding whose role or service account is gone waits for whoever makes one of that name, and hides what is really granted.',
  remediation: 'Delete roles that nobody is to be bound to. Delete bindings to roles or service accounts that will not come back, or take the lost subjects out of them; create what was forgotten.',
  frameworks: {
    'nsa-cisa': ['access/rbac', 'upgrades/unused-components'], 'nist-800-190': ['4.3.1'], 'nist-800-53': ['AC-2', 'AC-6', 'AC-6(7)'],
    'mitre-attack': ['T1078', 'T1098.006'], 'owasp-kubernetes': ['K02'], 'pci-dss': ['7.2.2', '7.2.5'], soc2: ['CC6.2', 'CC6.3'],
  },
  evidence: ['api'],
  parts: { role: 'the role that a binding gives', subjects: 'the subjects of a binding' },
  scope: eachEnd,
  check(judged, world) {
    switch (judged.of) {
      case 'role': return judgeRole(judged.role, world);
      case 'role-of-binding': return judgeRoleOf(judged.binding, world);
      case 'subjects-of-binding': return judgeSubjectsOf(judged.binding, world);
    }
  },
  examples: {
    passes: [
      manifests(`${role()}${binding()}${account}`),
      manifests(`${role()}${binding(team)}`, { title: 'Whether people and groups exist, Kubernetes does not know' }),
    ],
    fails: [
      manifests(role(), { title: 'Nobody is bound to it' }),
      manifests(binding(team), { title: 'The role does not exist' }),
      manifests(`${role()}${binding()}`, { title: 'The service account does not exist' }),
      manifests(`${role()}${binding('[]')}`, { title: 'No subjects at all' }),
    ],
    unknown: [
      manifests(role(), { missing: { 'rolebindings.rbac.authorization.k8s.io': 'forbidden' } }),
      manifests(`${role()}${binding()}`, { missing: { serviceaccounts: 'forbidden' } }),
    ],
    notApplicable: [
      manifests(role('system:monitoring', '{kubernetes.io/bootstrapping: rbac-defaults}')),
      manifests(role('widget-editor', '{rbac.authorization.k8s.io/aggregate-to-edit: "true"}')),
    ],
  },
});
