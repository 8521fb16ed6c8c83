import { defineControl } from '../engine/control.js';
import { container, manifests, podSpec } from '../engine/example.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';
import { podSecurityChecksOf, podSecurityVerdict } from './pod-security-verdict.js';

export const pssBaseline = defineControl({
  id: 'workloads/pss-baseline',
  title: 'Pods keep the baseline Pod Security Standard',
  severity: 'high',
  why: 'Baseline forbids what lets a container out onto its node in one known step: privileges, the node\'s namespaces, ports and file system, and security profiles switched off. A pod beneath it is as strong as its node, and its namespace cannot enforce any level while it is there.',
  remediation: 'The finding lists every rule that is broken and the fields of the pod template that break it. Remove those fields, or set them to what the rule allows, and try the result with `kubectl label --dry-run=server --overwrite namespace NAME pod-security.kubernetes.io/enforce=baseline`. Pods that need their node, such as agents of the network or of storage, belong in a namespace of their own with an exception on record.',
  frameworks: {
    'cis-kubernetes': ['5.2.10#windowsHostProcess'],
    pss: [
      'baseline/appArmorProfile#appArmorProfile', 'baseline/capabilities#capabilities_baseline', 'baseline/hostNamespaces#hostNamespaces',
      'baseline/hostPathVolumes#hostPathVolumes', 'baseline/hostPorts#hostPorts', 'baseline/hostProbesAndHostLifecycle#hostProbesAndHostLifecycle',
      'baseline/privileged#privileged', 'baseline/procMount#procMount', 'baseline/seLinuxOptions#seLinuxOptions', 'baseline/seccompProfile#seccompProfile_baseline',
      'baseline/sysctls#sysctls', 'baseline/windowsHostProcess#windowsHostProcess',
    ],
    'nsa-cisa': ['pod-security/enforcement'], 'nist-800-190': ['4.4.3'], 'nist-800-53': ['AC-6', 'CM-2', 'CM-6', 'SC-39'], 'mitre-attack': ['T1610', 'T1611'],
    'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.1', '2.2.6'], soc2: ['CC6.8', 'CC7.1'],
  },
  evidence: ['api'],
  rules: podSecurityChecksOf('baseline'),
  scope: eachPodTemplate,
  check: (subject, world) => podSecurityVerdict(subject, 'baseline', world),
  examples: {
    passes: [
      container(''),
      podSpec('securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: 4096 87380 16777216}]}', { version: 'v1.32.1' }),
      container('livenessProbe: {tcpSocket: {host: 10.0.0.1, port: 80}}', { version: 'v1.33.4' }),
    ],
    fails: [
      podSpec('hostNetwork: true\nvolumes:\n- name: root\n  hostPath: {path: /}'),
      container('ports: [{containerPort: 80, hostPort: 80}]'),
      container('securityContext: {capabilities: {add: [NET_RAW]}}'),
      podSpec('securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: 4096 87380 16777216}]}', { version: 'v1.31.9', title: 'a sysctl that is safe for later servers only' }),
      container('livenessProbe: {tcpSocket: {host: 10.0.0.1, port: 80}}', { version: 'v1.34.0', title: 'a probe of another host' }),
      manifests(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/app: unconfined}}
    spec: {containers: [{name: app, image: registry.example/app:1}]}`),
    ],
  },
});
