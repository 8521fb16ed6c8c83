import { runsOnWindows } from '#inventory/readers/operating-system.js';
import { defineControl } from '../engine/control.js';
import { container, podSpec } from '../engine/example.js';
import { fail, notApplicable, pass } from '../engine/verdict.js';
import { containerPatch } from '../patches/workload-patch.js';
import { eachContainer } from '../scopes/each-container.js';
import { capabilityName } from './capability.js';

export const privilegeEscalation = defineControl({
  id: 'workloads/privilege-escalation',
  title: 'Processes cannot gain more rights than their parent has',
  severity: 'high',
  why: 'While allowPrivilegeEscalation is not false, a setuid program or file capability inside the image makes an ordinary user root; it is the usual second step after a break-in.',
  remediation: 'Set `allowPrivilegeEscalation: false` in the securityContext of every container; a pod has no such setting. A privileged container, or one with SYS_ADMIN, must lose that first: the API server refuses both together.',
  frameworks: {
    'cis-kubernetes': ['5.2.6'], pss: ['restricted/allowPrivilegeEscalation'], 'nsa-cisa': ['pod-security/non-root', 'pod-security/enforcement'],
    'nist-800-190': ['4.4.3'], 'nist-800-53': ['AC-6', 'AC-6(10)', 'SC-39'], 'mitre-attack': ['T1068', 'T1611'], 'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.6'],
    soc2: ['CC6.8'],
  },
  evidence: ['api'],
  scope: eachContainer,
  check(subject) {
    const { container: judged, template } = subject;
    if (runsOnWindows(template)) return notApplicable('Windows has no such setting');
    const context = judged.securityContext;
    if (context?.allowPrivilegeEscalation === false) return pass;
    const isForced = context?.privileged === true || (context?.capabilities?.add ?? []).some((added) => capabilityName(added) === 'SYS_ADMIN');
    return fail(`container ${judged.name} ${context?.allowPrivilegeEscalation === true ? 'allows' : 'does not forbid'} privilege escalation`, {
      ...(!isForced && { patch: containerPatch(subject, { securityContext: { allowPrivilegeEscalation: false } }) }),
    });
  },
  fields: { '': { name: 'securityContext.allowPrivilegeEscalation', passes: 'false', fails: 'not false' } },
  examples: {
    passes: [container('securityContext: {allowPrivilegeEscalation: false}')],
    fails: [
      container(''),
      container('securityContext: {allowPrivilegeEscalation: true}'),
      container('securityContext: {privileged: true}'),
      podSpec('initContainers:\n- name: setup\n  image: registry.example/setup:1\n  securityContext: {allowPrivilegeEscalation: true}'),
    ],
    notApplicable: [podSpec('os: {name: windows}')],
  },
});
