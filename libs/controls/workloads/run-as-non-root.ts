import { defineControl } from '../engine/control.js';
import { container, podSpec } from '../engine/example.js';
import { fail, pass } from '../engine/verdict.js';
import { containerPatch } from '../patches/workload-patch.js';
import { eachContainer } from '../scopes/each-container.js';

export const runAsNonRoot = defineControl({
  id: 'workloads/run-as-non-root',
  title: 'Containers are refused the root user',
  severity: 'high',
  why: 'Unless runAsNonRoot is true, the image decides which user the process is, and most images say root: a hole in the kernel or a mounted directory then meets a process that may do everything.',
  remediation: 'Set `runAsNonRoot: true` in the securityContext of the pod, and `runAsUser` to the image\'s own user where the image names none by number. The kubelet then refuses to start the container as root.',
  frameworks: {
    'cis-kubernetes': ['5.2.7'], pss: ['restricted/runAsNonRoot'], 'nsa-cisa': ['pod-security/non-root'], 'nist-800-190': ['4.1.2', '4.4.3'],
    'nist-800-53': ['AC-6', 'AC-6(10)', 'CM-6'], 'mitre-attack': ['T1068', 'T1611'], 'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.6', '7.2.5'], soc2: ['CC6.8'],
  },
  evidence: ['api'],
  scope: eachContainer,
  check(subject) {
    const { container: judged, template } = subject;
    const own = judged.securityContext?.runAsNonRoot;
    if ((own ?? template.securityContext?.runAsNonRoot) === true) return pass;
    const user = judged.securityContext?.runAsUser ?? template.securityContext?.runAsUser;
    const because = own === false ? 'says runAsNonRoot: false' : 'may run as root: neither it nor its pod sets runAsNonRoot';
    return fail(`container ${judged.name} ${because}${user === undefined ? '' : user === 0 ? ', and runs as user 0' : `; user ${user} is set, but nothing holds it to that`}`, {
      detail: { ...(user !== undefined && { runAsUser: user }) },
      // With user 0 the container would no longer start; which user it can be is the image's to say.
      ...(user !== 0 && { patch: containerPatch(subject, { securityContext: { runAsNonRoot: true } }) }),
    });
  },
  fields: { '': { name: 'securityContext.runAsNonRoot', passes: 'true', fails: 'not true' } },
  examples: {
    passes: [
      container('securityContext: {runAsNonRoot: true}'),
      podSpec('securityContext: {runAsNonRoot: true}', { title: 'the pod\'s setting holds for containers that say nothing' }),
    ],
    fails: [
      container(''),
      container('securityContext: {runAsUser: 0}'),
      podSpec('securityContext: {runAsNonRoot: true}\ninitContainers:\n- name: setup\n  image: registry.example/setup:1\n  securityContext: {runAsNonRoot: false}', { title: 'an init container that takes it back' }),
      podSpec('securityContext: {runAsUser: 1000}'),
    ],
  },
});
