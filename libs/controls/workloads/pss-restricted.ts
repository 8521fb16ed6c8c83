import { defineControl } from '../engine/control.js';
import { container, manifests, podSpec } from '../engine/example.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';
import { podSecurityChecksOf, podSecurityVerdict } from './pod-security-verdict.js';

const hardened = (fields = '', version?: string) => manifests(`
apiVersion: v1
kind: Pod
metadata: {name: example, namespace: shop}
spec:
  ${fields === '' ? '' : `${fields}\n  `}securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: app
    image: registry.example/app:1
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}`, version === undefined ? {} : { version });

export const pssRestricted = defineControl({
  id: 'workloads/pss-restricted',
  title: 'Pods keep the restricted Pod Security Standard',
  severity: 'medium',
  why: 'Restricted is what a hardened pod looks like: no root, no capability, no way to gain privileges, a system call filter. A flaw in such a pod rarely becomes one of its node, and a namespace whose pods keep it can enforce it, so that nobody brings in weaker ones.',
  remediation: 'The finding lists every rule that is broken and the fields of the pod template that break it. Most are mended by `securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}` for the pod and `securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}` for each container; images that start as root need a `USER` of their own first. Then enforce restricted in the namespace.',
  frameworks: {
    'cis-kubernetes': ['5.6.3'],
    pss: [
      'restricted/allowPrivilegeEscalation#allowPrivilegeEscalation', 'restricted/capabilities#capabilities_restricted', 'restricted/restrictedVolumes#restrictedVolumes',
      'restricted/runAsNonRoot#runAsNonRoot', 'restricted/runAsUser#runAsUser', 'restricted/seccompProfile#seccompProfile_restricted',
    ],
    'nsa-cisa': ['pod-security/enforcement', 'pod-security/hardened-environments'], 'nist-800-190': ['4.4.3'], 'nist-800-53': ['AC-6', 'CM-2', 'CM-6', 'SC-39'],
    'mitre-attack': ['T1611'], 'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.1', '2.2.6'], soc2: ['CC6.8', 'CC7.1'],
  },
  evidence: ['api'],
  rules: podSecurityChecksOf('restricted'),
  scope: eachPodTemplate,
  check: (subject, world) => podSecurityVerdict(subject, 'restricted', world),
  examples: {
    passes: [
      hardened(),
      podSpec('securityContext: {runAsNonRoot: true}\nos: {name: windows}', { version: 'v1.25.0', title: 'Windows, where there are no capabilities' }),
    ],
    fails: [
      container(''),
      hardened('volumes: [{name: share, nfs: {server: files.example, path: /}}]'),
      hardened('hostPID: true'),
      podSpec('securityContext: {runAsNonRoot: true}\nos: {name: windows}', { version: 'v1.24.9', title: 'Windows, before servers knew of it' }),
    ],
  },
});
