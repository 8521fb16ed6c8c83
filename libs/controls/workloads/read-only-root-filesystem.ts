import { runsOnWindows } from '#inventory/readers/operating-system.js';
import { defineControl } from '../engine/control.js';
import { container, podSpec } from '../engine/example.js';
import { fail, notApplicable, pass } from '../engine/verdict.js';
import { containerPatch } from '../patches/workload-patch.js';
import { eachContainer } from '../scopes/each-container.js';

export const readOnlyRootFilesystem = defineControl({
  id: 'workloads/read-only-root-filesystem',
  title: 'Containers cannot write into their own image',
  severity: 'medium',
  why: 'A writable root file system is where an attacker puts tools, and where a changed program stays until the pod is replaced.',
  remediation: 'Set `readOnlyRootFilesystem: true` in the securityContext of every container, and mount an emptyDir where the process writes (often /tmp, /run or a cache).',
  frameworks: {
    'nsa-cisa': ['pod-security/immutable-file-systems'], 'nist-800-190': ['4.4.4'], 'nist-800-53': ['CM-5', 'SC-34', 'SI-7'], 'mitre-attack': ['T1036.005', 'T1496.001'],
    'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.6'], soc2: ['CC6.8'],
  },
  evidence: ['api'],
  scope: eachContainer,
  check(subject) {
    const { container: judged, template } = subject;
    if (runsOnWindows(template)) return notApplicable('Windows containers need to write to their own file system');
    if (judged.securityContext?.readOnlyRootFilesystem === true) return pass;
    return fail(`container ${judged.name} can write to its root file system`, { patch: containerPatch(subject, { securityContext: { readOnlyRootFilesystem: true } }) });
  },
  fields: { '': { name: 'securityContext.readOnlyRootFilesystem', passes: 'true', fails: 'not true' } },
  examples: {
    passes: [container('securityContext: {readOnlyRootFilesystem: true}\nvolumeMounts: [{name: tmp, mountPath: /tmp}]')],
    fails: [
      container(''),
      container('securityContext: {readOnlyRootFilesystem: false}'),
      podSpec('initContainers:\n- name: setup\n  image: registry.example/setup:1'),
    ],
    notApplicable: [podSpec('os: {name: windows}')],
  },
});
