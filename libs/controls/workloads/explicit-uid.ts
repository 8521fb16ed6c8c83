import { runsOnWindows } from '#inventory/readers/operating-system.js';
import { defineControl } from '../engine/control.js';
import { container, podSpec } from '../engine/example.js';
import { fail, notApplicable, pass } from '../engine/verdict.js';
import { eachContainer } from '../scopes/each-container.js';

const onWindows = notApplicable('Windows has user names instead of numbers');

export const explicitUid = defineControl({
  id: 'workloads/explicit-uid',
  title: 'Containers run as a user whose number is written down, and not 0',
  severity: 'low',
  why: 'Without runAsUser the image says which user its process is, and a new tag may say another one, root included, with nobody asked. A number in the manifest is what reviewers, file permissions on volumes and the node\'s own logs can hold on to.',
  remediation: 'Set `runAsUser` in the securityContext of the pod, or of the container where they differ, to the user the image is built for (see its USER; any number above 0 that owns the files it writes). Add `runAsNonRoot: true`, so that a later 0 is refused.',
  frameworks: {
    'nsa-cisa': ['pod-security/non-root'], 'nist-800-190': ['4.1.2', '4.4.3'], 'nist-800-53': ['AC-6', 'CM-6'], 'mitre-attack': ['T1068', 'T1611'],
    'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.6'], soc2: ['CC6.8'],
  },
  evidence: ['api'],
  scope: eachContainer,
  check({ container: judged, template }) {
    if (runsOnWindows(template)) return onWindows;
    const own = judged.securityContext?.runAsUser;
    const user = own ?? template.securityContext?.runAsUser;
    if (user === undefined) return fail(`container ${judged.name} runs as whatever user its image names: neither it nor its pod sets runAsUser`);
    return user === 0 ? fail(`container ${judged.name} runs as user 0, as its ${own === undefined ? 'pod' : 'own setting'} says`, { detail: { runAsUser: 0 } }) : pass;
  },
  examples: {
    passes: [
      container('securityContext: {runAsUser: 1000}'),
      podSpec('securityContext: {runAsUser: 1000}', { title: 'the pod\'s setting holds for containers that say nothing' }),
    ],
    fails: [
      container(''),
      container('securityContext: {runAsNonRoot: true}', { title: 'refused as root, but any other user' }),
      podSpec('securityContext: {runAsUser: 0}'),
      podSpec('securityContext: {runAsUser: 1000}\ninitContainers:\n- name: setup\n  image: registry.example/setup:1\n  securityContext: {runAsUser: 0}', { title: 'the container\'s own setting goes first' }),
    ],
    notApplicable: [podSpec('os: {name: windows}')],
  },
});
