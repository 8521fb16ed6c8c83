import type { Assessment } from '../benchmark.js';
import { like, otherMode, otherOwner, same, type RowSection } from '../extend.js';

const mode = (id: string, title: string, assessment: Assessment = 'manual') => like(id, id, assessment, { title });

/** Operators write these; the benchmark only asks that nobody changed them. */
export const openshiftControlPlaneFiles: RowSection = {
  id: '1.1', title: 'Files of control plane nodes',
  rows: [
    mode('1.1.1', 'kube-apiserver static-pod file: mode no wider than 0600'), mode('1.1.2', 'kube-apiserver static-pod file: owned by root:root'),
    mode('1.1.3', 'kube-controller-manager static-pod file: mode no wider than 0600'), mode('1.1.4', 'kube-controller-manager static-pod file: owned by root:root'),
    mode('1.1.5', 'kube-scheduler static-pod file: mode no wider than 0600'), mode('1.1.6', 'kube-scheduler static-pod file: owned by root:root'),
    mode('1.1.7', 'etcd static-pod file: mode no wider than 0600'), mode('1.1.8', 'etcd static-pod file: owned by root:root'),
    mode('1.1.9', 'CNI files (multus, sdn/ovn): mode no wider than 0600'), mode('1.1.10', 'CNI files: owned by root:root'),
    mode('1.1.11', 'etcd member directory: mode no wider than 0700'),
    // Its number elsewhere asks for etcd:etcd, and so does its heading; OpenShift runs etcd as root, and what is checked is root:root.
    like('1.1.12', '1.1.12', 'manual', otherOwner('etcd member directory ownership', 'etcd-data')),
    mode('1.1.13', 'Node bootstrap kubeconfig: mode no wider than 0600'), mode('1.1.14', 'Node bootstrap kubeconfig: owned by root:root'),
    mode('1.1.15', 'Scheduler kubeconfig: mode no wider than 0600'), ...same('manual', '1.1.16'),
    mode('1.1.17', 'Controller-manager kubeconfig: mode no wider than 0600'), ...same('manual', '1.1.18'),
    mode('1.1.19', 'Static-pod certificate trees: owned by root:root'),
    like('1.1.20', '1.1.20', 'manual', otherMode(0o600, 'Static-pod certificates: mode no wider than 0600', 'pki-certificates')),
    mode('1.1.21', 'Static-pod keys: mode no wider than 0600'),
  ],
};

export const openshiftNodeFiles: RowSection = {
  id: '4.1', title: 'Files of nodes',
  rows: [
    like('4.1.1', '4.1.1', 'automated', otherMode(0o644, 'Kubelet unit file: mode no wider than 0644', 'kubelet-unit')),
    like('4.1.2', '4.1.2', 'automated', otherOwner('Kubelet unit file: owned by root:root', 'kubelet-unit')),
    mode('4.1.3', 'kube-proxy config, when present: mode no wider than 0644'), mode('4.1.4', 'kube-proxy config, when present: owned by root:root'),
    // Elsewhere this file is a kubeconfig; here it is the configuration.
    like('4.1.5', '4.1.5', 'manual', otherMode(0o644, 'kubelet.conf: mode no wider than 0644', 'kubelet-config')),
    like('4.1.6', '4.1.6', 'manual', otherOwner('kubelet.conf: owned by root:root', 'kubelet-config')),
    like('4.1.7', '4.1.7', 'unmarked', { title: 'Kubelet client CA: mode no wider than 0644' }), mode('4.1.8', 'Kubelet client CA: owned by root:root', 'automated'),
    like('4.1.9', '4.1.9', 'automated', otherMode(0o600, 'Kubelet config file: mode no wider than 0600', 'kubelet-live-config')),
    like('4.1.10', '4.1.10', 'automated', otherOwner('Kubelet config file: owned by root:root', 'kubelet-live-config')),
  ],
};
