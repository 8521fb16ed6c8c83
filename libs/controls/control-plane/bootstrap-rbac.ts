import type { BindingFacts, RoleFacts, Subject } from '#inventory/facts.js';

/**
 * What Kubernetes and kubeadm themselves put into RBAC. It is told apart by label, name and subject together, so
 * that neither a label on a role of one's own nor a subject added to a built-in binding hides anything.
 */
const bootstrapping = 'kubernetes.io/bootstrapping';

const isLabelled = (object: RoleFacts | BindingFacts): boolean => object.labels?.[bootstrapping] === 'rbac-defaults';

/** Roles without the prefix `system:` that the API server creates. */
const bootstrapRoleNames = new Set(['cluster-admin', 'admin', 'edit', 'view', 'extension-apiserver-authentication-reader']);

/** A role that the API server creates and repairs at every start. */
export const isBootstrapRole = (role: RoleFacts): boolean => isLabelled(role) && (role.name.startsWith('system:') || bootstrapRoleNames.has(role.name));

/** Built-in roles by which people run a namespace. */
const namespaceRoles = new Set(['admin', 'edit']);

/** Whether a binding gives one of them in the one namespace that it stands in. */
export const givesNamespaceRole = (binding: BindingFacts): boolean =>
  binding.kind === 'RoleBinding' && binding.roleKind === 'ClusterRole' && namespaceRoles.has(binding.roleName);

const account = (name: string): string => `ServiceAccount kube-system/${name}`;

/** Subjects of the API server's own bindings; those of controllers follow from their names. */
const bootstrapBindings: Readonly<Record<string, readonly string[]>> = {
  'cluster-admin': ['Group system:masters'],
  'system:monitoring': ['Group system:monitoring'],
  'system:discovery': ['Group system:authenticated'],
  'system:basic-user': ['Group system:authenticated'],
  'system:public-info-viewer': ['Group system:authenticated', 'Group system:unauthenticated'],
  'system:node-proxier': ['User system:kube-proxy'],
  'system:kube-controller-manager': ['User system:kube-controller-manager'],
  'system:kube-dns': [account('kube-dns')],
  'system:kube-scheduler': ['User system:kube-scheduler'],
  'system:volume-scheduler': ['User system:kube-scheduler'],
  'system:service-account-issuer-discovery': ['Group system:serviceaccounts'],
  'system::extension-apiserver-authentication-reader': ['User system:kube-controller-manager', 'User system:kube-scheduler'],
  'system::leader-locking-kube-controller-manager': ['User system:kube-controller-manager', account('kube-controller-manager'), account('leader-election-controller')],
  'system::leader-locking-kube-scheduler': ['User system:kube-scheduler', account('kube-scheduler')],
};

const controllerPrefix = 'system:controller:';

export const subjectText = ({ kind, namespace, name }: Subject): string => `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;

/** Whether the control plane itself gave this subject this role, as every cluster starts with it. */
export function isBootstrapSubject(binding: BindingFacts, subject: Subject): boolean {
  const text = subjectText(subject);
  // Members of these groups hold every right without any binding, or by kubeadm's own.
  if (text === 'Group system:masters' || (text === 'Group kubeadm:cluster-admins' && binding.name === 'kubeadm:cluster-admins')) return true;
  if (!isLabelled(binding)) return false;
  if (binding.name.startsWith(controllerPrefix)) return binding.roleName === binding.name && text === account(binding.name.slice(controllerPrefix.length));
  return Object.hasOwn(bootstrapBindings, binding.name) && bootstrapBindings[binding.name]!.includes(text);
}
