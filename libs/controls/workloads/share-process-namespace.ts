import { runsOnWindows } from '#inventory/readers/operating-system.js';
import { defineControl } from '../engine/control.js';
import { container, manifests, podSpec } from '../engine/example.js';
import { fail, notApplicable, pass } from '../engine/verdict.js';
import { podPatch } from '../patches/workload-patch.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';

const onWindows = notApplicable('Windows has no process namespaces to share');

export const shareProcessNamespace = defineControl({
  id: 'workloads/share-process-namespace',
  title: 'Containers of a pod do not see each other\'s processes',
  severity: 'low',
  why: 'Containers that share a process namespace see each other\'s command lines, and as the same user or root read each other\'s environment and files under /proc and stop each other. Whoever breaks into a sidecar then has the secrets of the main process.',
  remediation: 'Remove `shareProcessNamespace` from the pod spec. To look into a running pod use `kubectl debug --target=CONTAINER`, which joins one container\'s processes for as long as somebody looks; to hand a signal on, use a shared volume or an endpoint of the process.',
  frameworks: {
    'nist-800-190': ['4.4.3'], 'nist-800-53': ['SC-4', 'SC-39'], 'mitre-attack': ['T1552'], 'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.6'], soc2: ['CC6.8'],
  },
  evidence: ['api'],
  scope: eachPodTemplate,
  check(subject) {
    const { template } = subject;
    if (runsOnWindows(template)) return onWindows;
    if (template.shareProcessNamespace !== true) return pass;
    return fail('the containers of the pod share one process namespace', { patch: podPatch(subject, { shareProcessNamespace: false }) });
  },
  fields: { '': { name: 'shareProcessNamespace', passes: 'false', fails: 'true' } },
  examples: {
    passes: [container(''), podSpec('shareProcessNamespace: false')],
    fails: [
      podSpec('shareProcessNamespace: true'),
      manifests(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      shareProcessNamespace: true
      containers: [{name: app, image: registry.example/app:1}, {name: reloader, image: registry.example/reloader:1}]`),
    ],
    notApplicable: [podSpec('os: {name: windows}')],
  },
});
