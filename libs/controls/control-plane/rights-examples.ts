const roleRef = 'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: helper}';
const subjects = 'subjects: [{kind: ServiceAccount, name: helper, namespace: tools}]';

/** A cluster role that nobody is bound to, for examples of controls on rights. */
export const unboundRole = (rules: string): string => `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: helper}\nrules: ${rules}\n`;

/** The role, bound in the whole cluster. */
export const boundEverywhere = (rules: string): string => `${unboundRole(rules)}---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: helper}
${roleRef}
${subjects}
`;

/** The role, bound in one namespace. */
export const boundIn = (namespace: string, rules: string): string => `${unboundRole(rules)}---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: helper, namespace: ${namespace}}
${roleRef}
${subjects}
`;

/** A controller of Kubernetes with the role it was made with. */
export const controllerGrant = (name: string, rules: string): string => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "system:controller:${name}", labels: {kubernetes.io/bootstrapping: rbac-defaults}}
rules: ${rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "system:controller:${name}", labels: {kubernetes.io/bootstrapping: rbac-defaults}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:controller:${name}"}
subjects: [{kind: ServiceAccount, name: ${name}, namespace: kube-system}]
`;

/** The built-in role edit, given to a team in its namespace. */
export const editInNamespace = `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: team, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: shop-team}]
`;
