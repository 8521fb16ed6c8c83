import { ruleAt } from '#inventory/pod-security/evaluate-pod-security.js';
import { newestVersion } from '#inventory/pod-security/pod-security-version.js';
import { runsOnWindows } from '#inventory/readers/operating-system.js';
import { defineControl } from '../engine/control.js';
import { container, manifests, podSpec } from '../engine/example.js';
import { fail, notApplicable, passPart } from '../engine/verdict.js';
import { withoutFields } from '../patches/field-patch.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';
import { fieldsDetail, fieldsText } from './broken-fields.js';

const appArmorRule = ruleAt('appArmorProfile', newestVersion.minor)!;
const seLinuxRule = ruleAt('seLinuxOptions', newestVersion.minor)!;

const appArmorPass = passPart('appArmor');
const seLinuxPass = passPart('seLinux');
const bothPass = [appArmorPass, seLinuxPass];
const onWindows = [notApplicable('Windows has no AppArmor', 'appArmor'), notApplicable('Windows has no SELinux', 'seLinux')];

/** A profile without its type is none: it goes as a whole. */
const profileOf = (field: string): string => field.replace(/\.appArmorProfile\.type$/, '.appArmorProfile');

export const apparmorSelinux = defineControl({
  id: 'workloads/apparmor-selinux',
  title: 'AppArmor and SELinux confine containers as the runtime means them to',
  severity: 'low',
  why: 'Where a node has AppArmor or SELinux, it holds a process to the files and operations of a container even after the process became root. A pod that asks for no profile, or for a type, user or role of its own, takes that last fence away, and on nodes without it nobody notices.',
  remediation: 'Remove `appArmorProfile` of type Unconfined and the `container.apparmor.security.beta.kubernetes.io/NAME: unconfined` annotations, or set the type to RuntimeDefault or Localhost. Under `seLinuxOptions` remove `user` and `role`, and keep `type` to container_t, container_init_t, container_kvm_t or container_engine_t; `level` is free.',
  frameworks: {
    pss: ['baseline/appArmorProfile#appArmor', 'baseline/seLinuxOptions#seLinux'], 'nsa-cisa': ['pod-security/hardened-environments'], 'nist-800-190': ['4.4.3', '4.5.2'],
    'nist-800-53': ['AC-3', 'CM-7', 'SC-39'], 'mitre-attack': ['T1068', 'T1611'], 'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.6'], soc2: ['CC6.8'],
  },
  evidence: ['api'],
  parts: { appArmor: 'an AppArmor profile that confines, or the runtime\'s own', seLinux: 'an SELinux type meant for containers, and no user or role' },
  scope: eachPodTemplate,
  check(subject) {
    const { template } = subject;
    if (runsOnWindows(template)) return onWindows;
    const unconfined = appArmorRule(template);
    const relabelled = seLinuxRule(template);
    if (unconfined.length === 0 && relabelled.length === 0) return bothPass;
    return [
      unconfined.length === 0 ? appArmorPass : fail(`AppArmor does not confine the pod, by ${fieldsText(unconfined)}`, {
        part: 'appArmor', detail: fieldsDetail(unconfined), patch: withoutFields(subject, unconfined.map(profileOf)),
      }),
      relabelled.length === 0 ? seLinuxPass : fail(`SELinux is told another context than that of containers, by ${fieldsText(relabelled)}`, {
        part: 'seLinux', detail: fieldsDetail(relabelled), patch: withoutFields(subject, relabelled),
      }),
    ];
  },
  examples: {
    passes: [
      container('', { title: 'nothing is said, so the runtime\'s own profile holds' }),
      podSpec('securityContext: {appArmorProfile: {type: RuntimeDefault}, seLinuxOptions: {level: "s0:c123,c456"}}'),
      container('securityContext: {appArmorProfile: {type: Localhost, localhostProfile: shop}, seLinuxOptions: {type: container_engine_t}}'),
    ],
    fails: [
      podSpec('securityContext: {appArmorProfile: {type: Unconfined}}'),
      podSpec('initContainers:\n- name: setup\n  image: registry.example/setup:1\n  securityContext: {appArmorProfile: {type: Unconfined}}'),
      container('securityContext: {seLinuxOptions: {type: spc_t}}', { title: 'the type of containers that nothing confines' }),
      podSpec('securityContext: {seLinuxOptions: {user: system_u, role: system_r}}'),
      manifests(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/app: unconfined}}
    spec: {containers: [{name: app, image: registry.example/app:1}]}`, { title: 'the older way to say it' }),
    ],
    notApplicable: [podSpec('os: {name: windows}')],
  },
});
