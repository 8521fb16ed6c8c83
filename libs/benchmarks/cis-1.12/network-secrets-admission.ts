import { api, byControls, byRule, flagsOf, type SectionSpec } from '../item-spec.js';
import { text } from '../remedies/remedy.js';
import { undecidable } from '../rules/rule.js';

const manual = { assessment: 'manual', target: 'cluster' } as const;

export const policyKinds = ['networkpolicies.networking.k8s.io', 'ciliumnetworkpolicies.cilium.io', 'networkpolicies.crd.projectcalico.org', 'networkpolicies.projectcalico.org'];

export const network: SectionSpec = {
  id: '5.3', title: 'Network policies',
  items: [
    byControls('5.3.1', 'CNI enforces NetworkPolicy', ['network/cni-enforcement'], {
      ...manual, evidence: api('daemonsets.apps', 'pods', 'networkpolicies.networking.k8s.io'),
      remedy: text('Run a network plugin that enforces NetworkPolicy (Calico, Cilium, Antrea, kube-router, OVN-Kubernetes), or add an enforcing agent to the one that is there; flannel alone enforces none.'),
    }),
    // The controls on default-deny want more than one policy a namespace.
    byRule('5.3.2', 'Every namespace has a NetworkPolicy', { kind: 'namespaces-have', resources: policyKinds }, {
      ...manual, note: 'One policy is enough for it; controls network/default-deny-ingress and network/default-deny-egress say whether what it leaves open is little.',
      remedy: text('Give each namespace a NetworkPolicy that selects all pods and denies both directions, then one for each flow that is meant.'),
    }),
  ],
};

export const secrets: SectionSpec = {
  id: '5.4', title: 'Secrets',
  items: [
    byControls('5.4.1', 'Secrets mounted as files, not environment variables', ['supply-chain/secrets-in-env'], {
      ...manual, evidence: api('pods'), remedy: text('Replace `env.valueFrom.secretKeyRef` and `envFrom.secretRef` with a volume of the Secret, mounted read-only, and have the program read the file.'),
    }),
    byControls('5.4.2', 'External secret storage considered', ['supply-chain/external-secret-store'], {
      ...manual, evidence: api('secrets', 'pods', 'externalsecrets.external-secrets.io', 'vaultstaticsecrets.secrets.hashicorp.com', 'vaultdynamicsecrets.secrets.hashicorp.com'),
      remedy: text('Keep credentials in a store outside of the cluster (a cloud\'s secret manager, Vault) and bring them in with the Secrets Store CSI driver or External Secrets.'),
    }),
  ],
};

export const admission: SectionSpec = {
  id: '5.5', title: 'Admission of images',
  items: [
    byControls('5.5.1', 'Image provenance verified at admission', ['supply-chain/signature-admission'], {
      ...manual, evidence: [...api('validatingwebhookconfigurations.admissionregistration.k8s.io', 'mutatingwebhookconfigurations.admissionregistration.k8s.io', 'clusterpolicies.kyverno.io', 'imagevalidatingpolicies.policies.kyverno.io', 'clusterimagepolicies.policy.sigstore.dev', 'pods', 'namespaces'), ...flagsOf('kube-apiserver')],
      remedy: text('Let admission verify signatures in every namespace: Kyverno\'s verifyImages, Sigstore\'s policy-controller, Ratify or Connaisseur, failing closed; or ImagePolicyWebhook with a backend that does.'),
    }),
  ],
};

export const general: SectionSpec = {
  id: '5.6', title: 'Namespaces and security contexts',
  items: [
    byRule('5.6.1', 'Namespaces separate tenants and duties', undecidable('Whether each namespace holds the workloads of one team or duty: which belong together is known to their owners alone.', 'namespaces with their labels and workloads'), {
      ...manual, remedy: text('Give each team or duty a namespace of its own, with quotas, policies and roles there.'),
    }, ...api('namespaces', 'pods')),
    byControls('5.6.2', 'Pods use the RuntimeDefault (or stricter) seccomp profile', ['workloads/seccomp'], {
      ...manual, evidence: api('pods'), remedy: text('Set `seccompProfile: {type: RuntimeDefault}` in the pod\'s securityContext; `seccompDefault: true` of the kubelet does it for all pods of a node.'),
    }),
    byControls('5.6.3', 'Pods and containers carry a security context', ['workloads/pss-restricted'], {
      ...manual, evidence: api('pods'), remedy: text('Set runAsNonRoot, allowPrivilegeEscalation, capabilities and seccompProfile in each securityContext as the level restricted wants them.'),
    }),
    byControls('5.6.4', 'Default namespace holds no workloads', ['workloads/default-namespace'], {
      ...manual, evidence: api('pods', 'services'), remedy: text('Make the workloads again in namespaces of their own, and delete them in `default`.'),
    }),
  ],
};
