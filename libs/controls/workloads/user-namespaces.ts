import type { Container, PodTemplate } from '#inventory/facts.js';
import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import { runsOnWindows } from '#inventory/readers/operating-system.js';
import { defineControl } from '../engine/control.js';
import { container, manifests, podSpec } from '../engine/example.js';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.js';
import { podPatch } from '../patches/workload-patch.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';

/** The first minor whose servers and kubelets offer them without a feature gate. */
const since = { major: 1, minor: 33 };

const onWindows = notApplicable('Windows has no user namespaces');
const tooOld = notApplicable('servers before 1.33 offer user namespaces only behind a feature gate');
const inNodesNamespaces = notApplicable('a pod in a namespace of its node cannot have users of its own: workloads/host-namespaces judges it');
const versionMissing = unknown({ fact: 'server-version', reason: 'not-in-upload', detail: 'the version of the API server is not known, and user namespaces come with 1.33' });

/** The image may say root where nothing above it refuses or replaces that. */
function mayBeRoot({ securityContext: own }: Container, { securityContext: ofPod }: PodTemplate): boolean {
  if ((own?.runAsNonRoot ?? ofPod?.runAsNonRoot) === true) return false;
  return ((own?.runAsUser ?? ofPod?.runAsUser) || 0) === 0;
}

function firstRoot(template: PodTemplate): Container | undefined {
  for (const judged of template.containers) if (mayBeRoot(judged, template)) return judged;
  return undefined;
}

export const userNamespaces = defineControl({
  id: 'workloads/user-namespaces',
  title: 'Pods that may run as root have users of their own',
  severity: 'info',
  why: 'In a user namespace, root of the container is a user without rights on the node: a process that breaks out owns nothing there and cannot reach files of other pods. Most disclosed break-outs of containers end at that.',
  remediation: 'Set `hostUsers: false` in the pod spec. Nodes need Linux 6.3 or later, containerd 2.0 or CRI-O 1.25, and file systems that can map users (NFS cannot): try it with one replica first. Containers that never need root set `runAsNonRoot: true` instead, or besides.',
  frameworks: {
    'nsa-cisa': ['pod-security/non-root'], 'nist-800-190': ['4.5.2'], 'nist-800-53': ['AC-6', 'SC-39'], 'mitre-attack': ['T1068', 'T1611'], 'owasp-kubernetes': ['K01'],
    soc2: ['CC6.8'],
  },
  evidence: ['api'],
  scope: eachPodTemplate,
  check(subject, world) {
    const { template } = subject;
    if (runsOnWindows(template)) return onWindows;
    if (template.hostUsers === false) return pass;
    if (template.hostNetwork || template.hostPID || template.hostIPC) return inNodesNamespaces;
    const root = firstRoot(template);
    if (!root) return pass;
    const version = minorOf(world.cluster.version ?? '');
    if (!version) return versionMissing;
    if (isBefore(version, since)) return tooOld;
    return fail(`container ${root.name} may run as root, and is then root to its node too`, { patch: podPatch(subject, { hostUsers: false }) });
  },
  examples: {
    passes: [
      podSpec('hostUsers: false', { version: 'v1.34.1' }),
      podSpec('securityContext: {runAsNonRoot: true}', { version: 'v1.34.1', title: 'no container may be root' }),
      container('securityContext: {runAsUser: 1000}', { version: 'v1.34.1' }),
    ],
    fails: [
      container('', { version: 'v1.33.0' }),
      podSpec('hostUsers: true\nsecurityContext: {runAsUser: 1000}\ninitContainers:\n- name: setup\n  image: registry.example/setup:1\n  securityContext: {runAsUser: 0}', { version: 'v1.34.1', title: 'one container of them is root' }),
      manifests(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {containers: [{name: app, image: registry.example/app:1}]}}}`, { version: 'v1.36.0' }),
    ],
    unknown: [container('')],
    notApplicable: [container('', { version: 'v1.32.4' }), podSpec('hostNetwork: true', { version: 'v1.34.1' }), podSpec('os: {name: windows}', { version: 'v1.34.1' })],
  },
});
