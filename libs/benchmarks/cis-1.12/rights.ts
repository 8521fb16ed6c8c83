import type { Evidence } from '../evidence.js';
import { api, byControls, type ControlName, type ItemSpec, type SectionSpec } from '../item-spec.js';
import { text } from '../remedies/remedy.js';

const rbac = ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'].map((resource) => `${resource}.rbac.authorization.k8s.io`);

const item = (id: string, title: string, answers: readonly ControlName[], remedy: string, evidence: readonly Evidence[] = api(...rbac)): ItemSpec =>
  byControls(id, title, answers, { assessment: 'manual', target: 'cluster', evidence, remedy: text(remedy) });

export const rights: SectionSpec = {
  id: '5.1', title: 'Rights and service accounts',
  items: [
    item('5.1.1', 'cluster-admin granted only where needed', ['control-plane/cluster-admin-bindings', 'control-plane/dashboard-exposure#cluster-admin'], 'Bind the subjects of cluster-admin to roles that name what they do, then delete their binding with `kubectl delete clusterrolebinding NAME`.'),
    item('5.1.2', 'Few principals can read Secrets', ['control-plane/secret-readers'], 'Take get, list and watch on secrets out of roles whose holders do not need them, or limit them by resourceNames in one namespace.'),
    item('5.1.3', 'No wildcards in roles outside built-ins', ['control-plane/wildcard-rules'], 'Replace `*` in verbs, resources and apiGroups of custom roles with what their holders use.'),
    item('5.1.4', 'Few principals can create pods', ['control-plane/pod-creation-rights'], 'Take create on pods, and on workloads that make pods, out of roles whose holders do not deploy.'),
    item('5.1.5', 'Default service accounts unused', ['control-plane/default-sa-privileges', 'workloads/default-service-account'], 'Give each workload a service account of its own, take the bindings from `default`, and set `automountServiceAccountToken: false` on it.', api('serviceaccounts', 'pods', ...rbac)),
    item('5.1.6', 'Token automount only where used', ['control-plane/token-automount'], 'Set `automountServiceAccountToken: false` on pods, or on their service accounts, that do not use the Kubernetes API.', api('pods', 'serviceaccounts', ...rbac)),
    item('5.1.7', 'system:masters not handed out', ['control-plane/system-masters'], 'Delete bindings of your own that name system:masters, replace client certificates of that organisation with ones bound by RBAC, and approve no request for one.'),
    item('5.1.8', 'bind / escalate / impersonate rights limited', ['control-plane/escalation-verbs#escalate', 'control-plane/escalation-verbs#bind', 'control-plane/escalation-verbs#impersonate'], 'Take the verbs bind, escalate and impersonate out of roles, or limit them by resourceNames.'),
    item('5.1.9', 'PersistentVolume creation limited', ['control-plane/risky-write-rights#volumes'], 'Leave create on persistentvolumes to storage provisioners; people use claims.'),
    item('5.1.10', 'nodes/proxy access limited', ['control-plane/exec-and-node-proxy#node-proxy'], 'Take nodes/proxy out of roles, and give what reads metrics nodes/metrics or nodes/stats instead: get on nodes/proxy alone runs commands in every pod of the node.'),
    item('5.1.11', 'CSR approval limited', ['control-plane/escalation-verbs#approve-certificates'], 'Leave update on certificatesigningrequests/approval, and approve on signers, to the approving controllers.'),
    item('5.1.12', 'Webhook-configuration writes limited', ['control-plane/escalation-verbs#webhooks'], 'Leave writes of validatingwebhookconfigurations and mutatingwebhookconfigurations to those who install admission webhooks.'),
    item('5.1.13', 'Service-account token minting limited', ['control-plane/escalation-verbs#mint-tokens'], 'Take create on serviceaccounts/token out of roles, or limit it by resourceNames to the accounts that are meant.'),
  ],
};
