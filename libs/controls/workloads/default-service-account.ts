import { defineControl } from '../engine/control.js';
import { manifests, podSpec } from '../engine/example.js';
import { fail, notApplicable, pass } from '../engine/verdict.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';

const staticPod = notApplicable('a kubelet starts static pods itself, without a service account');

export const defaultServiceAccount = defineControl({
  id: 'workloads/default-service-account',
  title: 'Workloads run as service accounts made for them',
  severity: 'low',
  why: 'All pods that name no service account are one and the same to the API server: a right given to the `default` account for one of them is given to all, and the audit log cannot tell them apart.',
  remediation: 'Create a service account for the workload (`kubectl create serviceaccount NAME`), set `serviceAccountName` in its pod template, and bind to it the rights it needs, if it needs any. Where it does not use the API, set `automountServiceAccountToken: false` too.',
  frameworks: {
    'cis-kubernetes': ['5.1.5'], 'nsa-cisa': ['pod-security/service-account-tokens'], 'nist-800-190': ['4.3.1'], 'nist-800-53': ['AC-2', 'AC-6', 'IA-4', 'IA-9'],
    'mitre-attack': ['T1078.001'], 'owasp-kubernetes': ['K02'], 'pci-dss': ['2.2.2', '7.2.5', '8.2.2'], soc2: ['CC6.1', 'CC6.3'],
  },
  evidence: ['api'],
  scope: eachPodTemplate,
  check({ workload, template }) {
    if (workload.isMirror) return staticPod;
    return template.serviceAccount === 'default' ? fail(`its pods run as service account default of namespace ${workload.namespace}, which is every pod's that names none`) : pass;
  },
  examples: {
    passes: [podSpec('serviceAccountName: web')],
    fails: [
      podSpec('', { title: 'none is named' }),
      podSpec('serviceAccountName: default'),
      podSpec('automountServiceAccountToken: false', { title: 'without a token it is still the same account' }),
    ],
    notApplicable: [
      manifests('apiVersion: v1\nkind: Pod\nmetadata: {name: kube-scheduler-a, namespace: kube-system, annotations: {kubernetes.io/config.mirror: abc}}\nspec: {containers: [{name: kube-scheduler, image: registry.k8s.io/kube-scheduler:v1.36.0}]}'),
    ],
  },
});
