import { defineControl } from '../engine/control.js';
import { manifests, podSpec } from '../engine/example.js';
import { fail, passPart } from '../engine/verdict.js';
import { podPatch } from '../patches/workload-patch.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';

const namespaces = {
  hostNetwork: 'the node\'s network: it listens on the node\'s addresses, reaches what only listens there, and no NetworkPolicy holds it',
  hostPID: 'the node\'s process table: it sees and signals every process, and reads their environment',
  hostIPC: 'the node\'s shared memory and semaphores',
} as const;
const names = Object.keys(namespaces) as readonly (keyof typeof namespaces)[];

export const hostNamespaces = defineControl({
  id: 'workloads/host-namespaces',
  title: 'Pods stay out of the namespaces of their node',
  severity: 'critical',
  why: 'A pod in its node\'s network, process or IPC namespace is beside the node\'s own processes instead of beside other pods: it hears local traffic, reads secrets out of other processes, and goes round network policy.',
  remediation: 'Remove `hostNetwork`, `hostPID` and `hostIPC` from the pod spec. Publish ports by a Service, and read node metrics through an exporter that mounts what it needs read-only.',
  frameworks: {
    'cis-kubernetes': ['5.2.3#hostPID', '5.2.4#hostIPC', '5.2.5#hostNetwork'], pss: ['baseline/hostNamespaces'], 'nsa-cisa': ['pod-security/enforcement'],
    'nist-800-190': ['4.4.2#hostNetwork', '4.4.3', '4.5.2'], 'nist-800-53': ['AC-6', 'SC-4', 'SC-7(21)#hostNetwork', 'SC-39'],
    'mitre-attack': ['T1046#hostNetwork', 'T1611'], 'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.6'], soc2: ['CC6.8'],
  },
  evidence: ['api'],
  parts: { hostNetwork: 'the network of the node', hostPID: 'the processes of the node', hostIPC: 'the IPC objects of the node' },
  scope: eachPodTemplate,
  check: (subject) => names.map((name) =>
    subject.template[name] ? fail(`the pod shares ${namespaces[name]}`, { part: name, patch: podPatch(subject, { [name]: false }) }) : passPart(name)),
  fields: Object.fromEntries(names.map((name) => [name, { name, passes: 'false', fails: 'true' }])),
  examples: {
    passes: [podSpec('hostNetwork: false'), podSpec('automountServiceAccountToken: false')],
    fails: [
      podSpec('hostNetwork: true'),
      podSpec('hostPID: true'),
      podSpec('hostIPC: true'),
      manifests(`
apiVersion: batch/v1
kind: CronJob
metadata: {name: debug, namespace: shop}
spec:
  schedule: '@daily'
  jobTemplate: {spec: {template: {spec: {hostPID: true, containers: [{name: app, image: registry.example/app:1}]}}}}`),
    ],
  },
});
