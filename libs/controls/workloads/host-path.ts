import type { PodTemplate, Volume } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests, podSpec } from '../engine/example.js';
import { fail, pass } from '../engine/verdict.js';
import { withoutVolume } from '../patches/volume-patch.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';
import { sensitivePathOf } from './sensitive-host-paths.js';

const isWritable = (template: PodTemplate, volume: Volume): boolean =>
  template.containers.some(({ mounts }) => mounts.some((mount) => mount.volume === volume.name && !mount.readOnly));

export const hostPath = defineControl({
  id: 'workloads/host-path',
  title: 'Pods mount nothing of their node\'s file system',
  severity: 'high',
  why: 'A hostPath volume is the node\'s own disk: whoever breaks into the container reads what lies there, and where it is writable can make the node run theirs. It also ties the pod to one node\'s state, which nobody backs up.',
  remediation: 'Use a PersistentVolumeClaim for data, emptyDir for scratch space, and a ConfigMap or projected volume for configuration. Where an agent must read the node, mount the one directory it reads, with `readOnly: true`, and record an exception.',
  frameworks: {
    'cis-kubernetes': ['5.2.11'], pss: ['baseline/hostPathVolumes'], 'nsa-cisa': ['pod-security/enforcement'], 'nist-800-190': ['4.4.3', '4.5.5'],
    'nist-800-53': ['AC-3', 'AC-6', 'SC-4', 'SC-39'], 'mitre-attack': ['T1543', 'T1552.001', 'T1611'], 'owasp-kubernetes': ['K01'], 'pci-dss': ['2.2.6'],
    soc2: ['CC6.1', 'CC6.8'],
  },
  evidence: ['api'],
  scope: eachPodTemplate,
  check(subject) {
    const { template } = subject;
    const volumes = template.volumes.filter((volume) => volume.source === 'hostPath');
    if (volumes.length === 0) return pass;
    return volumes.map((volume) => {
      const path = volume.of ?? '';
      const writable = isWritable(template, volume);
      const reaches = sensitivePathOf(path, writable);
      return fail(`volume ${volume.name} is ${path} of the node${writable ? ', writable' : ''}${reaches === undefined || reaches === path ? '' : `; that reaches ${reaches}`}`, {
        part: volume.name,
        ...(reaches !== undefined && { severity: 'critical' as const }),
        detail: { path, writable, ...(reaches !== undefined && { reaches }) },
        patch: withoutVolume(subject, volume),
      });
    });
  },
  examples: {
    passes: [podSpec(''), podSpec('volumes:\n- name: scratch\n  emptyDir: {}\n- name: bare')],
    fails: [
      podSpec('volumes:\n- name: data\n  hostPath: {path: /mnt/data}', { title: 'high: a path of no special use' }),
      podSpec('volumes:\n- name: above\n  hostPath: {path: /var}', { title: 'critical: above the kubelet\'s directory' }),
      podSpec('volumes:\n- name: below\n  hostPath: {path: /etc/kubernetes/pki, type: Directory}', { title: 'critical: below /etc' }),
      podSpec('volumes:\n- name: logs\n  hostPath: {path: /var/log}\ninitContainers:\n- name: setup\n  image: registry.example/setup:1\n  volumeMounts: [{name: logs, mountPath: /logs}]', { title: 'critical: an init container may write the node\'s logs' }),
      manifests(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers:
      - name: app
        image: registry.example/app:1
        volumeMounts: [{name: logs, mountPath: /logs, readOnly: true}]
      volumes:
      - name: logs
        hostPath: {path: /var/log/}`, { title: 'high: read-only' }),
    ],
  },
});
