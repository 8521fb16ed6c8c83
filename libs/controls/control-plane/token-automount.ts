import { defineControl } from '../engine/control.js';
import { manifests, podSpec } from '../engine/example.js';
import { fail, notApplicable, provenPass } from '../engine/verdict.js';
import { accountAutomounts, permissionKeys, permittedAccounts } from '../indexes/account-permissions.js';
import { podPatch } from '../patches/workload-patch.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';

const pod = (spec = '') => `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {serviceAccountName: web, ${spec}containers: [{name: app, image: registry.example/web:1}]}\n`;
const account = (setting = '') => `---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: shop}\n${setting}\n`;
const grant = (subject: string, roleRef = 'kind: Role, name: web') => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: web, namespace: shop}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, ${roleRef}}
subjects: [${subject}]
`;

export const tokenAutomount = defineControl({
  id: 'control-plane/token-automount',
  title: 'Pods that do not use the Kubernetes API carry no token for it',
  severity: 'medium',
  why: 'A token in a pod is there for whoever breaks into the pod. Where its account may do nothing, it serves nobody else: it names the account, lists the API, and gains every right that the account is given later by mistake.',
  remediation: 'Set `automountServiceAccountToken: false` in the pod template, or on the service account for all its pods. A pod that does use the API sets it to true and gets an account with a role of its own.',
  frameworks: {
    'cis-kubernetes': ['5.1.6'], 'nsa-cisa': ['pod-security/service-account-tokens'], 'nist-800-190': ['4.4.3'], 'nist-800-53': ['AC-6', 'CM-7', 'IA-5'],
    'mitre-attack': ['T1528', 'T1550.001', 'T1552.001'], 'owasp-kubernetes': ['K02'], 'pci-dss': ['2.2.4', '7.2.5'], soc2: ['CC6.1', 'CC6.3'],
  },
  evidence: ['api'],
  scope: eachPodTemplate,
  check(subject, world) {
    const { workload, template } = subject;
    if (workload.isMirror) return notApplicable('a kubelet starts static pods itself, without a service account');
    if (template.automountToken === false) return provenPass;
    const { namespace } = workload;
    const name = template.serviceAccount;
    // The account's setting counts where the pod has none; an account that is not there has none either.
    if (template.automountToken === undefined && world.use(accountAutomounts).get(`${namespace}/${name}`) === false) return provenPass;
    if (world.use(permittedAccounts).has(namespace, name)) return provenPass;
    for (const key of permissionKeys) world.list(key);
    return fail(`its pods mount an API token of service account ${name}, which may do nothing with it`, {
      detail: { serviceAccount: name, setBy: template.automountToken === undefined ? 'default' : 'pod' },
      patch: podPatch(subject, { automountServiceAccountToken: false }),
    });
  },
  examples: {
    passes: [
      manifests(`${pod('automountServiceAccountToken: false, ')}${account('automountServiceAccountToken: true')}`),
      manifests(`${pod()}${account('automountServiceAccountToken: false')}`),
      manifests(`${pod()}${account()}${grant('{kind: ServiceAccount, name: web, namespace: shop}')}`),
      manifests(`${pod()}${account()}${grant('{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:serviceaccounts:shop"}')}`),
      manifests(`${pod()}${account()}${grant('{apiGroup: rbac.authorization.k8s.io, kind: User, name: "system:serviceaccount:shop:web"}')}`),
    ],
    fails: [
      manifests(`${pod()}${account()}`),
      podSpec('', { title: 'The default account of its namespace' }),
      manifests(`${pod('automountServiceAccountToken: true, ')}${account('automountServiceAccountToken: false')}`, { title: 'The pod\'s setting goes before the account\'s' }),
      manifests(`${pod()}${account()}${grant('{kind: ServiceAccount, name: other, namespace: shop}')}`),
      manifests(`${pod()}${account()}${grant('{kind: ServiceAccount, name: web, namespace: shop}', 'kind: Role, name: gone')}`, { title: 'Bound to a role that does not exist' }),
      manifests(`${pod()}${account()}${grant('{apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:authenticated}', 'kind: ClusterRole, name: system:discovery')}`),
    ],
    unknown: [
      manifests(`${pod()}${account()}`, { missing: { 'clusterrolebindings.rbac.authorization.k8s.io': 'forbidden' } }),
      manifests(pod(), { missing: { serviceaccounts: 'forbidden' } }),
    ],
    notApplicable: [
      manifests('apiVersion: v1\nkind: Pod\nmetadata: {name: kube-scheduler-a, namespace: kube-system, annotations: {kubernetes.io/config.mirror: abc}}\nspec: {containers: [{name: kube-scheduler, image: registry.k8s.io/kube-scheduler:v1.36.0}]}'),
    ],
  },
});
