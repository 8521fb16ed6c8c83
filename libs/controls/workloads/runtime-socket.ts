import { defineControl } from '../engine/control.js';
import { podSpec } from '../engine/example.js';
import { fail, pass } from '../engine/verdict.js';
import { withoutVolume } from '../patches/volume-patch.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';
import { runtimeSocketIn } from './runtime-sockets.js';

export const runtimeSocket = defineControl({
  id: 'workloads/runtime-socket',
  title: 'No pod holds the socket of a container runtime',
  severity: 'critical',
  why: 'Whoever can talk to containerd, CRI-O, Docker or Podman starts any container with any right on that node, outside the API server, its admission and its audit log. A read-only mount changes nothing: a socket is written to by connecting.',
  remediation: 'Remove the hostPath volume that holds the socket. Build images with a tool that needs no daemon (BuildKit rootless, Buildah), and collect logs and metrics from files or the kubelet instead of the runtime.',
  frameworks: {
    'cis-kubernetes': ['5.2.11'], pss: ['baseline/hostPathVolumes'], 'nsa-cisa': ['pod-security/enforcement', 'pod-security/hardened-environments'],
    'nist-800-190': ['4.4.3', '4.5.5'], 'nist-800-53': ['AC-6', 'AC-6(10)', 'SC-39'], 'mitre-attack': ['T1059.013', 'T1609', 'T1610', 'T1611', 'T1612'],
    'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.6'], soc2: ['CC6.1', 'CC6.8'],
  },
  evidence: ['api'],
  scope: eachPodTemplate,
  check(subject) {
    const { template } = subject;
    const fails = template.volumes.flatMap((volume) => {
      const path = volume.of ?? '';
      const socket = volume.source === 'hostPath' ? runtimeSocketIn(path) : undefined;
      if (socket === undefined) return [];
      const holders = template.containers.filter(({ mounts }) => mounts.some((mount) => mount.volume === volume.name)).map(({ name }) => name);
      const who = holders.length === 0 ? 'the pod' : `container ${holders.join(', ')}`;
      return [fail(`${who} gets ${path} of the node, and with it ${socket === path ? 'the runtime\'s socket' : `the runtime socket ${socket}`}`, {
        part: volume.name,
        detail: { path, socket, containers: holders },
        patch: withoutVolume(subject, volume),
      })];
    });
    return fails.length > 0 ? fails : pass;
  },
  examples: {
    passes: [
      podSpec(''),
      podSpec('volumes:\n- name: cni\n  hostPath: {path: /run/xtables.lock}'),
      podSpec('volumes:\n- name: named\n  emptyDir: {}', { title: 'what a container calls its own directory does not matter' }),
    ],
    fails: [
      podSpec('volumes:\n- name: docker\n  hostPath: {path: /var/run/docker.sock}'),
      podSpec('volumes:\n- name: run\n  hostPath: {path: /run/}', { title: 'a directory above it' }),
      podSpec('volumes:\n- name: containerd\n  hostPath: {path: /var/run/containerd}\ninitContainers:\n- name: setup\n  image: registry.example/setup:1\n  volumeMounts: [{name: containerd, mountPath: /c, readOnly: true}]'),
      podSpec('volumes:\n- name: moved\n  hostPath: {path: /opt/runtime/containerd.sock}', { title: 'moved elsewhere' }),
      podSpec('volumes:\n- name: pipe\n  hostPath: {path: \'\\\\.\\pipe\\docker_engine\'}', { title: 'a named pipe of a Windows node' }),
    ],
  },
});
