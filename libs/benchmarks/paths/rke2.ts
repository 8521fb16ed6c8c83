import type { PathTable } from './path-ref.js';

const assessment = 'https://docs.rke2.io/security/cis_self_assessment18';
const manifest = (name: string) => ({ places: [{ at: `/var/lib/rancher/rke2/agent/pod-manifests/${name}.yaml` }], source: assessment });

export const rke2Paths = {
  'api-server-manifest': manifest('kube-apiserver'),
  'controller-manager-manifest': manifest('kube-controller-manager'),
  'scheduler-manifest': manifest('kube-scheduler'),
  'etcd-manifest': manifest('etcd'),
  'admin-kubeconfigs': { places: [{ at: '/var/lib/rancher/rke2/server/cred/admin.kubeconfig' }, { at: '/etc/rancher/rke2/rke2.yaml' }], source: 'https://docs.rke2.io/cluster_access' },
  'scheduler-kubeconfig': { places: [{ at: '/var/lib/rancher/rke2/server/cred/scheduler.kubeconfig' }], source: assessment },
  'controller-manager-kubeconfig': { places: [{ at: '/var/lib/rancher/rke2/server/cred/controller.kubeconfig' }], source: assessment },
  pki: { places: [{ below: '/var/lib/rancher/rke2/server/tls', directories: true }], source: assessment },
  'pki-certificates': { places: [{ below: '/var/lib/rancher/rke2/server/tls', named: '*.crt' }], source: assessment },
  'pki-keys': { places: [{ below: '/var/lib/rancher/rke2/server/tls', named: '*.key' }], source: assessment },
  'cni-config': { places: [{ below: '/etc/cni/net.d' }, { below: '/var/lib/cni/networks', except: ['lock'] }], source: assessment },
  'etcd-data': { places: [{ at: '/var/lib/rancher/rke2/server/db/etcd' }], source: assessment },
  'etcd-config': { places: [{ at: '/var/lib/rancher/rke2/server/db/etcd/config' }], named: { component: 'etcd', flag: 'config-file' }, source: assessment },
  'api-server-client-ca': { places: [{ at: '/var/lib/rancher/rke2/server/tls/client-ca.crt' }], named: { component: 'kube-apiserver', flag: 'client-ca-file' }, source: assessment },
  'etcd-client-ca': { places: [{ at: '/var/lib/rancher/rke2/server/tls/etcd/server-ca.crt' }], source: assessment },
  'authentication-config': { places: [], named: { component: 'kube-apiserver', flag: 'authentication-config' }, source: 'https://docs.rke2.io/reference/server_config' },
  'authorization-config': { places: [], named: { component: 'kube-apiserver', flag: 'authorization-config' }, source: 'https://docs.rke2.io/reference/server_config' },
  'encryption-config': { places: [{ at: '/var/lib/rancher/rke2/server/cred/encryption-config.json' }], named: { component: 'kube-apiserver', flag: 'encryption-provider-config' }, source: 'https://docs.rke2.io/security/secrets_encryption' },
  'audit-policy': { places: [{ at: '/etc/rancher/rke2/audit-policy.yaml' }], named: { component: 'kube-apiserver', flag: 'audit-policy-file' }, source: 'https://docs.rke2.io/security/hardening_guide' },
  'scheduler-config': { places: [], named: { component: 'kube-scheduler', flag: 'config' }, source: 'https://docs.rke2.io/reference/server_config' },
  'kubelet-unit': { absent: 'rke2-server and rke2-agent start the kubelet: it has no unit of its own', source: assessment },
  'kubelet-kubeconfig': { places: [{ at: '/var/lib/rancher/rke2/agent/kubelet.kubeconfig' }], named: { component: 'kubelet', flag: 'kubeconfig' }, source: assessment },
  'kubelet-client-ca': { places: [{ at: '/var/lib/rancher/rke2/agent/client-ca.crt' }], named: { component: 'kubelet', path: ['authentication', 'x509', 'clientCAFile'] }, source: assessment },
  'kubelet-config': { places: [{ below: '/var/lib/rancher/rke2/agent/etc/kubelet.conf.d', named: '*.conf' }], named: { component: 'kubelet', flag: 'config-dir' }, source: 'https://docs.rke2.io/security/cis_self_assessment112' },
  'proxy-kubeconfig': { places: [{ at: '/var/lib/rancher/rke2/agent/kubeproxy.kubeconfig' }], source: assessment },
} as const satisfies PathTable;
