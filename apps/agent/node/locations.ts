import type { ConfigKind } from '#nodes/config-facts.js';
import type { PlatformHint } from '#nodes/node-evidence.js';

/**
 * Where installers put things, beside what live processes name. `file` is looked at only; `tree` with everything below, and of
 * certificates there the public part; `entries` with what is directly in it; a kind of configuration is read too.
 */
export type Location = readonly [path: string, as: 'file' | 'tree' | 'entries' | 'static-pods' | 'drop-ins' | 'certificate' | ConfigKind];

/** kubeadm's layout, which most installers keep to (kubeadm init, implementation details). */
const kubeadm: readonly Location[] = [
  ['/etc/kubernetes/manifests', 'static-pods'],
  ['/etc/kubernetes/admin.conf', 'kubeconfig'],
  ['/etc/kubernetes/super-admin.conf', 'kubeconfig'],
  ['/etc/kubernetes/kubelet.conf', 'kubeconfig'],
  ['/etc/kubernetes/bootstrap-kubelet.conf', 'kubeconfig'],
  ['/etc/kubernetes/controller-manager.conf', 'kubeconfig'],
  ['/etc/kubernetes/scheduler.conf', 'kubeconfig'],
  ['/etc/kubernetes/pki', 'tree'],
  ['/etc/kubernetes/ssl', 'tree'],
  ['/var/lib/kubelet/config.yaml', 'kubelet'],
  ['/var/lib/kubelet/kubeadm-flags.env', 'environment-file'],
  ['/etc/default/kubelet', 'environment-file'],
  ['/etc/sysconfig/kubelet', 'environment-file'],
  ['/var/lib/kubelet/pki', 'tree'],
  ['/var/lib/kubelet/kubeconfig', 'kubeconfig'],
  ['/var/lib/kube-proxy/config.conf', 'kube-proxy'],
  ['/var/lib/kube-proxy/kubeconfig.conf', 'kubeconfig'],
  ['/var/lib/kube-proxy/kubeconfig', 'kubeconfig'],
  ['/var/lib/etcd', 'file'],
  ['/var/lib/etcd/member', 'file'],
  ['/etc/cni/net.d', 'tree'],
  ['/var/lib/cni/networks', 'tree'],
];

const runtimes: readonly Location[] = [
  ['/etc/containerd/config.toml', 'container-runtime'],
  ['/etc/crio/crio.conf', 'container-runtime'],
  ['/etc/crio/crio.conf.d', 'entries'],
];

/** Amazon's nodeadm and bootstrap.sh, Microsoft's node bootstrapping, Google's node image. */
const managed: readonly Location[] = [
  ['/etc/kubernetes/kubelet/config.json', 'kubelet'],
  ['/etc/kubernetes/kubelet/kubelet-config.json', 'kubelet'],
  ['/etc/kubernetes/kubelet/config.json.d', 'drop-ins'],
  ['/etc/kubernetes/azure.json', 'file'],
  ['/etc/kubernetes/certs', 'tree'],
  ['/etc/default/kubeletconfig.json', 'kubelet'],
  ['/home/kubernetes/kubelet-config.yaml', 'kubelet'],
  ['/etc/srv/kubernetes/pki', 'tree'],
];

/** OpenShift's static pods and kubelet; its kubelet.conf is a KubeletConfiguration. */
const openshift: readonly Location[] = [
  ['/etc/kubernetes/kubelet.conf', 'kubelet'],
  ['/etc/kubernetes/kubeconfig', 'kubeconfig'],
  ['/var/lib/kubelet/config.json', 'file'],
  ['/var/data/kubelet/config.json', 'file'],
  ['/etc/kubernetes/kubelet-ca.crt', 'certificate'],
  ['/etc/kubernetes/ca.crt', 'certificate'],
  ['/etc/kubernetes/static-pod-resources', 'tree'],
  ['/etc/kubernetes/cni/net.d', 'tree'],
  ['/run/multus/cni/net.d', 'tree'],
];

/** Snaps of MicroK8s: arguments in files, one flag a line. */
const microk8s: readonly Location[] = [
  ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy', 'k8s-dqlite', 'containerd'].map((name): Location => [`/var/snap/microk8s/current/args/${name}`, 'argument-file']),
  ['/var/snap/microk8s/current/args', 'entries'],
  ['/var/snap/microk8s/current/certs', 'tree'],
  ['/var/snap/microk8s/current/credentials', 'tree'],
  ['/var/snap/microk8s/current/var/kubernetes/backend', 'file'],
];

