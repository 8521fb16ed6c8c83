import { defineControl, type Severity } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, implied, notApplicable, ofPart, provenFail, type Verdict } from '../engine/verdict.js';
import { eachGrant } from '../scopes/each-grant.js';
import { givesNamespaceRole } from './bootstrap-rbac.js';
import { abilities, heldBy } from './escalation-abilities.js';
import { grantDetail, grantedBy, grantText, nothingFound, severityOf } from './granted.js';

const role = (rules: string, name = 'helper') => `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: ${name}}\nrules: ${rules}\n`;
const bound = (rules: string) => `${role(rules)}---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: helper}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: helper}
subjects: [{kind: ServiceAccount, name: helper, namespace: tools}]
`;
const boundInNamespace = (rules: string) => `${role(rules)}---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: helper, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: helper}
subjects: [{kind: ServiceAccount, name: helper, namespace: tools}]
`;

/** Namespaces whose accounts are the cluster's own: to rule them is to rule the cluster. */
const isControlPlane = (namespace: string): boolean => namespace === 'kube-system';

/** Abilities that admin and edit have by design, over the accounts of the namespace they are bound in. */
const ofNamespaceRoles: ReadonlySet<string> = new Set(['impersonate', 'mint-tokens']);

export const escalationVerbs = defineControl({
  id: 'control-plane/escalation-verbs',
  title: 'Nobody holds rights that lead to more rights',
  severity: 'critical',
  why: 'Kubernetes refuses to let anyone grant what they do not have, except to holders of a few verbs. Whoever may escalate, bind, impersonate, approve or sign certificates, make tokens of service accounts or rewrite admission webhooks is one request away from every right in the cluster.',
  remediation: 'Take the verb out of the role, or limit it by resourceNames to the roles, users, signers or accounts that the work needs. `kubectl auth can-i --list --as=<subject>` shows what is left. Delete roles that nobody is bound to.',
  frameworks: {
    'cis-kubernetes': ['5.1.8#escalate', '5.1.8#bind', '5.1.8#impersonate', '5.1.11#approve-certificates', '5.1.12#webhooks', '5.1.13#mint-tokens'],
    'nsa-cisa': ['access/rbac'], 'nist-800-190': ['4.3.1'], 'nist-800-53': ['AC-3', 'AC-6', 'AC-6(1)', 'AC-6(10)'],
    'mitre-attack': [
      'T1098', 'T1098.006#escalate', 'T1098.006#bind', 'T1136#approve-certificates', 'T1136.001#approve-certificates', 'T1550#impersonate', 'T1550.001#mint-tokens',
      'T1685#webhooks',
    ],
    'owasp-kubernetes': ['K02'], 'pci-dss': ['7.2.2', '7.2.5'], soc2: ['CC6.3'],
  },
  evidence: ['api'],
  parts: { everything: 'a rule that allows everything', ...Object.fromEntries(abilities.map(({ part, text }) => [part, `may ${text}`])) },
  scope: eachGrant,
  check(grant, world) {
    const granted = grantedBy(grant, world);
    if ('nothingAdded' in granted) return notApplicable(granted.nothingAdded);
    const { binding } = grant;
    const where = granted.namespace === '' ? 'in the whole cluster' : `in namespace ${granted.namespace}`;
    const base: Severity = granted.namespace === '' || isControlPlane(granted.namespace) ? 'critical' : 'high';
    const found = granted.isUnbound ? fail : provenFail;
    if (granted.everything) {
      const everything = found(grantText(grant, granted, `do everything ${where}`), {
        part: 'everything', severity: severityOf(base, granted), detail: grantDetail(grant, granted, [granted.everything]),
      });
      return [everything, ...abilities.map(({ part }) => implied(part))];
    }
    const runsNamespace = binding && givesNamespaceRole(binding) ? `the built-in role ${binding.roleName}, bound in one namespace: that its holders may act as the namespace's service accounts is what it is for` : undefined;
    const nothing = nothingFound(granted);
    const verdicts = abilities.map((ability): Verdict => {
      const held = heldBy(ability.needs, granted.rules, granted.namespace);
      if (!held) return ofPart(nothing, ability.part);
      if (runsNamespace !== undefined && ofNamespaceRoles.has(ability.part)) return notApplicable(runsNamespace, ability.part);
      return found(grantText(grant, granted, `${ability.text}, ${where}${held.isNarrow ? ' but for some names only' : ''}`), {
        part: ability.part, severity: severityOf(held.isNarrow ? 'medium' : base, granted), detail: grantDetail(grant, granted, held.rules),
      });
    });
    if (!verdicts.some(({ status }) => status === 'fail')) {
      if (runsNamespace !== undefined) return notApplicable(runsNamespace);
      if (nothing.status === 'not-applicable') return nothing;
    }
    return [ofPart(nothing, 'everything'), ...verdicts];
  },
  examples: {
    passes: [
      manifests(bound('[{apiGroups: [rbac.authorization.k8s.io], resources: [roles, rolebindings], verbs: [get, list, create]}]')),
      manifests(bound('[{apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [update]}, {apiGroups: [certificates.k8s.io], resources: [signers], resourceNames: [issuers.example.com/shop], verbs: [approve]}]'), { title: 'It approves for a signer that Kubernetes does not trust' }),
      manifests(boundInNamespace('[{apiGroups: [""], resources: [users], verbs: [impersonate]}]'), { title: 'Users have no namespace, so a RoleBinding gives nothing on them' }),
    ],
    fails: [
      manifests(bound('[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [update, escalate]}]')),
      manifests(bound('[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]}]')),
      manifests(bound('[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [shop-viewer], verbs: [bind]}]'), { title: 'For one role only: less, but still more than it has' }),
      manifests(bound('[{apiGroups: [""], resources: [users, groups], verbs: [impersonate]}]')),
      manifests(boundInNamespace('[{apiGroups: [""], resources: [serviceaccounts], verbs: ["*"]}]')),
      manifests(bound('[{apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [update]}, {apiGroups: [certificates.k8s.io], resources: [signers], verbs: [approve]}]')),
      manifests(bound('[{apiGroups: [certificates.k8s.io], resources: ["*/status"], verbs: [patch]}, {apiGroups: [certificates.k8s.io], resources: [signers], resourceNames: [kubernetes.io/kube-apiserver-client], verbs: [sign]}]')),
      manifests(bound('[{apiGroups: [""], resources: [serviceaccounts/token], verbs: [create]}]')),
      manifests(bound('[{apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [get, patch]}]')),
      manifests(bound('[{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]')),
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: cluster-admin, labels: {kubernetes.io/bootstrapping: rbac-defaults}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:masters}, {apiGroup: rbac.authorization.k8s.io, kind: User, name: mallory}]`, { title: 'Somebody was added to a binding that every cluster starts with' }),
      manifests(role('[{apiGroups: [""], resources: [serviceaccounts/token], verbs: [create]}]'), { title: 'A role that nobody is bound to: one step less severe' }),
    ],
    unknown: [
      manifests(bound('[]'), { missing: { 'clusterroles.rbac.authorization.k8s.io': 'forbidden' } }),
      manifests(role('[{apiGroups: [""], resources: [serviceaccounts/token], verbs: [create]}]'), { missing: { 'rolebindings.rbac.authorization.k8s.io': 'forbidden' } }),
    ],
    notApplicable: [
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: team, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: shop-team}]`),
      manifests(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: cluster-admin, labels: {kubernetes.io/bootstrapping: rbac-defaults}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:masters}]`),
    ],
  },
});
