import { runsOnWindows } from '#inventory/readers/operating-system.js';
import { defineControl } from '../engine/control.js';
import { container, podSpec } from '../engine/example.js';
import { fail, notApplicable, pass } from '../engine/verdict.js';
import { containerPatch } from '../patches/workload-patch.js';
import { eachContainer } from '../scopes/each-container.js';

export const capabilitiesDropAll = defineControl({
  id: 'workloads/capabilities-drop-all',
  title: 'Containers drop every capability they did not ask for',
  severity: 'medium',
  why: 'A runtime gives each container some fourteen capabilities, forging packets and overriding file permissions among them; hardly a service uses one.',
  remediation: 'Set `capabilities: {drop: [ALL]}` in the securityContext of every container, in capitals, and add back NET_BIND_SERVICE alone where it listens below port 1024.',
  frameworks: {
    'cis-kubernetes': ['5.2.8', '5.2.9'], pss: ['restricted/capabilities'], 'nsa-cisa': ['pod-security/enforcement'], 'nist-800-190': ['4.4.3', '4.5.2'],
    'nist-800-53': ['AC-6', 'CM-7', 'SC-39'], 'mitre-attack': ['T1068', 'T1611'], 'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.4', '2.2.6'], soc2: ['CC6.8'],
  },
  evidence: ['api'],
  scope: eachContainer,
  check(subject) {
    const { container: judged, template } = subject;
    if (runsOnWindows(template)) return notApplicable('Windows has no capabilities');
    const dropped = judged.securityContext?.capabilities?.drop ?? [];
    // Admission takes nothing but this very word for everything.
    if (dropped.includes('ALL')) return pass;
    return fail(`container ${judged.name} ${dropped.length === 0 ? 'drops no capability' : `drops ${dropped.join(', ')}, not ALL`}`, {
      detail: { dropped },
      patch: containerPatch(subject, { securityContext: { capabilities: { drop: ['ALL'] } } }),
    });
  },
  examples: {
    passes: [container('securityContext: {capabilities: {drop: [ALL]}}'), container('securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}')],
    fails: [
      container(''),
      container('securityContext: {capabilities: {drop: [NET_RAW]}}'),
      container('securityContext: {capabilities: {drop: [all]}}', { title: 'admission does not take it in lower case' }),
      podSpec('initContainers:\n- name: setup\n  image: registry.example/setup:1'),
    ],
    notApplicable: [podSpec('os: {name: windows}')],
  },
});
