import { runsOnWindows } from '#inventory/readers/operating-system.js';
import { defineControl } from '../engine/control.js';
import { container, podSpec } from '../engine/example.js';
import { fail, notApplicable, pass } from '../engine/verdict.js';
import { containerPatch } from '../patches/workload-patch.js';
import { eachContainer } from '../scopes/each-container.js';
import { capabilityName, criticalCapabilities } from './capability.js';

const allowed = 'NET_BIND_SERVICE';

export const capabilitiesAdded = defineControl({
  id: 'workloads/capabilities-added',
  title: 'Containers add no capability but NET_BIND_SERVICE',
  severity: 'high',
  why: 'Each capability is a piece of root. Some are all of it: SYS_ADMIN mounts the node\'s disks, SYS_MODULE loads kernel code, DAC_READ_SEARCH opens every file, NET_RAW poisons its neighbours.',
  remediation: 'Remove the entries from `securityContext.capabilities.add`. For a port below 1024 keep NET_BIND_SERVICE or listen above; for the others look for the feature that needs them, and move that part into a workload of its own.',
  frameworks: {
    'cis-kubernetes': ['5.2.8', '5.2.9'], pss: ['restricted/capabilities'], 'nsa-cisa': ['pod-security/enforcement'], 'nist-800-190': ['4.4.3', '4.5.2'],
    'nist-800-53': ['AC-6', 'AC-6(10)', 'CM-7', 'SC-39'], 'mitre-attack': ['T1068', 'T1611'], 'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.4', '2.2.6'], soc2: ['CC6.8'],
  },
  evidence: ['api'],
  scope: eachContainer,
  check(subject) {
    const { container: judged, template } = subject;
    if (runsOnWindows(template)) return notApplicable('Windows has no capabilities');
    const written = judged.securityContext?.capabilities?.add ?? [];
    const added = written.filter((name) => name !== allowed);
    if (added.length === 0) return pass;
    const critical = added.filter((name) => criticalCapabilities.has(capabilityName(name)));
    return fail(`container ${judged.name} adds ${added.join(', ')}`, {
      ...(critical.length > 0 && { severity: 'critical' as const }),
      detail: { added, critical },
      patch: containerPatch(subject, { securityContext: { capabilities: { add: written.includes(allowed) ? [allowed] : null } } }),
    });
  },
  examples: {
    passes: [container(''), container('securityContext: {capabilities: {add: [NET_BIND_SERVICE]}}')],
    fails: [
      container('securityContext: {capabilities: {add: [CHOWN]}}'),
      container('securityContext: {capabilities: {add: [NET_BIND_SERVICE, SYS_ADMIN]}}', { title: 'critical' }),
      container('securityContext: {capabilities: {drop: [ALL], add: [cap_net_raw]}}', { title: 'critical, however it is written' }),
      podSpec('initContainers:\n- name: setup\n  image: registry.example/setup:1\n  securityContext: {capabilities: {add: [ALL]}}'),
    ],
    notApplicable: [podSpec('os: {name: windows}')],
  },
});
