import { api, byControls, byRule, flagsOf, type SectionSpec } from '../item-spec.js';
import { text } from '../remedies/remedy.js';
import { any, flag, undecidable, type Rule } from '../rules/rule.js';
import { notEqual } from '../rules/value-test.js';
import { sensitiveRequests } from '../rules/audit-need.js';

const manual = { assessment: 'manual', target: 'control-plane' } as const;

export const authentication: SectionSpec = {
  id: '3.1', title: 'Authentication and authorization',
  items: [
    byControls('3.1.1', 'People do not log in with client certificates', ['control-plane/api-server-authn#identity-provider'], {
      ...manual, evidence: [...flagsOf('kube-apiserver'), ...api('rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io')],
      remedy: { kind: 'flags', component: 'kube-apiserver', set: { 'authentication-config': '<file>' }, note: 'The file names an OIDC issuer (`jwt`); then bind its groups instead of names in certificates, and let those certificates run out.' },
    }),
    byRule('3.1.2', 'People do not log in with service-account tokens',
      undecidable('Who holds the tokens of service accounts that no pod runs as, and who asked for tokens of theirs: a token in use does not show whether a person or a program holds it.', 'Secrets of type kubernetes.io/service-account-token with when they were last used', 'service accounts that no pod runs as', 'who may create serviceaccounts/token'),
      { ...manual, remedy: text('Give people an account with an identity provider, delete Secrets of type kubernetes.io/service-account-token that programs outside of the cluster do not need, and take `create serviceaccounts/token` from people\'s roles.') },
      ...api('serviceaccounts', 'pods')),
    byRule('3.1.3', 'People do not log in with bootstrap tokens',
      any(flag('kube-apiserver', 'enable-bootstrap-token-auth', notEqual(true)), undecidable('Which bootstrap tokens are valid, until when and for which groups, and who holds them.', 'Secrets of type bootstrap.kubernetes.io/token in kube-system, by name alone', '--enable-bootstrap-token-auth')),
      { ...manual, remedy: { kind: 'flags', component: 'kube-apiserver', remove: ['enable-bootstrap-token-auth'], note: 'Where nodes join with tokens, give each a short expiration and no group but system:bootstrappers ones, and delete it after.' } }),
  ],
};

export const recordsSensitiveRequests: Rule = { kind: 'audit-policy', file: 'audit-policy', covers: sensitiveRequests };

export const audit: SectionSpec = {
  id: '3.2', title: 'Audit',
  items: [
    byControls('3.2.1', 'An audit policy is in force', ['control-plane/audit-logging#policy'], { ...manual, evidence: flagsOf('kube-apiserver'), remedy: { kind: 'flags', component: 'kube-apiserver', set: { 'audit-policy-file': '<file>' } } }),
    byRule('3.2.2', 'Audit policy covers secrets, workload writes, exec/portforward/proxy', recordsSensitiveRequests, {
      ...manual, covers: ['control-plane/audit-logging#policy', 'control-plane/audit-policy-quality#secrets', 'control-plane/audit-policy-quality#settings', 'control-plane/audit-policy-quality#exec', 'control-plane/audit-policy-quality#workloads'], remedy: text('In the audit policy that --audit-policy-file names, put rules of level Metadata for secrets, configmaps and tokenreviews, for writes of pods and deployments, and for pods/exec, pods/portforward, pods/proxy and services/proxy before any rule of level None; the first rule that matches decides.'),
    }),
  ],
};
