import { stringify } from 'yaml';
import type { BindingFacts, PolicyRule, RoleFacts, Subject } from '#inventory/facts.js';

const group = 'rbac.authorization.k8s.io';

/** Roles and bindings as YAML that can be applied. */
export const rbacManifest = (roles: readonly RoleFacts[], bindings: readonly BindingFacts[]): string =>
  [...roles.map(roleObject), ...bindings.map(bindingObject)].map((object) => stringify(object, { lineWidth: 0 })).join('---\n');

const metadataOf = ({ name, namespace }: { readonly name: string; readonly namespace: string }) => ({ name, ...(namespace !== '' && { namespace }) });

const roleObject = (role: RoleFacts) => ({ apiVersion: `${group}/v1`, kind: role.kind, metadata: metadataOf(role), rules: role.rules.map(ruleObject) });

const ruleObject = ({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule) =>
  nonResourceURLs.length > 0 ? { nonResourceURLs, verbs } : { apiGroups, resources, ...(resourceNames.length > 0 && { resourceNames }), verbs };

const bindingObject = (binding: BindingFacts) => ({
  apiVersion: `${group}/v1`, kind: binding.kind, metadata: metadataOf(binding),
  roleRef: { apiGroup: group, kind: binding.roleKind, name: binding.roleName },
  subjects: binding.subjects.map(subjectObject),
});

const subjectObject = (subject: Subject) => ({ kind: subject.kind, ...(subject.kind !== 'ServiceAccount' && { apiGroup: group }), ...metadataOf(subject) });