const k0s: readonly Location[] = [
  ['/var/lib/k0s/pki', 'tree'],
  ['/var/lib/k0s/kubelet.conf', 'kubeconfig'],
  ['/var/lib/k0s/kubelet-config.yaml', 'kubelet'],
  ['/var/lib/k0s/etcd', 'file'],
  ['/etc/k0s/k0s.yaml', 'file'],
];

export const usualLocations: readonly Location[] = [
  ...kubeadm,
  ...runtimes,
  ...managed,
  ...openshift,
  ...microk8s,
  ...k0s,
  ...(['k3s', 'rke2'] as const).flatMap((name): readonly Location[] => [
    [`/etc/rancher/${name}/config.yaml`, 'rancher'],
    [`/etc/rancher/${name}/config.yaml.d`, 'entries'],
    [`/etc/rancher/${name}/${name}.yaml`, 'kubeconfig'],
    [`/etc/rancher/${name}/audit-policy.yaml`, 'audit'],
    [`/etc/rancher/${name}/${name}-pss.yaml`, 'admission'],
    ...rancherLocations(`/var/lib/rancher/${name}`),
  ]),
];

/** What k3s and RKE2 keep under their data directory (their documentation of the CIS hardening, and of their server's layout). */
export function rancherLocations(data: string): readonly Location[] {
  return [
    [`${data}/server/tls`, 'tree'],
    [`${data}/server/cred`, 'tree'],
    [`${data}/server/cred/encryption-config.json`, 'encryption'],
    ...['admin', 'controller', 'scheduler', 'supervisor', 'cloud-controller', 'api-server'].map((name): Location => [`${data}/server/cred/${name}.kubeconfig`, 'kubeconfig']),
    [`${data}/server/db`, 'entries'],
    [`${data}/server/db/etcd/config`, 'etcd'],
    [`${data}/server/token`, 'file'],
    [`${data}/server/node-token`, 'file'],
    [`${data}/server/etc/audit-policy.yaml`, 'audit'],
    [`${data}/agent/pod-manifests`, 'static-pods'],
    ...['kubelet', 'kubeproxy', 'k3scontroller', 'rke2controller'].map((name): Location => [`${data}/agent/${name}.kubeconfig`, 'kubeconfig']),
    [`${data}/agent/client-ca.crt`, 'certificate'],
    [`${data}/agent/server-ca.crt`, 'certificate'],
    [`${data}/agent/etc/kubelet.conf.d`, 'drop-ins'],
    [`${data}/agent/etc/cni/net.d`, 'tree'],
    [`${data}/agent/etc/containerd/config.toml`, 'container-runtime'],
    [`${data}/agent`, 'entries'],
  ];
}

/** Files that only one kind of node has. */
export const platformSigns: readonly (readonly [path: string, platform: PlatformHint])[] = [
  ['/var/lib/rancher/k3s', 'k3s'],
  ['/etc/rancher/k3s', 'k3s'],
  ['/var/lib/rancher/rke2', 'rke2'],
  ['/etc/rancher/rke2', 'rke2'],
  ['/var/snap/microk8s', 'microk8s'],
  ['/var/lib/k0s', 'k0s'],
  ['/etc/eks', 'eks'],
  ['/etc/kubernetes/azure.json', 'aks'],
  ['/home/kubernetes/kubelet-config.yaml', 'gke'],
  ['/etc/machine-config-daemon', 'openshift'],
  ['/var/lib/kubelet/kubeadm-flags.env', 'kubeadm'],
];

/** Units that start components, by the names that packages and installers give them. */
export const unitNames: readonly string[] = [
  'kubelet',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'etcd',
  'k3s',
  'k3s-agent',
  'rke2-server',
  'rke2-agent',
  'containerd',
  'crio',
  'docker',
  'k0scontroller',
  'k0sworker',
  'snap.microk8s.daemon-kubelite',
  'snap.microk8s.daemon-containerd',
  'snap.microk8s.daemon-k8s-dqlite',
].map((name) => `${name}.service`);

/** In the order in which systemd prefers them (systemd.unit(5)). */
export const unitDirectories: readonly string[] = ['/etc/systemd/system', '/run/systemd/system', '/usr/local/lib/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'];

/** Ports that components listen on by default (Kubernetes: Ports and Protocols; k3s, RKE2 and MicroK8s: their requirements). */
export const controlPlanePorts: readonly number[] = [2379, 2380, 2381, 2382, 4001, 6443, 6444, 8080, 8443, 9345, 9990, 10_248, 10_249, 10_250, 10_251, 10_252, 10_255, 10_256, 10_257, 10_258, 10_259, 16_443, 22_623, 22_624, 25_000];
