import { byRule, modeItem, ownerItem, type SectionSpec } from '../item-spec.js';

const automated = { assessment: 'automated', target: 'control-plane' } as const;
const manual = { assessment: 'manual', target: 'control-plane' } as const;
const etcd = { assessment: 'automated', target: 'etcd' } as const;

export const controlPlaneFiles: SectionSpec = {
  id: '1.1', title: 'Files of control plane nodes',
  items: [
    modeItem('1.1.1', 'kube-apiserver static-pod manifest: file mode no wider than 0600', 0o600, ['api-server-manifest'], automated),
    ownerItem('1.1.2', 'kube-apiserver static-pod manifest: owned by root:root', ['api-server-manifest'], automated),
    modeItem('1.1.3', 'kube-controller-manager static-pod manifest: file mode no wider than 0600', 0o600, ['controller-manager-manifest'], automated),
    ownerItem('1.1.4', 'kube-controller-manager static-pod manifest: owned by root:root', ['controller-manager-manifest'], automated),
    modeItem('1.1.5', 'kube-scheduler static-pod manifest: file mode no wider than 0600', 0o600, ['scheduler-manifest'], automated),
    ownerItem('1.1.6', 'kube-scheduler static-pod manifest: owned by root:root', ['scheduler-manifest'], automated),
    modeItem('1.1.7', 'etcd static-pod manifest: file mode no wider than 0600', 0o600, ['etcd-manifest'], etcd),
    ownerItem('1.1.8', 'etcd static-pod manifest: owned by root:root', ['etcd-manifest'], etcd),
    modeItem('1.1.9', 'CNI configuration files: mode no wider than 0600', 0o600, ['cni-config'], manual),
    ownerItem('1.1.10', 'CNI configuration files: owned by root:root', ['cni-config'], manual),
    modeItem('1.1.11', 'etcd data directory: mode no wider than 0700', 0o700, ['etcd-data'], etcd),
    byRule('1.1.12', 'etcd data directory: owned by etcd:etcd', { kind: 'file-owner', paths: ['etcd-data'], owner: 'etcd', group: 'etcd', orUserOf: 'etcd' }, {
      ...etcd, remedy: { kind: 'owner', paths: ['etcd-data'], owner: 'etcd', group: 'etcd' },
      caveat: 'kubeadm runs etcd as root, with its directory owned by root: it fails there unless etcd is given an account of its own, as kubeadm\'s feature gate RootlessControlPlane does.',
    }),
    modeItem('1.1.13', 'Cluster-admin kubeconfigs left on the control-plane node: mode no wider than 0600', 0o600, ['admin-kubeconfigs'], automated),
    ownerItem('1.1.14', 'Cluster-admin kubeconfigs left on the control-plane node: owned by root:root', ['admin-kubeconfigs'], automated),
    modeItem('1.1.15', 'Scheduler kubeconfig: file mode no wider than 0600', 0o600, ['scheduler-kubeconfig'], automated),
    ownerItem('1.1.16', 'Scheduler kubeconfig: owned by root:root', ['scheduler-kubeconfig'], automated),
    modeItem('1.1.17', 'Controller-manager kubeconfig: file mode no wider than 0600', 0o600, ['controller-manager-kubeconfig'], automated),
    ownerItem('1.1.18', 'Controller-manager kubeconfig: owned by root:root', ['controller-manager-kubeconfig'], automated),
    ownerItem('1.1.19', 'PKI directory and everything below it: owned by root:root', ['pki'], automated),
    modeItem('1.1.20', 'PKI certificates: mode no wider than 0644', 0o644, ['pki-certificates'], manual),
    modeItem('1.1.21', 'PKI private keys: mode no wider than 0600', 0o600, ['pki-keys'], manual),
  ],
};
