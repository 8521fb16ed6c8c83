import type { BindingFacts, Labels, PolicyRule, RoleFacts, Subject } from '../../facts.js';
import type { AccessFacts } from '../access-facts.js';

/** Facts for specs, written short. */
export const rule = (verbs: string, resources: string, more: Partial<PolicyRule> = {}): PolicyRule =>
  ({ verbs: verbs.split(','), apiGroups: [''], resources: resources.split(','), resourceNames: [], nonResourceURLs: [], ...more });

export const urlRule = (verbs: string, ...nonResourceURLs: string[]): PolicyRule =>
  ({ verbs: verbs.split(','), apiGroups: [], resources: [], resourceNames: [], nonResourceURLs });

export const allRights: PolicyRule = rule('*', '*', { apiGroups: ['*'] });

export const clusterRole = (name: string, rules: readonly PolicyRule[], more: { readonly labels?: Labels; readonly aggregates?: RoleFacts['aggregates'] } = {}): RoleFacts =>
  ({ kind: 'ClusterRole', namespace: '', name, rules, ...more });

export const role = (namespace: string, name: string, rules: readonly PolicyRule[]): RoleFacts => ({ kind: 'Role', namespace, name, rules });

export const user = (name: string): Subject => ({ kind: 'User', name, namespace: '' });
export const group = (name: string): Subject => ({ kind: 'Group', name, namespace: '' });
export const account = (namespace: string, name: string): Subject => ({ kind: 'ServiceAccount', namespace, name });

export const wide = (name: string, roleName: string, ...subjects: Subject[]): BindingFacts =>
  ({ kind: 'ClusterRoleBinding', namespace: '', name, roleKind: 'ClusterRole', roleName, subjects });

/** `Role/name` or `ClusterRole/name`. */
export const narrow = (namespace: string, name: string, ref: string, ...subjects: Subject[]): BindingFacts => {
  const [roleKind = '', roleName = ''] = ref.split('/');
  return { kind: 'RoleBinding', namespace, name, roleKind, roleName, subjects };
};

export const facts = (some: Partial<AccessFacts>): AccessFacts => ({ roles: [], clusterRoles: [], roleBindings: [], clusterRoleBindings: [], ...some });
