import type { BindingFacts, PolicyRule, RoleFacts, Subject } from '../facts.js';

const group = 'rbac.authorization.k8s.io';
const apiVersion = `${group}/v1`;

/** A role as the API has it. */
export const roleObject = (role: RoleFacts) => ({ apiVersion, kind: role.kind, metadata: metadataOf(role), rules: role.rules.map(ruleObject) });

/** A binding as the API has it. */
export const bindingObject = (binding: BindingFacts) => ({
  apiVersion, kind: binding.kind, metadata: metadataOf(binding),
  roleRef: { apiGroup: group, kind: binding.roleKind, name: binding.roleName },
  subjects: binding.subjects.map(subjectObject),
});

const metadataOf = ({ name, namespace }: { readonly name: string; readonly namespace: string }) => ({ name, ...(namespace !== '' && { namespace }) });

const ruleObject = ({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule) =>
  nonResourceURLs.length > 0 ? { nonResourceURLs, verbs } : { apiGroups, resources, ...(resourceNames.length > 0 && { resourceNames }), verbs };

const subjectObject = (subject: Subject) => ({ kind: subject.kind, ...(subject.kind !== 'ServiceAccount' && { apiGroup: group }), ...metadataOf(subject) });
