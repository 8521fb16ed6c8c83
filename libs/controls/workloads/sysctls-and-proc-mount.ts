import type { PodTemplate } from '#inventory/facts.js';
import { ruleAt, versionsThatDiffer } from '#inventory/pod-security/evaluate-pod-security.js';
import { newestVersion, versionOfServer } from '#inventory/pod-security/pod-security-version.js';
import { runsOnWindows } from '#inventory/readers/operating-system.js';
import { defineControl } from '../engine/control.js';
import { container, manifests, podSpec } from '../engine/example.js';
import type { WorkloadSubject } from '../engine/scope.js';
import { fail, notApplicable, passPart, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { withoutFields } from '../patches/field-patch.js';
import { podPatch } from '../patches/workload-patch.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';
import { fieldsDetail, fieldsText } from './broken-fields.js';

/** With users of its own a pod is nobody to the node, whatever it sees of /proc. */
const procMountRule = ruleAt('procMount', newestVersion.minor)!;

const sysctlsPass = passPart('sysctls');
const procMountPass = passPart('procMount');
const bothPass = [sysctlsPass, procMountPass];
const onWindows = [notApplicable('Windows has no sysctls', 'sysctls'), notApplicable('Windows has no /proc', 'procMount')];

const unsafeAt = (template: PodTemplate, minor: number): readonly string[] => ruleAt('sysctls', minor)!(template);
const versionMissing = unknown({ fact: 'server-version', reason: 'not-in-upload', detail: 'the version of the API server is not known, and a sysctl of the pod is safe from some version on only' }, 'sysctls');

/** The set of safe sysctls only grows: what the newest version holds for unsafe, all do. */
function judgeSysctls(subject: WorkloadSubject, given: readonly string[], world: World): Verdict {
  const { template } = subject;
  const version = versionOfServer(world.cluster.version ?? '');
  const unsafe = unsafeAt(template, (version ?? newestVersion).minor);
  if (unsafe.length === 0) return version === undefined && versionsThatDiffer.baseline.some(({ minor }) => unsafeAt(template, minor).length > 0) ? versionMissing : sysctlsPass;
  const names = unsafe.map((field) => given[Number(/\d+/.exec(field)![0])]!);
  const later = version !== undefined && !version.isBeyondTable && unsafeAt(template, newestVersion.minor).length < unsafe.length ? `; newer servers than ${version.name} hold some of them for safe` : '';
  const others = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return fail(`the pod sets ${names.slice(0, 5).join(', ')}${others}, outside the safe sysctls${later}`, {
    part: 'sysctls',
    detail: { sysctls: names.slice(0, 50), version: (version ?? newestVersion).name },
    // The list is replaced as a whole, and the values of those that may stay are not known here.
    ...(names.length === given.length && { patch: podPatch(subject, { securityContext: { sysctls: null } }) }),
  });
}

function judgeProcMount(subject: WorkloadSubject): Verdict {
  const fields = procMountRule(subject.template);
  if (fields.length === 0) return procMountPass;
  return fail(`containers see all of /proc, nothing of it masked, by ${fieldsText(fields)}`, { part: 'procMount', detail: fieldsDetail(fields), patch: withoutFields(subject, fields) });
}

export const sysctlsAndProcMount = defineControl({
  id: 'workloads/sysctls-and-proc-mount',
  title: 'Pods set only safe sysctls and see /proc as the runtime masks it',
  severity: 'medium',
  why: 'A sysctl that is not safe changes the kernel for every pod on the node, or lets one of them use up what all share. An unmasked /proc shows the node\'s keys, timers and memory layout to the container and opens files through which a process inside reaches the kernel.',
  remediation: 'Remove from `securityContext.sysctls` of the pod the names that the finding lists; what the whole node needs is set on the node, by those who run it. Remove `procMount` from containers or set it to Default. Only a tool that starts containers inside its own needs Unmasked, and only together with `hostUsers: false`.',
  frameworks: {
    pss: ['baseline/procMount#procMount', 'baseline/sysctls#sysctls'], 'nsa-cisa': ['pod-security/hardened-environments'], 'nist-800-190': ['4.4.3', '4.5.2'],
    'nist-800-53': ['CM-6', 'CM-7', 'SC-39'], 'mitre-attack': ['T1068', 'T1611'], 'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.6'], soc2: ['CC6.8'],
  },
  evidence: ['api'],
  parts: { sysctls: 'only sysctls that are safe at the server\'s version', procMount: '/proc with the runtime\'s masks' },
  scope: eachPodTemplate,
  check(subject, world) {
    const { template } = subject;
    if (runsOnWindows(template)) return onWindows;
    const sysctls = template.securityContext?.sysctls;
    const procMount = judgeProcMount(subject);
    if (sysctls === undefined && procMount === procMountPass) return bothPass;
    return [sysctls === undefined ? sysctlsPass : judgeSysctls(subject, sysctls, world), procMount];
  },
  examples: {
    passes: [
      container(''),
      podSpec('securityContext: {sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "80"}]}', { title: 'safe at every version' }),
      podSpec('securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: 4096 87380 16777216}]}', { version: 'v1.32.1' }),
      container('securityContext: {procMount: Default}'),
      podSpec('hostUsers: false\ninitContainers:\n- name: build\n  image: registry.example/build:1\n  securityContext: {procMount: Unmasked}', { title: 'an unmasked /proc, with users of the pod\'s own' }),
    ],
    fails: [
      podSpec('securityContext: {sysctls: [{name: kernel.msgmax, value: "65536"}]}'),
      podSpec('securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: 4096 87380 16777216}]}', { version: 'v1.31.9', title: 'safe for later servers only' }),
      podSpec('initContainers:\n- name: build\n  image: registry.example/build:1\n  securityContext: {procMount: Unmasked}'),
      manifests(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      securityContext: {sysctls: [{name: net.core.somaxconn, value: "4096"}]}
      containers: [{name: app, image: registry.example/app:1, securityContext: {procMount: Unmasked}}]`),
    ],
    unknown: [podSpec('securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: 4096 87380 16777216}]}', { title: 'the server\'s version is not known' })],
    notApplicable: [podSpec('os: {name: windows}')],
  },
});
