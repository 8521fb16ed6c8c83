import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import { runsOnWindows } from '#inventory/readers/operating-system.js';
import { hasSeccompAnnotation, seccompOf } from '#inventory/readers/seccomp.js';
import { defineControl } from '../engine/control.js';
import { container, manifests, podSpec } from '../engine/example.js';
import { fail, notApplicable, pass } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { containerPatch } from '../patches/workload-patch.js';
import { eachContainer } from '../scopes/each-container.js';

function readsAnnotations(world: World): boolean {
  const minor = minorOf(world.cluster.version ?? '');
  return minor !== undefined && isBefore(minor, { major: 1, minor: 27 });
}

const annotated = (version?: string) => manifests(`
apiVersion: v1
kind: Pod
metadata:
  name: example
  namespace: shop
  annotations: {seccomp.security.alpha.kubernetes.io/pod: runtime/default}
spec: {containers: [{name: app, image: registry.example/app:1}]}`, version === undefined ? {} : { version });

export const seccomp = defineControl({
  id: 'workloads/seccomp',
  title: 'Containers run behind a seccomp filter',
  severity: 'medium',
  why: 'Without a filter a container may make every system call of the kernel, the rarely tested ones in which most break-outs were found included; the runtime\'s own filter costs nothing and breaks hardly anything.',
  remediation: 'Set `seccompProfile: {type: RuntimeDefault}` in the securityContext of the pod, and remove `Unconfined` from containers. A privileged container runs unfiltered whatever it says: take privileged away first.',
  frameworks: {
    'cis-kubernetes': ['5.6.2'], pss: ['restricted/seccompProfile'], 'nsa-cisa': ['pod-security/hardened-environments'], 'nist-800-190': ['4.4.3', '4.5.2'],
    'nist-800-53': ['CM-7', 'SC-39'], 'mitre-attack': ['T1068', 'T1611'], 'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.6'], soc2: ['CC6.8'],
  },
  evidence: ['api'],
  scope: eachContainer,
  check(subject, world) {
    const { container: judged, template } = subject;
    if (runsOnWindows(template)) return notApplicable('Windows has no seccomp');
    const setting = seccompOf(template, judged, readsAnnotations(world));
    if (setting?.type === 'RuntimeDefault' || setting?.type === 'Localhost') return pass;
    if (setting?.from === 'privileged') return fail(`container ${judged.name} is privileged, so the runtime applies no seccomp filter to it`);
    const unread = setting === undefined && hasSeccompAnnotation(template, judged) ? '; servers from 1.27 on do not read its annotation' : '';
    return fail(setting === undefined ? `container ${judged.name} has no seccomp profile, nor has its pod${unread}` : `container ${judged.name} runs with seccomp ${setting.type}, as its ${setting.from} says`, {
      patch: containerPatch(subject, { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }),
    });
  },
  examples: {
    passes: [
      podSpec('securityContext: {seccompProfile: {type: RuntimeDefault}}'),
      container('securityContext: {seccompProfile: {type: Localhost, localhostProfile: shop.json}}'),
      annotated('v1.26.3'),
    ],
    fails: [
      container(''),
      podSpec('securityContext: {seccompProfile: {type: RuntimeDefault}}\ninitContainers:\n- name: setup\n  image: registry.example/setup:1\n  securityContext: {seccompProfile: {type: Unconfined}}'),
      container('securityContext: {privileged: true, seccompProfile: {type: RuntimeDefault}}'),
      annotated(),
      annotated('v1.34.0'),
    ],
    notApplicable: [podSpec('os: {name: windows}')],
  },
});
