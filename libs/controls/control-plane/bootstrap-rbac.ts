import type { BindingFacts, RoleFacts, Subject } from '#inventory/facts.js';

/**
 * What Kubernetes and kubeadm themselves put into RBAC. It is told apart by label, name and subject together, so
 * that neither a label on a role of one's own nor a subject added to a built-in binding hides anything.
 */
const bootstrapping = 'kubernetes.io/bootstrapping';

const isLabelled = (object: RoleFacts | BindingFacts): boolean => object.labels?.[bootstrapping] === 'rbac-defaults';

/** Roles without the prefix `system:` that the API server creates. */
const bootstrapRoleNames = new Set(['cluster-admin', 'admin', 'edit', 'view', 'extension-apiserver-authentication-reader']);

/** Whether a cluster role of this name may be one that every cluster starts with, so that a binding to it needs no role beside it in an upload. */
export const isBuiltInName = (roleName: string): boolean => roleName.startsWith('system:') || bootstrapRoleNames.has(roleName);

/** A role that the API server creates, and at every start gives back what was taken from it: what was added stays. */
export const isBootstrapRole = (role: RoleFacts): boolean => isLabelled(role) && isBuiltInName(role.name);

/**
 * Those of them that hold wildcards, Secrets or ways to more rights by design. A far-reaching right in any other was
 * put there by somebody, or its name is made up to look built in: both are ways to stay in a cluster.
 */
const farReaching = new Set([
  'cluster-admin', 'admin', 'edit', 'system:aggregate-to-admin', 'system:aggregate-to-edit', 'system:kube-controller-manager', 'system:kubelet-api-admin', 'system:node',
  ...[
    'bootstrap-signer', 'certificate-controller', 'clusterrole-aggregation-controller', 'disruption-controller', 'expand-controller', 'generic-garbage-collector',
    'horizontal-pod-autoscaler', 'namespace-controller', 'persistent-volume-binder', 'resourcequota-controller', 'storage-version-migrator-controller', 'token-cleaner',
  ].map((name) => `system:controller:${name}`),
]);

export const isFarReaching = (roleName: string): boolean => farReaching.has(roleName);

/** Built-in roles by which people run a namespace. */
const namespaceRoles = new Set(['admin', 'edit']);

const isEverybody = ({ kind, name }: Subject): boolean =>
  kind === 'Group' ? name === 'system:authenticated' || name === 'system:unauthenticated' || name === 'system:serviceaccounts' : kind === 'User' && name === 'system:anonymous';

/** Whether a binding lets somebody run the one namespace that it stands in. Who runs kube-system runs the cluster. */
export const givesNamespaceRole = (binding: BindingFacts): boolean =>
  binding.kind === 'RoleBinding' && binding.roleKind === 'ClusterRole' && namespaceRoles.has(binding.roleName) && binding.namespace !== 'kube-system' && !binding.subjects.some(isEverybody);

const account = (name: string): string => `ServiceAccount kube-system/${name}`;

/** Subjects of the API server's own bindings, which give the role of their name; those of controllers follow from their names. */
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

/** Whether a subject holds every right without any binding, or by kubeadm's own. */
export const isMaster = (binding: BindingFacts, { kind, name }: Subject): boolean =>
  kind === 'Group' && (name === 'system:masters' || (name === 'kubeadm:cluster-admins' && binding.name === 'kubeadm:cluster-admins'));

/** Whether the control plane itself gave this subject this role, as every cluster starts with it. */
export function isBootstrapSubject(binding: BindingFacts, subject: Subject): boolean {
  if (isMaster(binding, subject)) return true;
  if (!isLabelled(binding) || binding.roleName !== roleOf(binding.name)) return false;
  const text = subjectText(subject);
  if (binding.name.startsWith(controllerPrefix)) return text === account(binding.name.slice(controllerPrefix.length));
  return Object.hasOwn(bootstrapBindings, binding.name) && bootstrapBindings[binding.name]!.includes(text);
}

/** The one built-in binding that is not called like its role. */
const roleOf = (bindingName: string): string => (bindingName === 'system::extension-apiserver-authentication-reader' ? 'extension-apiserver-authentication-reader' : bindingName);
