import type { PathTable } from './path-ref.js';

const assessment = 'https://docs.k3s.io/security/self-assessment-1.9';
const hardening = 'https://docs.k3s.io/security/hardening-guide';
const embedded = (component: string) => ({ absent: `k3s runs ${component} within its own process: there is no manifest`, source: assessment });

export const k3sPaths = {
  'api-server-manifest': embedded('kube-apiserver'),
  'controller-manager-manifest': embedded('kube-controller-manager'),
  'scheduler-manifest': embedded('kube-scheduler'),
  'etcd-manifest': embedded('etcd'),
  'admin-kubeconfigs': { places: [{ at: '/var/lib/rancher/k3s/server/cred/admin.kubeconfig' }, { at: '/etc/rancher/k3s/k3s.yaml' }], source: 'https://docs.k3s.io/cluster-access' },
  'scheduler-kubeconfig': { places: [{ at: '/var/lib/rancher/k3s/server/cred/scheduler.kubeconfig' }], source: assessment },
  'controller-manager-kubeconfig': { places: [{ at: '/var/lib/rancher/k3s/server/cred/controller.kubeconfig' }], source: assessment },
  pki: { places: [{ below: '/var/lib/rancher/k3s/server/tls', directories: true }], source: assessment },
  'pki-certificates': { places: [{ below: '/var/lib/rancher/k3s/server/tls', named: '*.crt' }], source: assessment },
  'pki-keys': { places: [{ below: '/var/lib/rancher/k3s/server/tls', named: '*.key' }], source: assessment },
  'cni-config': { places: [{ below: '/var/lib/rancher/k3s/agent/etc/cni/net.d' }, { below: '/var/lib/cni/networks', except: ['lock'] }], source: assessment },
  'etcd-data': { places: [{ at: '/var/lib/rancher/k3s/server/db/etcd' }], source: assessment },
  'etcd-config': { places: [{ at: '/var/lib/rancher/k3s/server/db/etcd/config' }], source: assessment },
  'api-server-client-ca': { places: [{ at: '/var/lib/rancher/k3s/server/tls/client-ca.crt' }], source: assessment },
  'etcd-client-ca': { places: [{ at: '/var/lib/rancher/k3s/server/tls/etcd/server-ca.crt' }], source: assessment },
  'authentication-config': { places: [], named: { component: 'kube-apiserver', flag: 'authentication-config' }, source: hardening },
  'authorization-config': { places: [], named: { component: 'kube-apiserver', flag: 'authorization-config' }, source: hardening },
  'encryption-config': { places: [{ at: '/var/lib/rancher/k3s/server/cred/encryption-config.json' }], named: { component: 'kube-apiserver', flag: 'encryption-provider-config' }, source: 'https://docs.k3s.io/security/secrets-encryption' },
  'audit-policy': { places: [{ at: '/var/lib/rancher/k3s/server/audit.yaml' }], named: { component: 'kube-apiserver', flag: 'audit-policy-file' }, source: hardening },
  'scheduler-config': { places: [], named: { component: 'kube-scheduler', flag: 'config' }, source: assessment },
  'kubelet-unit': { absent: 'k3s runs the kubelet within its own process: it has no unit of its own', source: assessment },
  'kubelet-kubeconfig': { places: [{ at: '/var/lib/rancher/k3s/agent/kubelet.kubeconfig' }], source: assessment },
  'kubelet-client-ca': { places: [{ at: '/var/lib/rancher/k3s/agent/client-ca.crt' }], named: { component: 'kubelet', path: ['authentication', 'x509', 'clientCAFile'] }, source: assessment },
  'kubelet-config': { places: [{ below: '/var/lib/rancher/k3s/agent/etc/kubelet.conf.d', named: '*.conf' }], source: 'https://github.com/k3s-io/k3s/blob/master/pkg/daemons/agent/agent.go' },
  'proxy-kubeconfig': { places: [{ at: '/var/lib/rancher/k3s/agent/kubeproxy.kubeconfig' }], source: assessment },
} as const satisfies PathTable;
