import { defineControl } from '../engine/control.js';
import { container, podSpec } from '../engine/example.js';
import { fail, pass } from '../engine/verdict.js';
import { containerPatch } from '../patches/workload-patch.js';
import { eachContainer } from '../scopes/each-container.js';

export const privileged = defineControl({
  id: 'workloads/privileged',
  title: 'Containers do not run privileged',
  severity: 'critical',
  why: 'A privileged container holds every capability and sees every device: whoever breaks into it owns the node, and with the node every pod on it.',
  remediation: 'Remove `securityContext.privileged: true` (on Windows `windowsOptions.hostProcess: true`) and grant the one capability or device that the process really needs.',
  frameworks: {
    'cis-kubernetes': ['5.2.2'], pss: ['baseline/privileged'], 'nsa-cisa': ['pod-security/enforcement', 'pod-security/hardened-environments'],
    'nist-800-190': ['4.4.3', '4.5.2', '4.5.5'], 'nist-800-53': ['AC-6', 'AC-6(10)', 'CM-7', 'SC-3', 'SC-39'], 'mitre-attack': ['T1068', 'T1610', 'T1611'],
    'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.6', '7.2.5'], soc2: ['CC6.8'],
  },
  evidence: ['api'],
  scope: eachContainer,
  check(subject) {
    const { container: judged, template } = subject;
    if (judged.securityContext?.privileged === true) {
      return fail(`container ${judged.name} runs privileged`, { patch: containerPatch(subject, { securityContext: { privileged: false } }) });
    }
    // The pod's setting holds unless the container says otherwise.
    const isHostProcess = judged.securityContext?.hostProcess ?? template.securityContext?.hostProcess ?? false;
    return isHostProcess ? fail(`container ${judged.name} runs as a Windows host process`) : pass;
  },
  fields: { '': { name: 'securityContext.privileged or securityContext.windowsOptions.hostProcess', passes: 'false', fails: 'true' } },
  examples: {
    passes: [container(''), container('securityContext: {privileged: false}')],
    fails: [
      container('securityContext: {privileged: true}'),
      podSpec('initContainers:\n- name: setup\n  image: registry.example/setup:1\n  securityContext: {privileged: true}'),
      podSpec('hostNetwork: true\nsecurityContext: {windowsOptions: {hostProcess: true}}'),
    ],
  },
});
