import type { PathTable } from './path-ref.js';

const kubeadm = 'https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/';
const integration = 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/kubelet-integration/';
const apiServer = 'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/';
const manifest = (name: string) => ({ places: [{ at: `/etc/kubernetes/manifests/${name}.yaml` }], source: kubeadm });

/** kubeadm, and what is laid out like it. */
export const kubeadmPaths = {
  'api-server-manifest': manifest('kube-apiserver'),
  'controller-manager-manifest': manifest('kube-controller-manager'),
  'scheduler-manifest': manifest('kube-scheduler'),
  'etcd-manifest': manifest('etcd'),
  'admin-kubeconfigs': { places: [{ at: '/etc/kubernetes/admin.conf' }, { at: '/etc/kubernetes/super-admin.conf' }], source: kubeadm },
  'scheduler-kubeconfig': { places: [{ at: '/etc/kubernetes/scheduler.conf' }], named: { component: 'kube-scheduler', flag: 'kubeconfig' }, source: kubeadm },
  'controller-manager-kubeconfig': { places: [{ at: '/etc/kubernetes/controller-manager.conf' }], named: { component: 'kube-controller-manager', flag: 'kubeconfig' }, source: kubeadm },
  pki: { places: [{ below: '/etc/kubernetes/pki', directories: true }], source: 'https://kubernetes.io/docs/setup/best-practices/certificates/' },
  'pki-certificates': { places: [{ below: '/etc/kubernetes/pki', named: '*.crt' }], source: 'https://kubernetes.io/docs/setup/best-practices/certificates/' },
  'pki-keys': { places: [{ below: '/etc/kubernetes/pki', named: '*.key' }], source: 'https://kubernetes.io/docs/setup/best-practices/certificates/' },
  // Since 1.24 the runtime's configuration says where; this is the default of containerd and CRI-O.
  'cni-config': { places: [{ below: '/etc/cni/net.d' }, { below: '/var/lib/cni/networks', except: ['lock'] }], source: 'https://github.com/containerd/containerd/blob/main/docs/cri/config.md' },
  'etcd-data': { places: [{ at: '/var/lib/etcd' }], named: { component: 'etcd', flag: 'data-dir' }, source: kubeadm },
  'api-server-client-ca': { places: [{ at: '/etc/kubernetes/pki/ca.crt' }], named: { component: 'kube-apiserver', flag: 'client-ca-file' }, source: 'https://kubernetes.io/docs/setup/best-practices/certificates/' },
  'etcd-client-ca': { places: [{ at: '/etc/kubernetes/pki/etcd/ca.crt' }], named: { component: 'etcd', flag: 'trusted-ca-file' }, source: 'https://kubernetes.io/docs/setup/best-practices/certificates/' },
  'authentication-config': { places: [], named: { component: 'kube-apiserver', flag: 'authentication-config' }, source: apiServer },
  'authorization-config': { places: [], named: { component: 'kube-apiserver', flag: 'authorization-config' }, source: apiServer },
  'encryption-config': { places: [], named: { component: 'kube-apiserver', flag: 'encryption-provider-config' }, source: apiServer },
  'audit-policy': { places: [], named: { component: 'kube-apiserver', flag: 'audit-policy-file' }, source: apiServer },
  'scheduler-config': { places: [], named: { component: 'kube-scheduler', flag: 'config' }, source: 'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/' },
  'etcd-config': { places: [], named: { component: 'etcd', flag: 'config-file' }, source: 'https://etcd.io/docs/v3.5/op-guide/configuration/' },
  'kubelet-unit': {
    places: [{ below: '/etc/systemd/system/kubelet.service.d', named: '*.conf' }, { below: '/usr/lib/systemd/system/kubelet.service.d', named: '*.conf' }, { below: '/lib/systemd/system/kubelet.service.d', named: '*.conf' }],
    source: integration,
  },
  'kubelet-kubeconfig': { places: [{ at: '/etc/kubernetes/kubelet.conf' }], named: { component: 'kubelet', flag: 'kubeconfig' }, source: integration },
  'kubelet-client-ca': { places: [{ at: '/etc/kubernetes/pki/ca.crt' }], named: { component: 'kubelet', path: ['authentication', 'x509', 'clientCAFile'] }, source: integration },
  'kubelet-config': { places: [{ at: '/var/lib/kubelet/config.yaml' }], named: { component: 'kubelet', flag: 'config' }, source: integration },
  // kubeadm has it in a ConfigMap, which the pod mounts: then there is no such file on the node.
  'proxy-kubeconfig': { places: [], named: { component: 'kube-proxy', path: ['clientConnection', 'kubeconfig'] }, source: 'https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/' },
} as const satisfies PathTable;
